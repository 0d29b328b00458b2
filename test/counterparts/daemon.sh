#!/usr/bin/env bash
# daemon.sh FOLDER DRIVER: a private Docker daemon with its whole state in FOLDER. Runs until standard input ends.
# So the daemon also stops if the test process is killed.
set -uo pipefail
trap '' INT HUP TERM

folder=$1
driver=$2
dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" \
  --storage-driver "$driver" --bridge=none --iptables=false --ip6tables=false --shutdown-timeout 3 \
  --host "unix://$folder/docker.sock" </dev/null >"$folder/log" 2>&1 &
daemon=$!

cat >/dev/null

kill "$daemon" 2>/dev/null
for _ in $(seq 60); do
  kill -0 "$daemon" 2>/dev/null || break
  sleep 0.5
done
kill -KILL "$daemon" 2>/dev/null
wait "$daemon"

# Unmounts what a killed daemon left, the deepest mounts first.
awk -v under="$folder/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
  while read -r mounted; do umount -l "$mounted"; done
rm -rf "$folder"
