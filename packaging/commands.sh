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
  [[ -z ${LAMPPOST_MAINTAINER-} ]] || configure=("-DCPACK_DEBIAN_PACKAGE_MAINTAINER=$LAMPPOST_MAINTAINER")
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

# Is the same commit the same package? Once here, once from nothing: elsewhere, later, without compiler cache, in another
# time zone and with another umask.
cmd_package-same() {
  local arch=${1:-$(dpkg --print-architecture)} again=$PWD/build/same/another/directory file difference=0
  [[ -z $(git status --porcelain) ]] || fail $usage "package-same builds a commit twice, and something is not committed"
  cmd_package "$arch"
  rm -rf "$again"
  (umask 077 && git -c advice.detachedHead=false clone -q . "$again" && CCACHE_DISABLE=1 TZ=Asia/Kathmandu "$again/dev" package "$arch")
  for file in build/package/*"_$arch."{deb,spdx.json}; do
    cmp "$file" "$again/$file" || difference=1
  done
  if ((difference)); then
    for file in . "$again"; do
      rm -rf "$file/build/package/unpacked"
      dpkg-deb -R "$file"/build/package/lamppost_*_"$arch".deb "$file/build/package/unpacked"
    done
    diff -rq build/package/unpacked "$again/build/package/unpacked" || true
    return 1
  fi
  say "both builds gave the same bytes"
}

# Wants root, debootstrap and a mirror, so it is no part of `test`.
cmd_package-test() {
  local deb=${1-}
  [[ $(id -u) -eq 0 ]] || fail $usage "package-test makes a Debian root and enters it: run it as root"
  [[ -n $deb ]] || deb=$(echo build/package/lamppost_*_"$(dpkg --print-architecture)".deb)
  [[ -f $deb ]] || fail $unavailable "no package \"$deb\": ./dev package"
  ensure debootstrap dpkg-dev
  python3 -B tests/package/trial.py "$deb" build/root/trial
}
