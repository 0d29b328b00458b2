"""Answers the questions about fleets by brute force, from docs/fleet.md and the archives alone: opens each archive, unpacks all layers
of all images in memory, and compares everything with everything.

Standard input has a JSON document {"fleets": [{"sources": [{"name", "path"}], "words": [[...]], "packages": [[...]]}]}. Prints a list with
the answers to each fleet: by question and words, the rows. Sources that are not archives are problems."""

import copy
import gzip
import hashlib
import io
import json
import re
import sys
import tarfile
from collections import Counter, defaultdict
from datetime import datetime, timezone

META = ".wh..wh."
OPAQUE = ".wh..wh..opq"
PLNK = ".wh..wh.plnk"


# Archives


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Archive:
    def __init__(self, path):
        self.tar = tarfile.open(path, mode="r:")
        self.members = {member.name: member for member in self.tar.getmembers()}

    def read(self, name):
        member = self.members[name]
        while member.issym():
            parts = []
            for part in (name.rpartition("/")[0] + "/" + member.linkname).split("/"):
                if part == "..":
                    parts.pop()
                elif part not in ("", "."):
                    parts.append(part)
            name = "/".join(parts)
            member = self.members[name]
        return self.tar.extractfile(member).read()

    def blob(self, descriptor):
        return self.read("blobs/" + descriptor["digest"].replace(":", "/"))


def familiar(name):
    return name.removeprefix("docker.io/").removeprefix("library/")


def images_of(archive):
    """Yields the images of an archive: what names it, its config, the bytes of its layers, and its tags."""
    if "index.json" in archive.members:
        tags = {}
        for descriptor in json.loads(archive.read("index.json"))["manifests"]:
            name = descriptor.get("annotations", {}).get("io.containerd.image.name")
            found = tags.setdefault(descriptor["digest"], (descriptor, []))[1]
            if name is not None:
                found.append(familiar(name))
        for digest, (descriptor, names) in tags.items():
            manifest = json.loads(archive.blob(descriptor))
            layers = [archive.blob(layer) for layer in manifest["layers"]]
            yield digest, json.loads(archive.blob(manifest["config"])), layers, names
        return
    for image in json.loads(archive.read("manifest.json")):
        config = archive.read(image["Config"])
        layers = [archive.read(layer) for layer in image["Layers"]]
        yield sha256(config), json.loads(config), layers, image["RepoTags"] or []


# Layers


def text_of(name):
    """A name as Latin-1 text, one character for each byte."""
    return name.encode("utf-8", "surrogateescape").decode("latin-1")


def shown(name):
    return name.encode("latin-1").decode("utf-8", "replace")


def clean(name):
    """The path with a leading slash, "" for the root; None for a path that leaves the root."""
    parts = []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "".join("/" + part for part in parts)


class Inode:
    def __init__(self, kind, size=0, data=None):
        self.kind, self.size, self.data = kind, size, data


class Entry:
    def __init__(self, tar, member):
        self.name = text_of(member.name)
        self.link = text_of(member.linkname) if member.islnk() else None
        self.inode = None
        if member.isdir():
            self.inode = Inode("directory")
        elif member.issym():
            self.inode = Inode("symlink")
        elif member.ischr():
            self.inode = Inode("char")
            self.is_zero = (member.devmajor, member.devminor) == (0, 0)
        elif member.isblk() or member.isfifo():
            self.inode = Inode("device")
        elif member.isreg():
            self.inode = Inode("file", member.size, tar.extractfile(member).read())
        self.is_unknown = self.inode is None and self.link is None
        self.what, self.path = self.meaning()

    @property
    def is_file(self):
        return self.inode is not None and self.inode.kind == "file"

    def meaning(self):
        is_directory = self.inode is not None and self.inode.kind == "directory"
        path = clean(self.name)
        if path is None:
            return "ignored", None
        if path == "":
            return ("entry" if is_directory else "ignored"), path
        *parents, last = path[1:].split("/")
        is_meta = lambda part: part.startswith(META) and part != OPAQUE
        if parents and is_meta(parents[0]):
            return "ignored", path
        if any(part.startswith(".wh.") and not is_meta(part) for part in parents):
            return "ignored", path
        parent = "".join("/" + part for part in parents)
        if last == OPAQUE:
            return "opaque", parent
        if is_meta(last) and not parents:
            return "ignored", path
        if last in (".wh.", ".wh..", ".wh..."):
            return "ignored", path
        if last.startswith(".wh.") and not (is_meta(last) and is_directory):
            return "whiteout", parent + "/" + last[4:]
        if self.inode is not None and self.inode.kind == "char" and self.is_zero:
            return "whiteout", path
        return ("ignored" if self.is_unknown else "entry"), path


