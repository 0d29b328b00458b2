#!/usr/bin/env bash
# Makes the images for the benchmarks with real tools, and keeps them in a cache directory.
#
#   debian-raw.tar      docker save (Docker 20.10: uncompressed layers) of a Debian base system, a layer of compilers,
#                       a `chmod -R` layer (every file stored again) and a deletion layer; about 1.6 GB
#   debian-nochmod.tar  the same image without the `chmod -R` layer: no files have to be compared
#   debian-gzip.tar     debian-raw as an OCI archive with gzip -6 layers (skopeo)
#   debian-zstd.tar     debian-raw as an OCI archive with zstd layers (skopeo)
#   debian-base.tar     docker save of the Debian base system alone; about 170 MB
#   debian-next.tar     the next version of debian-raw: the same layers except the last, which deletes and changes other files
#   debian-other.tar    another build with fewer packages: mostly the same files, no equal layers
#   alpine.tar          8 MB in one layer, like a small distribution
#   app.tar             20,000 small files in 110 MB, like an application with its packages
#   million.tar         1,000,000 entries in three layers, and entries-10k, -100k, -250k and -500k for growth
#   layers-N.tar        the same 100,000 entries in 1, 10, 50 and 100 layers
#   bytes-N.tar         the same number of entries with 10 MB, 100 MB, 1 GB and 10 GB in them
#   big-file.tar        a single file of 1 GB
#   images.json         bytes, layers and entries of each image, counted by GNU tar
#
# Usage: make-images.sh [IMAGE…]      (default: all, 20 GB; existing images are kept)
#   LAYERS_BENCH_CACHE   the cache folder (default: cache/ beside this script)
#   LAYERS_BENCH_MIRROR  the Debian mirror (default: the one that apt uses here)
#
# The Debian images need root, debootstrap, Docker 20.10 with its daemon (Debian 12's docker.io), skopeo and
# 12 GB of free space. The script starts a private daemon, and stops it at the end. The other images need only Node.js.
# If skopeo is installed, it reads them once to check them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${LAYERS_BENCH_CACHE:-$here/cache}
mirror=${LAYERS_BENCH_MIRROR:-$(apt-get indextargets --format "\$(REPO_URI)" | grep -v security | head -n 1 || true)}
suite=bookworm
compilers='build-essential clang-14 golang-1.19'
copied='/usr/lib/go-1.19'
removed='/usr/share/doc /usr/share/man /usr/share/locale /usr/share/go-1.19/test /var/lib/apt/lists'
other_compilers='build-essential golang-1.19'
removed_next='/usr/share/doc /usr/share/man /var/lib/apt/lists'
all="alpine app debian-base debian-raw debian-nochmod debian-gzip debian-zstd debian-next debian-other
  entries-10k entries-100k entries-250k entries-500k million layers-1 layers-10 layers-50 layers-100
  bytes-10m bytes-100m bytes-1g bytes-10g big-file"

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
work=
daemon=

say() { printf '%s\n' "$*" >&2; }
die() { say "make-images: $*"; exit 1; }

stop_daemon() {
  [ -n "$daemon" ] || return 0
  kill "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
  daemon=
}

clean_up() {
  stop_daemon
  rm -f "$cache"/.*.part
  [ -n "$work" ] || return 0
  # A killed daemon leaves its overlay mounts.
  awk -v under="$work/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r |
    while read -r mounted; do umount "$mounted" || true; done
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

need() {
  local tool missing=
  for tool in "$@"; do command -v "$tool" >/dev/null || missing="$missing $tool"; done
  [ -z "$missing" ] || die "missing:$missing (Debian: apt-get install docker.io skopeo debootstrap xz-utils)"
}

work_folder() {
  [ -n "$work" ] || work=$(mktemp -d "$cache/.work-XXXXXX")
}

# /usr/bin/docker is Debian's client. Another client earlier in PATH can be too new for this daemon.
docker() {
  local client=/usr/bin/docker
  [ -x "$client" ] || client=$(type -P docker)
  DOCKER_HOST=unix://$work/docker.sock DOCKER_BUILDKIT=0 "$client" --config "$work/client" "$@"
}

start_daemon() {
  work_folder
  [ -z "$daemon" ] || return 0
  need docker dockerd debootstrap skopeo
  [ "$(id -u)" = 0 ] || die 'the Debian images need root (debootstrap, dockerd)'
  case $(dockerd --version) in
    *' 20.10.'*) ;;
    *) die "Docker 20.10 is needed for its uncompressed layers, found: $(dockerd --version)" ;;
  esac
  mkdir -p "$work/client"
  dockerd --data-root "$work/data" --exec-root "$work/exec" --storage-driver overlay2 --bridge=none \
    --iptables=false --ip6tables=false --pidfile "$work/docker.pid" -H "unix://$work/docker.sock" \
    >"$work/dockerd.log" 2>&1 &
  daemon=$!
  local i
  for i in $(seq 150); do
    docker version >/dev/null 2>&1 && return 0
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 20 "$work/dockerd.log" >&2
  die 'dockerd does not start'
}

