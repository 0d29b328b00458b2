#!/bin/bash
# Downloads two series of ten versions: a web application of Debian and npm packages, and a Python application of Debian and
# Python packages with its own code. Debian packages come in all versions that apt knows; npm and Python packages as they
# were on a day. Needs Debian, root, Node, npm, Python, and a few minutes.
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

# The code of the Python application is that of ten releases of ansible-lint. Its dependencies change with every second one.
LIBRARIES='django<6 djangorestframework celery redis psycopg[binary] pillow boto3 requests sentry-sdk gunicorn numpy pandas'
CODE='2025-08-01 2025-09-01 2025-11-01 2026-01-01 2026-02-01 2026-03-01 2026-05-01 2026-07-15 2026-09-01 2026-10-15'
[ -d tools ] || { python3 -m venv tools && tools/bin/pip install -q uv; }
install() {
  UV_CACHE_DIR=tools/cache tools/bin/uv pip install -q --link-mode copy --python-version 3.11 \
    --python-platform x86_64-manylinux_2_28 --only-binary :all: --exclude-newer "$1" --target "$2" "${@:3}"
}
step=0
for day in $CODE; do
  [ -d "code-$day" ] || install "$day" "code-$day" --no-deps ansible-lint
  libraries=$(echo $DAYS | cut -d' ' -f$((step / 2 * 2 + 1)))
  [ -d "pip-$libraries" ] || install "$libraries" "pip-$libraries" $LIBRARIES
  step=$((step + 1))
done
