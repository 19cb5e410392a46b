# What every Debian cross build shares. The toolchain file has set `triplet` and `qemu`.
set(CMAKE_C_COMPILER ${triplet}-gcc)
set(CMAKE_CXX_COMPILER ${triplet}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${triplet})

# Multiarch keeps libraries of all architectures in one root: /usr/lib/<triplet>, headers shared or in
# /usr/include/<triplet>. So / is the root, and only the triplet tells what belongs to the target.
# LAMPPOST_LIBRARIES is a directory of libraries.sh; what is not in it, parts that are headers alone, is the host's.
set(CMAKE_FIND_ROOT_PATH ${LAMPPOST_LIBRARIES} /usr/${triplet} /)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LAMPPOST_LIBRARIES)
if(LAMPPOST_LIBRARIES)
  set(CMAKE_CXX_STANDARD_INCLUDE_DIRECTORIES ${LAMPPOST_LIBRARIES}/usr/include/${triplet})
  set(CMAKE_SKIP_RPATH ON)
  set(CMAKE_EXE_LINKER_FLAGS_INIT -Wl,-rpath-link,${LAMPPOST_LIBRARIES}/usr/lib/${triplet})
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_SYSTEM_LIBRARY_PATH /usr/lib/${triplet} /lib/${triplet})
set(CMAKE_IGNORE_PATH /usr/lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu /lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/${triplet}/pkgconfig:/usr/share/pkgconfig)

# Absent on the target itself and where qemu is registered with the kernel; then programs start by themselves.
find_program(LAMPPOST_QEMU NAMES ${qemu})
if(LAMPPOST_QEMU)
  # Loader and libc have to be of one package, the one that the libraries brought. The loader of
  # libc6-<arch>-cross with a libc of theirs spins in pthread_create.
  set(CMAKE_CROSSCOMPILING_EMULATOR ${LAMPPOST_QEMU})
  if(LAMPPOST_LIBRARIES)
    list(APPEND CMAKE_CROSSCOMPILING_EMULATOR -L ${LAMPPOST_LIBRARIES})
  endif()
endif()