def plnk(name):
    parts = (clean(name) or "")[1:].split("/")
    return parts[-1] if len(parts) > 1 and parts[0] == PLNK else None


def with_aufs_links(entries):
    """AUFS stores the content of hard links in a folder of its own: the first link gets it, others lead to that link."""
    for name in {plnk(entry.name) for entry in entries} - {None}:
        contents = [entry for entry in entries if entry.is_file and plnk(entry.name) == name]
        links = [entry for entry in entries if entry.link is not None and entry.what == "entry" and plnk(entry.link) == name]
        if not contents or not links:
            continue
        content, first = contents[-1], links[0]
        # The content takes the place of the link in the tree, at its own position in the tar.
        content.what, content.path = "entry", first.path
        first.what = "ignored"
        for other in links[1:]:
            other.link = first.path
    return entries


class Layer:
    """The tar of a layer."""

    def __init__(self, data, number):
        self.number = number
        self.bytes = len(data)
        self.diff_id = sha256(data)
        tar = tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8", errors="surrogateescape")
        self.entries = with_aufs_links([Entry(tar, member) for member in tar.getmembers()])
        self.files = [e for e in self.entries if e.what == "entry" and e.is_file and e.path != ""]
        self.content_bytes = sum(entry.inode.size for entry in self.files)
        self.contents = [
            ((hashlib.sha256(e.inode.data).hexdigest()[:32], e.inode.size), e) for e in self.files if e.inode.size > 0
        ]


def forget(tree, path, own):
    for other in [each for each in tree if each.startswith(path + "/")]:
        del tree[other]
    if own:
        tree.pop(path, None)


def put(tree, path, inode):
    parts = path.split("/")
    for depth in range(2, len(parts)):
        parent = "/".join(parts[:depth])
        if parent not in tree or tree[parent].kind != "directory":
            tree[parent] = Inode("directory")
    if inode.kind != "directory":
        forget(tree, path, False)
    tree[path] = inode


def link(tree, entry):
    target = clean(entry.link)
    inode = None if target is None else tree.get(target)
    if inode is None:
        return "missing"
    if inode.kind == "directory":
        return "ignored"
    put(tree, entry.path, inode)
    return "made"


def apply(tree, layer):
    below = dict(tree)
    for entry in layer.entries:
        if entry.what == "whiteout":
            forget(tree, entry.path, True)
        elif entry.what == "opaque" and entry.path in below and below[entry.path].kind == "directory":
            forget(tree, entry.path, False)
    missing = []
    for entry in layer.entries:
        if entry.what != "entry":
            continue
        if entry.link is None:
            # A layer that an image has twice stores its files twice.
            put(tree, entry.path, copy.copy(entry.inode))
        elif link(tree, entry) == "missing":
            missing.append(entry)
    # A link before its target waits for it, also where another such link makes that target.
    current, waiting = missing, []
    while current:
        made = set()
        for entry in current:
            result = link(tree, entry)
            if result == "missing":
                waiting.append(entry)
            elif result == "made":
                made.add(entry.path)
        current = [entry for entry in missing if entry in waiting and clean(entry.link) in made]
        waiting = [entry for entry in waiting if entry not in current]


# Fleets


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def iso(time):
    if time is None:
        return None
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"


def distribution_of(tree):
    inode = tree.get("/etc/os-release")
    if inode is None or inode.kind != "file":
        return None
    fields = dict(line.split("=", 1) for line in inode.data.decode().splitlines() if "=" in line)
    fields = {name: value.strip('"') for name, value in fields.items()}
    return f"{fields['ID']} {fields['VERSION_ID']}"


def packages_of(tree):
    """(type, name, version, path) of what dpkg and npm say is installed."""
    found = set()
    for path, inode in tree.items():
        if inode.kind != "file":
            continue
        if path == "/var/lib/dpkg/status":
            for paragraph in inode.data.decode().split("\n\n"):
                fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line)
                if fields.get("Status") == "install ok installed":
                    found.add(("dpkg", fields["Package"], fields["Version"], path))
        elif re.fullmatch(r".*/node_modules/[^/]+/package\.json", path):
            package = json.loads(inode.data)
            found.add(("npm", package["name"], package["version"], path))
    return found


