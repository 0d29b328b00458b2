#!/usr/bin/env bash
# Makes the build context of the Dockerfile beside this script: make-context.sh DIRECTORY
# All content is made here, the same at each run. Needs busybox-static.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
context=$1
mkdir -p "$context"
cp "$here/Dockerfile" "$context/"
base=$(mktemp -d "${TMPDIR:-/tmp}/layers-ten-sins.XXXXXX")
trap 'rm -rf "$base"' EXIT

# noise BYTES SEED: prints bytes that look random and are the same each time.
noise() { openssl enc -aes-128-ctr -nosalt -pass "pass:$2" -md sha256 </dev/zero 2>/dev/null | head -c "$1" || true; }
# put PATH BYTES: makes a file. Its content depends on the path below the context alone.
put() {
  mkdir -p "$(dirname "$1")"
  noise "$2" "$(basename "$(dirname "$1")")/$(basename "$1")" >"$1"
}

mkdir -p "$base"/{bin,etc,opt,root,tmp,usr/bin}
cp "$(command -v busybox)" "$base/bin/busybox"
for name in sh chown cp mkdir rm tar ln echo; do ln -s busybox "$base/bin/$name"; done
put "$base/usr/bin/tool" 300000

# What package managers would install and leave behind, kept compressed until package-manager puts it in place.
payload() { mkdir -p "$base/payload/$1$(dirname "$2")"; noise "$3" "$1$2" >"$base/payload/$1$2"; }
payload upgrade /usr/bin/tool 310000
payload apt /var/lib/apt/lists/example_Packages 400000
payload apt /var/cache/apt/archives/example.deb 200000
payload apt /usr/share/example/data 50000
payload pip /root/.cache/pip/http/a/b 350000
payload pip /usr/lib/python3/site-packages/example.py 40000
payload python /usr/lib/python3/example.py 50000
payload python /usr/lib/python3/__pycache__/example.cpython-311.pyc 250000
payload manuals /usr/share/man/man1/example.1 150000
payload manuals /usr/share/locale/fr/LC_MESSAGES/example.mo 100000
payload manuals /usr/share/doc/example/copyright 20000
payload gcc /usr/lib/gcc/x86_64-linux-gnu/12/cc1 500000
payload gcc /usr/include/stdio.h 60000
for kind in upgrade apt pip python manuals gcc; do
  tar -C "$base/payload/$kind" --sort=name --mtime=@1700000000 --owner=0 --group=0 -cf "$base/root/$kind.tar" .
done
rm -r "$base/payload"
cat >"$base/bin/package-manager" <<'SCRIPT'
#!/bin/sh
exec tar -xf "/root/$1.tar" -C /
SCRIPT
chmod 755 "$base/bin/package-manager"
tar -C "$base" --sort=name --mtime=@1700000000 --owner=0 --group=0 -cf "$context/base.tar" .
tar -C "$base" -xf "$base/root/upgrade.tar"
tar -C "$base" --sort=name --mtime=@1700000000 --owner=0 --group=0 -cf "$context/newer-base.tar" .

for i in 1 2 3; do put "$context/app/module$i.js" $((200000 * i)); done
mkdir -p "$base/source"
put "$base/source/example/data" 450000
tar -C "$base/source" --sort=name --mtime=@1700000000 --owner=0 --group=0 -cf "$context/source.tar" .
put "$context/repository/src/main.c" 30000
put "$context/repository/.git/objects/pack/example.pack" 380000
for i in 1 2; do put "$context/vendor/library$i.js" $((170000 * i)); done
