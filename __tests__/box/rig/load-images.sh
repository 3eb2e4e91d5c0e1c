#!/bin/bash
# Runs in a box: load-images.sh <folder of build-images.sh> <image=folder>...; builds each folder's image under its name.
set -euo pipefail
source=$1
shift
docker=/usr/lib/rehearsal/docker-cli
export DOCKER_BUILDKIT=0

"$docker" import "$source/base.tar" rehearsal/base:0
printf 'FROM rehearsal/base:0\nCOPY ca.crt /usr/local/share/ca-certificates/rehearsal.crt\nRUN update-ca-certificates\n' >"$source/internet/Dockerfile"
"$docker" build --quiet --network none --tag rehearsal/base:1 "$source/internet"
for pair in "$@"; do
  "$docker" build --quiet --network none --tag "${pair%%=*}" "$source/images/${pair#*=}"
done
# A release that never gets healthy, and one that shows that it is newer.
for version in sick 2; do
  printf 'FROM rehearsal/app:1\nUSER 0\nRUN echo %s > /srv/version\nUSER 10001:10001\n' "$version" |
    "$docker" build --quiet --network none --tag "rehearsal/app:$version" -
done
