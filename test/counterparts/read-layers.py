"""Reads an image archive with the tar, gzip and hash modules of Python alone. Prints for each image what each layer does to each
path, and which files of the merged tree have the same content, as JSON."""

import gzip
import hashlib
import io
import json
import sys
import tarfile


def members(archive):
    return {m.name.removeprefix("./"): m for m in archive.getmembers()}


def read(archive, names, name):
    member = names[name]
    while member.issym():
        base = name.rsplit("/", 1)[0] + "/" if "/" in name else ""
        parts = []
        for part in (base + member.linkname).split("/"):
            if part == "..":
                parts.pop()
            elif part not in ("", "."):
                parts.append(part)
        name = "/".join(parts)
        member = names[name]
    data = archive.extractfile(member).read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def images(archive):
    names = members(archive)
    if "manifest.json" in names:
        for image in json.loads(read(archive, names, "manifest.json")):
            yield [read(archive, names, layer) for layer in image["Layers"]]
        return
    index = json.loads(read(archive, names, "index.json"))
    for descriptor in index["manifests"]:
        blob = lambda d: read(archive, names, "blobs/" + d["digest"].replace(":", "/"))
        yield [blob(layer) for layer in json.loads(blob(descriptor))["layers"]]


def kind(member):
    if member.isdir():
        return "directory"
    if member.issym():
        return "symlink"
    if member.ischr():
        return "char"
    if member.isblk():
        return "block"
    return "fifo" if member.isfifo() else "file"


def clean(name):
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "".join("/" + part for part in parts)


def split(path):
    return path.rpartition("/")[0], path.rpartition("/")[2]


def forget(tree, path, own):
    for other in [p for p in tree if p.startswith(path + "/")] + ([path] if own else []):
        tree.pop(other, None)


def apply(tree, layer, data):
    """Applies a layer; returns the paths that it placed."""
    placed = set()
    tar = tarfile.open(fileobj=io.BytesIO(data), mode="r:")
    entries = [(clean(m.name), m) for m in tar.getmembers()]
    for path, _ in entries:
        parent, name = split(path)
        if name == ".wh..wh..opq":
            forget(tree, parent, False)
        elif name.startswith(".wh.") and not name.startswith(".wh..wh."):
            forget(tree, parent + "/" + name[4:], True)
    for path, m in entries:
        parent, name = split(path)
        if path == "" or name.startswith(".wh."):
            continue
        parts = path.split("/")
        for depth in range(2, len(parts)):
            above = "/".join(parts[:depth])
            if tree.get(above, {}).get("type") != "directory":
                tree[above] = {"type": "directory", "size": 0, "attributes": None, "id": (layer, above)}
                placed.add(above)
        placed.add(path)
        if m.islnk():
            target = tree[clean(m.linkname)]
            forget(tree, path, True)
            tree[path] = target
            continue
        node = {
            "type": kind(m),
            "size": m.size if m.isreg() else 0,
            "attributes": [m.mode & 0o7777, m.uid, m.gid, int(m.mtime // 1)],
            "id": (layer, path),
        }
        if m.isreg():
            node["digest"] = "sha256:" + hashlib.sha256(tar.extractfile(m).read()).hexdigest()
        if node["type"] != "directory" or tree.get(path, {}).get("type") != "directory":
            forget(tree, path, True)
        tree[path] = node
    return placed


def change(before, after, placed):
    if before is None:
        return "added"
    if after is None:
        return "deleted"
    if not placed:
        return None
    if before["type"] != after["type"]:
        return "replaced"
    same = before["type"] == "directory" and before["attributes"] == after["attributes"]
    return None if same else "changed"


def describe(layers):
    tree, events = {}, {}
    for position, data in enumerate(layers):
        before = dict(tree)
        placed = apply(tree, position, data)
        for path in before.keys() | tree.keys():
            what = change(before.get(path), tree.get(path), path in placed)
            node = tree.get(path) or before.get(path)
            if what is not None:
                event = [position, what, node["type"], node["size"], node.get("digest")]
                events.setdefault(path, []).append(event)
    contents = {}
    for path, node in tree.items():
        if node["type"] == "file" and node["size"] > 0:
            contents.setdefault((node["size"], node["digest"]), {}).setdefault(node["id"], []).append(path)
    duplicates = [
        [size, sorted(len(names) for names in copies.values())]
        for (size, _), copies in contents.items()
        if len(copies) > 1
    ]
    return {"events": events, "visible": sorted(tree), "duplicates": sorted(duplicates)}


with open(sys.argv[1], "rb") as file:
    data = file.read()
if data[:2] == b"\x1f\x8b":
    data = gzip.decompress(data)
archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:")
json.dump([describe(layers) for layers in images(archive)], sys.stdout)
