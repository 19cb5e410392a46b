# 64-bit ARM from Debian's multiarch: crossbuild-essential-arm64 and the :arm64 libraries, which live beside
# the host's own. `./dev arm64` installs both. Tests run under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(triplet aarch64-linux-gnu)
set(qemu qemu-aarch64-static qemu-aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/debian-multiarch.cmake)
