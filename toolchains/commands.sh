# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Part of ./dev: what builds for ARM and tests under qemu-user.

# Of what a build needs, these have to be the target's own; the others are headers or programs.
readonly target_packages=(
  libpaho-mqttpp-dev libpaho-mqtt-dev libcoap3-dev libsqlite3-dev zlib1g-dev libssl-dev libcbor-dev)

# cross_deps ARCH: what a build for another architecture needs beside this one's packages.
cross_deps() {
  local arch=$1 package wanted=("crossbuild-essential-$1")
  cmd_deps
  if ! dpkg --print-foreign-architectures | grep -qx "$arch"; then
    say "adding architecture $arch"
    as_root dpkg --add-architecture "$arch"
    apt_get update || say "some package lists could not be fetched; going on without them"
  fi
  for package in "${target_packages[@]}"; do wanted+=("$package:$arch"); done
  ensure "${wanted[@]}"
}

need_qemu() { command -v "qemu-$1-static" >/dev/null || command -v "qemu-$1" >/dev/null || ensure qemu-user-static; }

# cross ARCH CPU: builds for another architecture, tests under qemu-user.
cross() {
  local arch=$1 cpu=$2
  shift 2
  cross_deps "$arch"
  need_qemu "$cpu"
  configure=()
  build "$arch"
  [[ $# -gt 0 ]] || set -- -L 'unit|golden|crash|integration'
  emulate "$arch" "$@"
}

# emulate PRESET [ARGS]: emulated, a test takes about ten times as long.
emulate() {
  say "testing build/$1 under qemu-user: ctest ${*:2}"
  LAMPPOST_EMULATED=1 ctest --test-dir "build/$1" --output-on-failure --timeout 1800 --parallel "$(jobs)" "${@:2}"
}

# The program on 64-bit ARM, and the rooms whose bytes are the same on each machine: what fits beside the other tests.
# The libraries are unpacked, not installed: what this machine has may be of other versions than its mirror.
readonly arm64_rooms=(core config model mapping ngsi_ld outbox)
arm64_deps() {
  ensure g++-aarch64-linux-gnu
  need_qemu aarch64
  mkdir -p build/libraries
  bash toolchains/libraries.sh arm64 build/libraries/arm64 "${target_packages[@]}"
}
test_arm64() {
  [[ $(uname -m) == x86_64 ]] || return 0
  (arm64_deps) || { say "NOT TESTED: arm64, for want of the packages named above" && return 0; }
  configure=()
  build arm64-checked lamppost lamppost-receiver outbox_crash_test "${arm64_rooms[@]/%/_test}" &&
    emulate arm64-checked -R "^($(IFS='|' && echo "${arm64_rooms[*]}")|outbox_crash|golden_.*|integration_(main_path|kill))\$"
}

cmd_arm64() { cross arm64 aarch64 "$@"; }
cmd_armhf() { cross armhf arm "$@"; }
