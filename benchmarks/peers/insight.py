"""Answers questions about a docker-archive with Python's tarfile: what a script would do. Usage: insight.py JOB ARCHIVE [WHAT]"""

import fnmatch
import hashlib
import json
import sys
import tarfile

job, path = sys.argv[1:3]
what = sys.argv[3] if len(sys.argv) > 3 else ""


def layers(archive):
    manifest = json.load(archive.extractfile("manifest.json"))
    for position, name in enumerate(manifest[0]["Layers"]):
        yield position, tarfile.open(fileobj=archive.extractfile(name), mode="r:*")


with tarfile.open(path) as archive:
    if job == "find":
        for position, layer in layers(archive):
            for member in layer:
                if fnmatch.fnmatchcase(member.name.rsplit("/", 1)[-1], what):
                    print(position, member.name, member.size)
    elif job == "log":
        wanted = what.strip("/")
        for position, layer in layers(archive):
            for member in layer:
                if member.name.removeprefix("./").rstrip("/") == wanted:
                    content = layer.extractfile(member)
                    digest = hashlib.sha256(content.read()).hexdigest() if content else None
                    print(position, member.size, member.mode, digest)
    elif job == "duplicates":
        by_size = {}
        for position, layer in layers(archive):
            for member in layer:
                if member.isfile() and member.size > 0:
                    by_size.setdefault(member.size, []).append((position, layer, member))
        groups = {}
        for size, same in by_size.items():
            if len(same) < 2:
                continue
            for position, layer, member in same:
                digest = hashlib.sha256(layer.extractfile(member).read()).hexdigest()
                groups.setdefault((size, digest), []).append((position, member.name))
        saved = sum(size * (len(names) - 1) for (size, _), names in groups.items())
        print(saved, sum(len(names) > 1 for names in groups.values()))
