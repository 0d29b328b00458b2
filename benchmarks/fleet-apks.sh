#!/bin/bash
# Cuts an image of Alpine into the packages that its database lists, for fleet-packages.sh. Needs root and a built `layers`.
#
#     fleet-apks.sh IMAGE DIRECTORY/apks
set -euo pipefail
layers=$(dirname "$0")/../apps/cli/bin/layers.js
mkdir -p "$2"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
node "$layers" export "$1" -o - | tar --extract --directory "$root" --preserve-permissions
awk '
  /^P:/ { name = substr($0, 3) }
  /^V:/ { version = substr($0, 3) }
  /^F:/ { folder = substr($0, 3) }
  /^R:/ { print name "-" version ".apk\t" (folder == "" ? "" : folder "/") substr($0, 3) }
' "$root/lib/apk/db/installed" > "$root/.files"
cut -f1 "$root/.files" | sort -u | while read -r package; do
  awk -F'\t' -v package="$package" '$1 == package { print $2 }' "$root/.files" |
    (cd "$root"; while IFS= read -r path; do [ ! -e "$path" ] && [ ! -L "$path" ] || printf '%s\n' "$path"; done) |
    tar --create --gzip --directory "$root" --file "$2/$package" --files-from -
done
