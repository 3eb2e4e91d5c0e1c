#!/bin/bash
# Makes what stands for the public internet: build-internet.sh <new folder>. Let's Encrypt's own test authority and name
# server from their Go modules, and a certificate for the authority's address under a root that the box trusts. Needs Go.
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
target=$1
name=acme-v02.api.letsencrypt.org

trap 'rm -rf "$target"' ERR
mkdir -p "$target"
cd "$here/../internet"
CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$target/" \
  github.com/letsencrypt/pebble/v2/cmd/pebble github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv
cp acme.py pebble.json "$target/"

cd "$target"
new_key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc)
openssl req -x509 "${new_key[@]}" -days 3650 -subj "/CN=Rehearsal root" \
  -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.crt
openssl req -x509 "${new_key[@]}" -days 3650 -subj "/CN=$name" -addext "subjectAltName=DNS:$name,DNS:localhost" \
  -addext basicConstraints=critical,CA:FALSE -CA ca.crt -CAkey ca.key -keyout acme.key -out acme.crt
