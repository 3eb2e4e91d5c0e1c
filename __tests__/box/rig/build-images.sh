#!/bin/bash
# Makes what the stand-in images are built from: build-images.sh <new folder>. Needs root, Debian's archive and Go.
# The images themselves are built by the engine in a box: load-images.sh.
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
images=$here/../images
target=$1
packages=postgresql-17,valkey-server,nginx-light,python3,python3-psycopg2,curl,wget,ca-certificates,libcap2-bin

trap 'rm -rf --one-file-system "$target"' ERR
mkdir -p "$target"
debootstrap --variant=minbase --include="$packages" trixie "$target/base" http://deb.debian.org/debian
rm -rf "$target"/base/var/cache/apt/archives/*.deb "$target"/base/var/lib/apt/lists/* "$target"/base/usr/share/{doc,man,locale}
tar -C "$target/base" -cf "$target/base.tar" .
rm -rf "$target/base"
cp -a "$images" "$target/images"
(cd "$images/caddy" && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$target/images/caddy/caddy" .)
