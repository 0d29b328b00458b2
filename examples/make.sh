#!/usr/bin/env bash
# Makes the example archives beside this script with a private, real Docker daemon.
# Needs root and Debian's docker.io (20.10), containerd, busybox-static. README.md describes the archives.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/layers-examples.XXXXXX")
busybox=$(command -v busybox)
docker_bin=${DOCKER_BIN:-/usr/bin/docker}
daemon=

cleanup() {
  if [[ -n $daemon ]]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  # Unmounts what is left, the deepest mounts first.
  awk -v under="$work/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r mounted; do umount -l "$mounted" || true; done
  rm -rf "$work"
}
trap cleanup EXIT

start_daemon() {
  dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" \
    --storage-driver overlay2 --bridge=none --iptables=false --ip6tables=false \
    -H "unix://$work/docker.sock" </dev/null >"$work/dockerd.log" 2>&1 &
  daemon=$!
  for _ in $(seq 120); do
    docker version >/dev/null 2>&1 && return
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.25
  done
  tail -n 20 "$work/dockerd.log" >&2
  echo "dockerd did not start" >&2
  exit 1
}

# Without BuildKit, the builder of the daemon makes one layer for each instruction.
docker() { DOCKER_BUILDKIT=0 DOCKER_CONFIG="$work/config" "$docker_bin" -H "unix://$work/docker.sock" "$@"; }
ctr() { command ctr -a "$work/exec/containerd/containerd.sock" -n layers-examples "$@"; }

# put PATH [MODE]: writes standard input to the file PATH.
put() {
  mkdir -p "$(dirname "$1")"
  cat >"$1"
  chmod "${2:-644}" "$1"
}

# prose BYTES SEED: prints the same text each time, which compresses about as well as prose.
prose() {
  awk -v bytes="$1" -v seed="$2" 'BEGIN {
    count = split("apple basil barley bramble butter cherry cinnamon clove cream fennel flour garlic ginger honey juniper lemon maple mint nutmeg oat olive onion orange oregano parsley pear pepper plum quince rosemary saffron sage salt sugar thyme vanilla vinegar walnut wheat yeast", word, " ")
    while (written < bytes) {
      line = ""
      while (length(line) < 60) {
        seed = (seed * 16807) % 2147483647
        line = line word[1 + seed % count] " " seed % 997 " "
      }
      line = substr(line, 1, bytes - written - 1)
      print line
      written += length(line) + 1
    }
  }'
}

# run_step IMAGE RESULT SCRIPT [commit options]: does what RUN does in a Dockerfile. The image has no shell, so a
# busybox is mounted over its placeholder /bin/sh while the step runs.
run_step() {
  local image=$1 result=$2 script=$3
  shift 3
  docker run --name step --network none -v "$busybox:/bin/sh:ro" "$image" /bin/sh -c "$script" >&2
  docker commit "$@" step "$result" >/dev/null
  docker rm step >/dev/null
}

# settle FOLDER: sets fixed times in a build context.
settle() { find "$1" -exec touch -h -d '2026-03-01 09:00:00 UTC' {} +; }

make_rootfs() {
  local root=$1
  mkdir -p "$root"/{bin,etc,home,root,run,srv,tmp,usr/bin,usr/lib/base,usr/share/zoneinfo/Etc,var/cache,var/lib,var/log}
  ln -s usr/lib "$root/lib"
  chmod 1777 "$root/tmp"
  chmod 700 "$root/root"
  put "$root/bin/sh" 755 <<<'#!/nonexistent
This image shows what images look like inside. It holds no programs.'
  put "$root/etc/passwd" <<<'root:x:0:0:root:/root:/bin/sh
bramble:x:10001:10001:Bramble:/srv/bramble:/bin/sh'
  put "$root/etc/group" <<<'root:x:0:
bramble:x:10001:'
  put "$root/etc/shadow" 640 <<<'root:*:20513:0:99999:7:::
bramble:!:20513:0:99999:7:::'
  put "$root/etc/os-release" <<<'NAME="Hedgerow Linux"
ID=hedgerow
VERSION_ID=7
PRETTY_NAME="Hedgerow Linux 7"'
  put "$root/etc/motd" <<<'Welcome to Hedgerow Linux 7.'
  put "$root/etc/shells" <<<'/bin/sh'
  put "$root/etc/mime.types" <<<'text/html html htm
text/css css
text/javascript js mjs
image/svg+xml svg
application/json json'
  put "$root/etc/services" <<<'http 80/tcp
https 443/tcp
bramble 8080/tcp'
  ln -s /usr/share/zoneinfo/UTC "$root/etc/localtime"
  put "$root/usr/share/zoneinfo/UTC" <<<'UTC0'
  local name
  for name in Etc/UTC Etc/UCT Etc/Zulu; do
    ln "$root/usr/share/zoneinfo/UTC" "$root/usr/share/zoneinfo/$name"
  done
  put "$root/usr/lib/base/functions.sh" <<<'log() { printf "%s %s\n" "$(date -u +%FT%TZ)" "$*"; }'
  prose 3000 11 | put "$root/usr/lib/base/messages.txt"
  ln -s functions.sh "$root/usr/lib/base/functions"
  put "$root/usr/bin/base-report" 4755 <<<'#!/bin/sh
. /usr/lib/base/functions.sh
log "uptime $(cat /proc/uptime)"'
  prose 2600 12 | put "$root/usr/share/doc/base/README"
  prose 5200 13 | put "$root/usr/share/doc/base/changelog"
  prose 900 14 | put "$root/usr/share/doc/base/copyright"
  prose 1400 15 | put "$root/usr/share/doc/bramble-libs/README"
  prose 14000 16 | put "$root/var/log/install.log"
}