# Makes a base system with debootstrap, under a tag.
base_image() {
  local tag=$1
  start_daemon
  docker image inspect "layers-bench:$tag" >/dev/null 2>&1 && return 0
  say "debootstrap $suite from $mirror"
  debootstrap --variant=minbase "$suite" "$work/base" "$mirror" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 20 "$work/debootstrap.log" >&2; die 'debootstrap failed'; }
  rm -rf "$work"/base/var/cache/apt/archives/*.deb "$work"/base/dev/*
  tar -C "$work/base" --numeric-owner -cf - . | docker import - "layers-bench:$tag" >/dev/null
  rm -rf --one-file-system "$work/base"
}

# Builds a tag from the Dockerfile on standard input.
build() {
  local tag=$1
  mkdir -p "$work/context-$tag"
  cat >"$work/context-$tag/Dockerfile"
  say "docker build layers-bench:$tag"
  docker build --network host -t "layers-bench:$tag" "$work/context-$tag" >"$work/build-$tag.log" 2>&1 ||
    { tail -n 30 "$work/build-$tag.log" >&2; die 'docker build failed'; }
}

# debian-raw and debian-nochmod come from one build, so that they share their base and compiler layers.
build_debian() {
  local tag=$1 base=$2 packages=$3 chmod=$4
  base_image "$base"
  {
    echo "FROM layers-bench:$base"
    echo 'ENV DEBIAN_FRONTEND=noninteractive'
    echo "RUN apt-get update && apt-get install -y --no-install-recommends $packages && apt-get clean"
    [ "$chmod" = no ] || echo "RUN chmod -R g+w $copied"
    echo "RUN rm -rf $removed && find /usr/share/go-1.19 -name '*_test.go' -delete"
    echo 'CMD ["bash"]'
  } | build "$tag"
}

# Makes an image of all layers of debian-raw but the last. Docker loads an archive without layers that it already has.
load_all_but_last() {
  start_daemon
  make debian-raw
  docker load -q -i "$cache/debian-raw.tar" >/dev/null
  mkdir -p "$work/lower"
  node "$here/all-but-last.mjs" "$cache/debian-raw.tar" "$work/lower" layers-bench:lower
  tar -C "$work/lower" -cf - . | docker load -q >/dev/null
}

build_next() {
  load_all_but_last
  {
    echo 'FROM layers-bench:lower'
    echo "RUN rm -rf $removed_next && find /usr/share/go-1.19 -name '*_example*.go' -delete \\"
    echo "  && find /usr/include -name '*.h' -exec sed -i '1i // the next version' {} + \\"
    echo "  && cp -R $copied/pkg/tool /opt/tool && dd if=/usr/bin/clang-14 of=/opt/head bs=1M count=64"
    echo 'CMD ["bash"]'
  } | build debian-next
}

save() {
  docker save -o "$cache/.$2.part" "layers-bench:$1"
  chmod 644 "$cache/.$2.part"
  mv "$cache/.$2.part" "$cache/$2.tar"
}

recompress() {
  local format=$1 level=$2 out=$3
  need skopeo
  make debian-raw
  work_folder
  say "skopeo copy: $format -$level"
  skopeo --insecure-policy --tmpdir "$work" copy -q --dest-compress-format "$format" \
    --dest-compress-level "$level" "docker-archive:$cache/debian-raw.tar" "oci-archive:$work/$out.tar:layers-bench"
  mv "$work/$out.tar" "$cache/$out.tar"
}

# written NAME COMMAND…: makes an image with Node.js alone. The command writes $cache/.NAME.part.
written() {
  local out=$1
  shift
  say "writing $out"
  "$@"
  if command -v skopeo >/dev/null && [ "$out" != bytes-10g ]; then
    work_folder
    skopeo --insecure-policy --tmpdir "$work" copy -q "docker-archive:$cache/.$out.part" "dir:$work/$out" ||
      die "skopeo refuses $out"
    rm -rf "$work/$out"
  fi
  mv "$cache/.$out.part" "$cache/$out.tar"
}

typical() { written "$1" node "$here/make-typical.mjs" "$1" "$cache/.$1.part"; }
entries() { written "$2" node "$here/make-entries.mjs" "$1" "$cache/.$2.part"; }
in_layers() { written "$2" node "$here/make-entries.mjs" 100000 "$cache/.$2.part" "$1"; }
bytes() { written "$4" node "$here/make-bytes.mjs" "$1" "$2" "$3" "$cache/.$4.part"; }

make() {
  [ ! -e "$cache/$1.tar" ] || return 0
  case $1 in
    debian-raw) build_debian debian base "$compilers" yes; save debian "$1" ;;
    debian-nochmod) build_debian debian-nochmod base "$compilers" no; save debian-nochmod "$1" ;;
    debian-gzip) recompress gzip 6 "$1" ;;
    debian-zstd) recompress zstd 3 "$1" ;;
    debian-next) build_next; save debian-next "$1" ;;
    debian-other) build_debian debian-other other-base "$other_compilers" no; save debian-other "$1" ;;
    alpine | app) typical "$1" ;;
    debian-base) base_image base; save base "$1" ;;
    entries-10k) entries 10000 "$1" ;;
    entries-100k) entries 100000 "$1" ;;
    entries-250k) entries 250000 "$1" ;;
    entries-500k) entries 500000 "$1" ;;
    million) entries 1000000 "$1" ;;
    layers-*) in_layers "${1#layers-}" "$1" ;;
    bytes-10m) bytes 10000000 100 4 "$1" ;;
    bytes-100m) bytes 100000000 100 4 "$1" ;;
    bytes-1g) bytes 1000000000 100 4 "$1" ;;
    bytes-10g) bytes 10000000000 100 4 "$1" ;;
    big-file) bytes 1000000000 1 1 "$1" ;;
    *) die "no image $1; the images are: ${all//$'\n'/}" ;;
  esac
}

need node tar
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $all
# The archives of one docker build must be made together, because the packages differ on another day.
case " $* " in
  *' debian-raw '*) [ -e "$cache/debian-raw.tar" ] || rm -f "$cache"/debian-{nochmod,gzip,zstd,next}.tar ;;
esac
for image in "$@"; do make "$image"; done
node "$here/describe-images.mjs" "$cache"
