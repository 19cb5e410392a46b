#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Debian's libraries of another architecture, unpacked into a directory. Nothing is installed, so root is not needed, and
# the machine's own packages may be of other versions than its mirror now has.
#
#   libraries.sh ARCH DIRECTORY PACKAGE...     a directory that is there, made of the same packages, is left as it is
set -euo pipefail

readonly arch=$1
directory=$(realpath -m "$2")
shift 2
readonly wanted="$*" work=$directory.unfinished

[[ $(cat "$directory/packages" 2>/dev/null) != "$wanted" ]] || exit 0
rm -rf "$directory" "$work"
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/root/usr/lib"
# The cross compiler brings the headers of the C library.
printf 'Package: libc6-dev\nStatus: install ok installed\nArchitecture: %s\nProvides: libc-dev\nVersion: 9999\nMaintainer: none\nDescription: none\n' \
  "$arch" >"$work/state/status"

apt_get() {
  apt-get -q -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o Dir::State="$work/state" \
    -o Dir::State::status="$work/state/status" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@" </dev/null
}
apt_get update >"$work/log" 2>&1 || true  # one list of several may be out of reach, and not be needed
if ! apt_get install -y --download-only --no-install-recommends "$@" >>"$work/log" 2>&1; then
  tail -n 5 "$work/log" >&2
  echo "libraries.sh: apt has no $arch packages for: $wanted" >&2
  exit 69
fi

# /lib is a link since Debian 12; tar would put a directory in its place.
ln -s usr/lib "$work/root/lib"
for package in "$work"/cache/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x --no-same-owner --keep-directory-symlink -C "$work/root"
done
# A link to /lib/... means the one here.
find "$work/root" -type l -lname '/*' | while read -r link; do ln -srf "$work/root$(readlink "$link")" "$link"; done
echo "$wanted" >"$work/root/packages"
mv "$work/root" "$directory"
rm -rf "$work"