make_app() {
  local root=$1 name seed=100
  local app=$root/srv/bramble
  put "$app/package.json" <<<'{ "name": "bramble", "version": "1.4.0", "type": "module", "main": "server.js" }'
  put "$app/server.js" <<<"import { createServer } from 'node:http';
import { route } from './routes/index.js';

createServer(route).listen(Number(process.env.PORT ?? 8080));"
  for name in index recipes search shopping-list users health; do
    seed=$((seed * 3 % 1009))
    prose $((500 + seed)) "$seed" | sed 's|^|// |' | put "$app/routes/$name.js"
  done
  for name in layout home recipe search basket error; do
    seed=$((seed * 3 % 1009))
    put "$app/views/$name.html" <<<"<section class=\"$name\"><h1>{{ title }}</h1>$(prose $((400 + seed)) "$seed")</section>"
  done
  prose 3500 60 | put "$app/public/style.css"
  prose 4200 61 | put "$app/public/app.js"
  for name in apple basil cherry honey lemon mint plum; do
    put "$app/public/icons/$name.svg" <<<"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\"><title>$name</title><circle cx=\"12\" cy=\"12\" r=\"${#name}\"/></svg>"
  done
  ln -s icons/plum.svg "$app/public/favicon.svg"
  put "$app/bin/bramble" 755 <<<'#!/bin/sh
exec node /srv/bramble/server.js "$@"'
  put "$root/etc/bramble/bramble.conf" <<<'listen = 8080
debug = true
database = /var/lib/bramble/recipes.db'
  prose 90000 70 | put "$root/var/lib/bramble/recipes.db" 644
  prose 4000 71 | put "$root/var/cache/bramble/templates/home.html"
  prose 5000 72 | put "$root/var/cache/bramble/templates/recipe.html"
  prose 2500 73 | put "$root/var/cache/bramble/thumbnails.idx"
}

make_base() {
  mkdir "$work/base"
  make_rootfs "$work/rootfs"
  settle "$work/rootfs"
  tar -C "$work/rootfs" --sort=name --owner=0 --group=0 --numeric-owner -cf "$work/base/rootfs.tar" .
  put "$work/base/Dockerfile" <<<'FROM scratch
ADD rootfs.tar /
ENV PATH=/usr/local/bin:/usr/bin:/bin
CMD ["/bin/sh"]'
  settle "$work/base"
  docker build -q -t hedgerow:7 "$work/base" >/dev/null
}

make_demo() {
  mkdir -p "$work/app"
  make_app "$work/app/files"
  put "$work/app/Dockerfile" <<<'FROM hedgerow:7
LABEL org.opencontainers.image.title="bramble" org.opencontainers.image.version="1.4.0"
COPY files/ /
WORKDIR /srv/bramble
EXPOSE 8080
ENV PORT=8080'
  settle "$work/app"
  docker build -q -t bramble:copied "$work/app" >/dev/null

  run_step bramble:copied bramble:configured \
    'set -e; sed -i "s/debug = true/debug = false/" /etc/bramble/bramble.conf; mkdir -p /usr/local/bin; ln bin/bramble /usr/local/bin/bramble; ln bin/bramble /usr/local/bin/recipe-box; echo "Bramble 1.4.0" > /etc/bramble/release; ln -s bramble.conf /etc/bramble/default.conf'
  run_step bramble:configured bramble:owned \
    'chown 10001:10001 /var/lib/bramble && chmod 600 /var/lib/bramble/recipes.db'
  run_step bramble:owned bramble:1.4 \
    'rm /var/log/install.log; rm -rf /usr/share/doc; rm -rf /var/cache/bramble && mkdir -m 750 /var/cache/bramble && echo warm > /var/cache/bramble/state' \
    -c 'USER bramble' -c 'CMD ["bramble"]'
  docker save bramble:1.4 -o "$work/demo.tar"
}

make_demo_oci() {
  ctr image import --no-unpack --compress-blobs "$work/demo.tar" >/dev/null
  ctr image export "$work/demo-oci.tar" docker.io/library/bramble:1.4
}

make_two_images() {
  local two=$work/two name
  prose 3000 80 | put "$two/common/messages.txt"
  put "$two/common/queue.js" <<<"export const queue = new URL('redis://queue:6379');"
  prose 1100 81 | put "$two/LICENSE"
  prose 5000 82 | put "$two/web/pages.html"
  prose 2000 83 | put "$two/worker/jobs.txt"
  put "$two/web.Dockerfile" <<<'FROM hedgerow:7
COPY common /srv/common
COPY web /srv/web
COPY LICENSE /LICENSE
CMD ["web"]'
  # LICENSE comes out as the same layer at another place, which Docker saves as a symbolic link.
  put "$two/worker.Dockerfile" <<<'FROM hedgerow:7
COPY common /srv/common
COPY LICENSE /LICENSE
COPY worker /srv/worker
CMD ["worker"]'
  settle "$two"
  for name in web worker; do
    docker build -q -t "bramble-$name:2.0" -f "$two/$name.Dockerfile" "$two" >/dev/null
  done
  docker save bramble-web:2.0 bramble-worker:2.0 -o "$work/two-images.tar"
}

for needed in dockerd "$docker_bin" ctr busybox; do
  command -v "$needed" >/dev/null || { echo "missing: $needed (see README.md)" >&2; exit 1; }
done
start_daemon
make_base
make_demo
make_demo_oci
make_two_images
for name in demo demo-oci two-images; do
  install -m 644 "$work/$name.tar" "$here/$name.tar"
done
ls -l "$here"/*.tar
