# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Part of ./dev: any of its commands in a root of another Debian, or in one that is not this machine's.

# What is mounted belongs to a mount namespace of its own and goes with its last process. The processes are in a
# namespace of their own too, and unshare, which takes no signal but this one, is killed when this script ends: so
# nothing is left behind, however it ends. Commands have this machine's network.
# shellcheck disable=SC2016
readonly enter_root='
mount --bind "$0" "$0"  # so that / is a mount inside, and a command can have namespaces of its own
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
[ -z "$LAMPPOST_CORPUS" ] || mount --bind "$LAMPPOST_CORPUS" "$0/corpus"
cp -L /etc/resolv.conf "$0/etc/resolv.conf"
exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 CCACHE_DIR=/ccache "$@"'

# Root, build directories and compiler cache stay in build/root/RELEASE until `clean`.
cmd_root() {
  local release=${1-} root name lock environment=()
  [[ $release =~ ^(bookworm|trixie)$ && $# -ge 2 ]] ||
    fail $usage "root wants bookworm or trixie, and a command: ./dev root trixie test"
  [[ $(id -u) -eq 0 ]] || fail $usage "root makes a Debian root and enters it: run it as root"
  shift
  ensure debootstrap git
  root=$PWD/build/root/$release
  mkdir -p "${root%/*}"
  exec {lock}>"$root.lock"
  flock --nonblock "$lock" || fail $unavailable "another command is at work in build/root/$release"
  say "a root of $release in build/root/$release"
  python3 -B packaging/debian_root.py "$root" "$release" ccache git
  [[ -z $(git status --porcelain --untracked-files=no) ]] || say "what is not committed stays outside"
  [[ -d $root/src ]] || git init -q "$root/src"
  git -C "$root/src" fetch -q --force --tags "$PWD" HEAD
  git -C "$root/src" checkout -q --detach --force FETCH_HEAD
  git -C "$root/src" clean -qfd
  mkdir -p "$root/corpus" "$root/ccache"
  for name in ${!LAMPPOST_@} CI; do environment+=("$name=${!name-}"); done
  LAMPPOST_CORPUS=${LAMPPOST_CORPUS-} setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
    sh -ec "$enter_root" "$root" "${environment[@]}" ${LAMPPOST_CORPUS:+LAMPPOST_CORPUS=/corpus} /src/dev "$@"
}
