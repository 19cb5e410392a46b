# What every Debian cross build shares. The toolchain file has set `triplet` and `qemu`.
set(CMAKE_C_COMPILER ${triplet}-gcc)
set(CMAKE_CXX_COMPILER ${triplet}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${triplet})

# Multiarch keeps libraries of all architectures in one root: /usr/lib/<triplet>, headers shared or in
# /usr/include/<triplet>. So / is the root, and only the triplet tells what belongs to the target.
set(CMAKE_FIND_ROOT_PATH /usr/${triplet} /)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_SYSTEM_LIBRARY_PATH /usr/lib/${triplet} /lib/${triplet})
set(CMAKE_IGNORE_PATH /usr/lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu /lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/${triplet}/pkgconfig:/usr/share/pkgconfig)

# Absent on the target itself and where qemu is registered with the kernel; then programs start by themselves.
find_program(LAMPPOST_QEMU NAMES ${qemu})
if(LAMPPOST_QEMU)
  # No -L: loader and libc have to be of one package, the one the multiarch libraries brought. The
  # loader of libc6-<arch>-cross with their libc spins in pthread_create.
  set(CMAKE_CROSSCOMPILING_EMULATOR ${LAMPPOST_QEMU})
endif()
