#!/bin/bash
# Downloads the packages of which fleet-images.mjs makes a fleet: of Debian, in all versions that apt knows, of npm, as they were
# on five days, and of Python. Alpine's packages (*.apk) in DIRECTORY/apks are used too: fleet-apks.sh cuts them out of images.
# Needs Debian, root, Node, npm and pip.
#
#     fleet-packages.sh DIRECTORY
set -e
mkdir -p "$1"/{debs,pip,npm,apks}
cd "$1"
PACKAGES='base-files bash coreutils tzdata nginx-light curl python3 git openssh-client ca-certificates postgresql-client perl'
[ -f versions.txt ] || {
  apt-get install -s --no-install-recommends -o Dir::State::status=/dev/null $PACKAGES |
    awk '/^Inst / {print $2}' | sort > names.txt
  apt-cache madison $(cat names.txt) | awk -F'|' '{gsub(/ /, ""); print $1 "=" $2}' | sort -u > versions.txt
}
(cd debs && apt-get download $(cat ../versions.txt))

WEB='"@mui/icons-material":"^6","@mui/material":"^6","react":"^18","react-dom":"^18","date-fns":"^3","lodash":"^4","core-js":"^3","rxjs":"^7","ramda":"^0.30","@tabler/icons-react":"^3","lucide-react":"^0","@heroicons/react":"^2"'
API='"express":"^4","@aws-sdk/client-s3":"^3","@aws-sdk/client-ec2":"^3","@aws-sdk/client-iam":"^3","ioredis":"^5","pg":"^8","zod":"^3","winston":"^3","date-fns":"^3","lodash":"^4","typeorm":"^0.3","core-js":"^3","effect":"^3"'
for day in 2025-09-01 2026-01-01 2026-05-01 2026-09-01 2026-11-25; do
  for set in web api; do
    folder="npm/$set-$day"
    [ ! -f "$folder/done" ] || continue
    mkdir -p "$folder"
    [ "$set" = web ] && dependencies=$WEB || dependencies=$API
    echo "{\"name\":\"app\",\"private\":true,\"dependencies\":{$dependencies}}" > "$folder/package.json"
    (cd "$folder" && npm install --before="$day" --prefer-offline --ignore-scripts --no-audit --no-fund --omit=dev --legacy-peer-deps && touch done)
  done
done

cd pip
for wheels in 'plotly==5.22.0 django==5.0.6 networkx==3.3 sympy==1.13.1' 'plotly==5.23.0 django==5.0.8 networkx==3.4 sqlalchemy==2.0.30' \
  'plotly==5.24.1 django==5.1.1 networkx==3.4.2 tornado==6.4'; do
  pip download -q --no-deps --only-binary :all: $wheels
done