class Image:
    def __init__(self, number, config, blobs):
        self.number, self.blobs = number, blobs
        self.layers = [blob.layer for blob in blobs]
        self.created = seconds(config["created"])
        steps = [step for step in config["history"] if not step.get("empty_layer")]
        self.made = [seconds(step["created"]) for step in steps]
        tree = {"": Inode("directory")}
        self.packages = {}
        for position, layer in enumerate(self.layers):
            apply(tree, layer)
            here = packages_of(tree)
            # A package that is gone and comes back is of the layer that brought it back.
            self.packages = {package: self.packages.get(package, position) for package in here}
        self.rootfs_bytes = sum(inode.size for inode in {id(i): i for i in tree.values() if i.kind == "file"}.values())
        self.files = sum(inode.kind == "file" for inode in tree.values())
        self.distribution = distribution_of(tree)
        self.stored_bytes = sum(blob.bytes for blob in set(blobs))
        self.content_bytes = sum(layer.content_bytes for layer in self.layers)
        self.tags, self.sources, self.rows = set(), set(), []

    @property
    def name(self):
        return min(self.tags) if self.tags else min(self.sources)


class Blob:
    def __init__(self, layer, data):
        self.layer, self.bytes = layer, len(data)


class Fleet:
    """The distinct images, layers and blobs, in the order in which a scan finds them."""

    def __init__(self, sources):
        self.images, self.problems = [], []
        layers, blobs, images = {}, {}, {}
        for source in sources:
            try:
                archive = Archive(source["path"])
            except tarfile.TarError:
                self.problems.append([source["name"], None])
                continue
            for digest, config, stored, tags in images_of(archive):
                made = []
                for data in stored:
                    if sha256(data) not in blobs:
                        tar = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
                        layer = layers.get(sha256(tar)) or Layer(tar, len(blobs))
                        layers[layer.diff_id] = layer
                        blobs[sha256(data)] = Blob(layer, data)
                    made.append(blobs[sha256(data)])
                # Without a manifest, the digest of the config does not say how layers are compressed.
                key = (digest, *(blob.bytes for blob in made))
                if key not in images:
                    images[key] = Image(len(images), config, made)
                    self.images.append(images[key])
                image = images[key]
                image.tags.update(tags)
                image.sources.add(source["name"])
                image.rows += [(tag, source["name"], digest) for tag in tags or [None]]
        self.blobs = list(dict.fromkeys(blob for image in self.images for blob in image.blobs))
        self.layers = list(dict.fromkeys(blob.layer for blob in self.blobs))

    def others(self, image):
        return [other for other in self.images if other is not image]

    def smallest(self, layer):
        return min((blob for blob in self.blobs if blob.layer is layer), key=lambda blob: blob.bytes)


def only_in(fleet, image, parts_of):
    others = {part for other in fleet.others(image) for part in parts_of(other)}
    return [part for part in dict.fromkeys(parts_of(image)) if part not in others]


def total(blobs):
    return sum(blob.bytes for blob in blobs)


def contents_of(image):
    return [content for layer in image.layers for content, _ in layer.contents]


def summary(fleet):
    contents = {content for layer in fleet.layers for content, _ in layer.contents}
    return [
        ["images", len(fleet.images), sum(i.stored_bytes for i in fleet.images), sum(i.content_bytes for i in fleet.images)],
        ["layers", len(fleet.blobs), total(fleet.blobs), sum(blob.layer.content_bytes for blob in fleet.blobs)],
        ["files", len(contents), None, sum(size for _, size in contents)],
    ]


def top(fleet):
    return [
        [i.name, i.stored_bytes, i.rootfs_bytes, i.content_bytes - i.rootfs_bytes]
        + [total(only_in(fleet, i, lambda image: image.blobs)), len(i.layers), i.files]
        for i in sorted(fleet.images, key=lambda i: (-i.stored_bytes, i.name, i.number))
    ]


def shared(fleet):
    rows = []
    for image in fleet.images:
        own = only_in(fleet, image, lambda each: each.layers)
        rows.append(
            [
                image.name,
                sum(layer.content_bytes for layer in dict.fromkeys(image.layers)),
                sum(layer.content_bytes for layer in own),
                sum(size for _, size in only_in(fleet, image, contents_of)),
                image.number,
            ]
        )
    return [row[:4] for row in sorted(rows, key=lambda row: (-row[2], row[0], row[4]))]


