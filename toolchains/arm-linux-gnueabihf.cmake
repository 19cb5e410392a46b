# 32-bit ARM (armhf) from Debian's multiarch: crossbuild-essential-armhf and the :armhf libraries.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(triplet arm-linux-gnueabihf)
set(qemu qemu-arm-static qemu-arm)
include(${CMAKE_CURRENT_LIST_DIR}/debian-multiarch.cmake)

# Every use of a map would say that g++ 7 changed how its parameters are passed.
set(CMAKE_CXX_FLAGS_INIT -Wno-psabi)
