#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The parts of a package as SPDX 2.3 JSON, from what the build really used.

  sbom.py BUILD_DIR PACKAGE.deb > PACKAGE.spdx.json

Shared libraries are those that the program in the package names (DT_NEEDED). Parts that are compiled in are
the Debian packages of every header that the compiler read for the program, as ninja noted them. Versions are
those of dpkg. Licences are not guessed: Debian's copyright files say them, and mostly not as one expression.
With SOURCE_DATE_EPOCH the same input gives the same bytes.
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def output(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def owners(paths):
    """Debian packages that have one of these files, as (name, version, architecture, source)."""
    # With merged /usr dpkg may know a file of /usr/lib as one of /lib, and the other way round.
    known = {p for path in paths for p in (path, path.removeprefix("/usr"), "/usr" + path)}
    found = subprocess.run(["dpkg-query", "--search", *sorted(known)], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    names = {name for line in found.splitlines() if not line.startswith("diversion")
             for name in line.partition(": /")[0].split(", ")}
    form = "${Package}\t${Version}\t${Architecture}\t${source:Package}\n"
    return {tuple(line.split("\t")) for line in output("dpkg-query", "-W", "-f", form, *sorted(names)).splitlines()}


def headers(build):
    """Files outside the tree that the compiler read for the program's objects; not those of tests."""
    paths, ours = set(), False
    for line in output("ninja", "-C", build, "-t", "deps").splitlines():
        if line and not line.startswith(" "):
            ours = line.startswith(("src/", "drivers/"))
        elif ours and line.strip().startswith("/usr/"):
            paths.add(os.path.realpath(line.strip()))
    return paths


def libraries(program, triplet):
    wanted = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", str(program)))
    paths = {os.path.realpath(f"{place}/{triplet}/{name}") for name in wanted for place in ("/lib", "/usr/lib")}
    return {path for path in paths if os.path.exists(path)}


def main():
    build, deb = sys.argv[1], pathlib.Path(sys.argv[2])
    name, version, architecture = (output("dpkg-deb", "-f", str(deb), key).strip()
                                   for key in ("Package", "Version", "Architecture"))
    triplet = output("dpkg-architecture", f"-a{architecture}", "-qDEB_HOST_MULTIARCH").strip()
    with tempfile.TemporaryDirectory() as tree:
        output("dpkg-deb", "-x", str(deb), tree)
        program = pathlib.Path(tree, "usr/bin/lamppost")
        program_hash = hashlib.sha256(program.read_bytes()).hexdigest()
        shared = owners(libraries(program, triplet))
    sources = {source for *_, source in shared}
    deb_hash = hashlib.sha256(deb.read_bytes()).hexdigest()
    packages = [{"SPDXID": "SPDXRef-lamppost", "name": name, "versionInfo": version, "licenseDeclared": "Apache-2.0",
                 "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "packageFileName": deb.name,
                 "checksums": [{"algorithm": "SHA256", "checksumValue": deb_hash}],
                 "comment": f"SHA256 of usr/bin/lamppost: {program_hash}"}]
    relationships = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-lamppost")]
    for part in sorted(shared | owners(headers(build))):
        part_name, part_version, part_architecture, source = part
        spdx_id = "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", f"{part_name}-{part_architecture}")
        packages.append({"SPDXID": spdx_id, "name": part_name, "versionInfo": part_version,
                         "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
                         "sourceInfo": f"Debian source package {source}", "externalRefs": [{
                             "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                             "referenceLocator": f"pkg:deb/debian/{part_name}@{part_version.replace(':', '%3A')}"
                                                 f"?arch={part_architecture}"}]})
        if part in shared:
            relationships.append(("SPDXRef-lamppost", "DYNAMIC_LINK", spdx_id))
        elif source in sources | {"linux"}:  # headers of what is there at run time
            relationships.append((spdx_id, "BUILD_DEPENDENCY_OF", "SPDXRef-lamppost"))
        else:
            relationships.append(("SPDXRef-lamppost", "STATIC_LINK", spdx_id))
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    json.dump({"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": deb.stem,
               "documentNamespace": f"https://lamppost.invalid/spdx/{deb_hash}",
               "creationInfo": {"created": created, "creators": ["Tool: lamppost-sbom"]}, "packages": packages,
               "relationships": [{"spdxElementId": left, "relationshipType": kind, "relatedSpdxElement": right}
                                 for left, kind, right in relationships]}, sys.stdout, indent=1)
    print()


main()