def exclusive(fleet):
    rows = []
    for image in fleet.images:
        own = only_in(fleet, image, lambda each: each.blobs)
        rows.append([image.name, len(image.tags), total(own), len(own), image.stored_bytes, image.number])
    return [row[:5] for row in sorted(rows, key=lambda row: (-row[2], row[0], row[5]))]


def repository_of(tag):
    return None if tag is None else tag.rpartition(":")[0]


def exclusive_of(fleet, words):
    is_named = lambda row: any(word in (row[0], repository_of(row[0]), row[1], row[2]) for word in words)
    named = [image for image in fleet.images if any(is_named(row) for row in image.rows)]
    gone = [image for image in named if all(is_named(row) for row in image.rows)]
    kept = {blob for image in fleet.images if image not in gone for blob in image.blobs}
    freed = {blob for image in gone for blob in image.blobs} - kept
    return [[len(named), len(gone), len(freed), total(freed)]]


def duplicates(fleet):
    places = defaultdict(list)
    for layer in sorted(fleet.layers, key=lambda each: each.number):
        for content, entry in layer.contents:
            places[content].append((layer, entry))
    rows = [
        [(len(of) - 1) * size, size, len(of), len({layer for layer, _ in of}), digest, shown(of[0][1].path)]
        for (digest, size), of in places.items()
        if len(of) > 1
    ]
    return sorted(rows, key=lambda row: (-row[0], row[4]))


class Bottom:
    """The lowest layer of images."""

    def __init__(self, fleet, layer):
        self.layer = layer
        self.images = [image for image in fleet.images if image.layers and image.layers[0] is layer]
        self.made = max(image.made[0] for image in self.images)
        self.distribution = min((i.distribution for i in self.images if i.distribution is not None), default=None)
        match = re.match(r"\S+( \d+(\.\d+)?)?", self.distribution or "")
        self.release = None if match is None else match.group()
        self.newest = None

    @property
    def days_behind(self):
        return None if self.newest is None else int((self.newest.made - self.made).total_seconds()) // 86_400


def bottoms_of(fleet):
    """The lowest layers, each with the newest of its release."""
    bottoms = {layer: Bottom(fleet, layer) for layer in {i.layers[0] for i in fleet.images if i.layers}}
    for bottom in bottoms.values():
        peers = [other for other in bottoms.values() if other.release == bottom.release]
        if bottom.release is not None:
            bottom.newest = max(peers, key=lambda each: (each.made, len(each.images), -each.layer.number))
    return bottoms


def bases(fleet):
    bottoms = bottoms_of(fleet)
    rows = []
    for prefix in {tuple(i.layers[: n + 1]) for i in fleet.images for n in range(len(i.layers))}:
        above = [image for image in fleet.images if tuple(image.layers[: len(prefix)]) == prefix]
        following = {tuple(image.layers[len(prefix) : len(prefix) + 1]) for image in above}
        if len(following) < 2:
            continue
        bottom = bottoms[prefix[0]]
        rows.append(
            [
                min((i.name for i in above if len(i.layers) == len(prefix)), default=None),
                len(prefix),
                sum(len(image.layers) > len(prefix) for image in above),
                sum(layer.content_bytes for layer in prefix),
                bottom.distribution,
                iso(bottom.made),
                bottom.days_behind,
                prefix[-1].diff_id,
            ]
        )
    return rows


def stale(fleet):
    rows = []
    for bottom in bottoms_of(fleet).values():
        if bottom.newest is None or bottom.made == bottom.newest.made:
            continue
        for image in bottom.images:
            made, newest = iso(bottom.made), iso(bottom.newest.made)
            rows.append([image.name, bottom.distribution, made, newest, bottom.days_behind, bottom.layer.diff_id])
    return rows


def like(content, stored, tar):
    return content * stored // tar if tar else 0


