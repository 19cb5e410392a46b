# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Part of ./dev: what makes and tries Debian packages.

# The package that cpack makes of `release`, or of the preset of another architecture, and its parts as SPDX.
cmd_package() {
  local arch=${1:-$(dpkg --print-architecture)} preset out=build/package deb
  [[ $arch =~ ^(amd64|arm64|armhf)$ ]] || fail $usage "package wants amd64, arm64 or armhf, not \"$arch\""
  cmd_deps
  ensure dpkg-dev lintian
  preset=release
  [[ $arch == "$(dpkg --print-architecture)" ]] || { preset=$arch && cross_deps "$arch"; }
  configure=()
  build "$preset" lamppost
  rm -rf "$out"/*"_$arch."*
  (umask 022 && cpack --config "build/$preset/CPackConfig.cmake" -B "$out" >"build/$preset/cpack.log") ||
    { cat "build/$preset/cpack.log" && return 1; }
  deb=$(echo "$out"/lamppost_*_"$arch".deb)
  SOURCE_DATE_EPOCH=$(sed -n 's/.*SOURCE_DATE_EPOCH} \([0-9]*\).*/\1/p' "build/$preset/package_time.cmake") \
    python3 -B packaging/sbom.py "build/$preset" "$deb" >"${deb%.deb}.spdx.json"
  say "lintian"
  lintian --allow-root --profile debian --fail-on error,warning "$deb"
  (cd "$out" && sha256sum ./*"_$arch."{deb,spdx.json})
}

# Wants root, debootstrap and a mirror, so it is no part of `test`.
cmd_package-test() {
  local arch deb
  arch=$(dpkg --print-architecture)
  [[ $(id -u) -eq 0 ]] || fail $usage "package-test makes a Debian root and enters it: run it as root"
  ensure debootstrap dpkg-dev
  deb=$(echo build/package/lamppost_*_"$arch".deb)
  [[ -f $deb ]] || fail $unavailable "no package: ./dev package $arch"
  python3 -B tests/package/trial.py "$deb" build/package/root
}
