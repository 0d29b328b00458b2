#!/bin/bash
# Downloads ten versions of a web application: Debian packages, in all versions that apt knows, and npm packages as they
# were on ten days. Needs Debian, root, Node and npm, and a few minutes.
#
#     rechunk-series.sh DIRECTORY
set -e
mkdir -p "$1/debs"
cd "$1"
PACKAGES='nginx curl python3 git openssh-client ca-certificates postgresql-client'
DAYS='2025-09-01 2025-11-01 2026-01-01 2026-03-01 2026-05-01 2026-06-01 2026-07-15 2026-09-01 2026-10-15 2026-11-25'
[ -f versions.txt ] || {
  apt-get install -s --no-install-recommends -o Dir::State::status=/dev/null $PACKAGES |
    awk '/^Inst / {print $2}' | sort > names.txt
  apt-cache madison $(cat names.txt) | awk -F'|' '{gsub(/ /, ""); print $1 "=" $2}' | sort -u > versions.txt
}
(cd debs && apt-get download $(cat ../versions.txt))
for day in $DAYS; do
  mkdir -p "npm-$day"
  [ ! -f "npm-$day/done" ] || continue
  cat > "npm-$day/package.json" <<'JSON'
{"name":"app","private":true,"dependencies":{"express":"^4","pg":"^8","ioredis":"^5","@aws-sdk/client-s3":"^3","zod":"^3","winston":"^3","axios":"^1","lodash":"^4","sharp":"^0.33","date-fns":"^3","typeorm":"^0.3","ejs":"^3"}}
JSON
  (cd "npm-$day" && npm install --before="$day" --prefer-offline --ignore-scripts --no-audit --no-fund --omit=dev && touch done)
done