def whatif(fleet):
    """Rows without what zstd would store, which Python cannot compute."""
    now = total(fleet.blobs)
    of_layers = sum(layer.content_bytes for layer in fleet.layers)
    bottoms = bottoms_of(fleet)
    based = set()
    for image in fleet.images:
        newest = bottoms[image.layers[0]].newest if image.layers else None
        based |= set(image.blobs if newest is None else [fleet.smallest(newest.layer), *image.blobs[1:]])
    squashed = {}
    for image in fleet.images:
        if image.layers:
            stored = like(image.rootfs_bytes, total(image.blobs), sum(layer.bytes for layer in image.layers))
            chain = tuple(image.layers)
            squashed[chain] = (image.rootfs_bytes, min(stored, squashed.get(chain, (0, stored))[1]))
    first = {}
    for layer in sorted(fleet.layers, key=lambda each: each.number):
        for content, _ in layer.contents:
            first.setdefault(content, layer)
    once = Counter()
    for (_, size), layer in first.items():
        once[layer] += size
    rows = [
        ["none", sum(blob.layer.content_bytes for blob in fleet.blobs), now],
        ["each tar in one compression", of_layers, sum(fleet.smallest(layer).bytes for layer in fleet.layers)],
        ["zstd for all layers", of_layers, None],
        ["one base for each release", sum(blob.layer.content_bytes for blob in based), total(based)],
        ["each image squashed", sum(c for c, _ in squashed.values()), sum(s for _, s in squashed.values())],
        [
            "each content of a file once",
            sum(once.values()),
            sum(like(size, fleet.smallest(layer).bytes, layer.bytes) for layer, size in once.items()),
        ],
    ]
    return [[*row, None if row[2] is None else now - row[2]] for row in rows]


def natural(tag):
    return [part.zfill(18) if part.isdigit() else part for part in re.findall(r"\d+|\D+", tag)]


def steps_of(fleet, repository):
    """The tags of a repository in order: tag, image, bytes of the blobs that are new, and of all so far."""
    tags = [(tag, image) for image in fleet.images for tag in image.tags if repository_of(tag) == repository]
    seen, steps = set(), []
    for tag, image in sorted(tags, key=lambda each: (each[1].created, natural(each[0]), each[0], each[1].number)):
        new = set(image.blobs) - seen
        seen |= new
        steps.append((tag, image, total(new), total(seen)))
    return steps


def timeline_of(fleet, repository):
    rows, before = [], None
    for tag, image, added, all_bytes in steps_of(fleet, repository):
        growth = None if before is None else image.stored_bytes - before
        before = image.stored_bytes
        rows.append([tag, iso(image.created), before, growth, added, all_bytes, image.rootfs_bytes])
    return rows


def repositories_of(fleet):
    return sorted({repository_of(tag) for image in fleet.images for tag in image.tags})


def timeline(fleet):
    rows = []
    for repository in repositories_of(fleet):
        steps = steps_of(fleet, repository)
        first, last = steps[0][1], steps[-1][1]
        times = [image.created for _, image, _, _ in steps]
        sizes = [first.stored_bytes, last.stored_bytes, last.stored_bytes - first.stored_bytes]
        tags = len({tag for tag, _, _, _ in steps})
        rows.append([repository, tags, iso(min(times)), iso(max(times)), *sizes, steps[-1][3]])
    return sorted(rows, key=lambda row: (-row[-1], row[0]))


def packages(fleet):
    images, versions = defaultdict(set), defaultdict(set)
    for image in fleet.images:
        for kind, name, version, _ in image.packages:
            images[kind, name].add(image)
            versions[kind, name].add(version)
    rows = [[kind, name, len(of), len(versions[kind, name])] for (kind, name), of in images.items()]
    return sorted(rows, key=lambda row: (-row[2], row[1], row[0]))


def packages_named(fleet, name, version=""):
    rows = [
        [tag or source, kind, of, found, position, path]
        for image in fleet.images
        for (kind, of, found, path), position in image.packages.items()
        if of == name and found.startswith(version)
        for tag, source, _ in image.rows
    ]
    return sorted(rows, key=lambda row: (row[2], row[3], row[0], row[1], row[5]))


def answers(job):
    fleet = Fleet(job["sources"])
    of_all = [summary, top, shared, exclusive, duplicates, bases, stale, whatif, timeline, packages]
    result = {question.__name__: question(fleet) for question in of_all}
    result["problems"] = sorted(fleet.problems)
    for repository in repositories_of(fleet):
        result[f"timeline {repository}"] = timeline_of(fleet, repository)
    for words in job["words"]:
        result[" ".join(["exclusive", *words])] = exclusive_of(fleet, words)
    for words in job["packages"]:
        result[" ".join(["packages", *words])] = packages_named(fleet, *words)
    return result


json.dump([answers(job) for job in json.load(sys.stdin)["fleets"]], sys.stdout)
