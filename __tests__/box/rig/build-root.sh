#!/bin/bash
# Makes the box's root file system: build-root.sh <new folder>. Needs root and Debian's archive.
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$1
suite=trixie
archive=http://deb.debian.org/debian

packages=systemd,systemd-sysv,dbus,iproute2,iptables,nftables,docker.io,docker-compose,docker-cli,jq,curl,ca-certificates,e2fsprogs
packages+=,procps,python3,openssl,util-linux,xz-utils,gzip,less,socat,mount,fdisk,file

install_packages() {
  debootstrap --variant=minbase --include="$packages" "$suite" "$root" "$archive"
  # debootstrap cannot put these in order.
  DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -qq --no-install-recommends awscli certbot
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}
}

put_stand_ins() {
  mv "$root/usr/bin/aws" "$root/usr/lib/aws-cli-v2"
  cp -a "$here/../root/files/." "$root/"
  chown -R 0:0 "$root/usr/lib/rehearsal"
  mv "$root/usr/lib/aws-cli-v2" "$root/usr/lib/rehearsal/aws"
  mv "$root/usr/bin/docker" "$root/usr/lib/rehearsal/docker-cli"
  ln -s /usr/lib/rehearsal/docker "$root/usr/bin/docker"
  mkdir -p "$root/var/lib/rehearsal" "$root/rehearsal"
  echo box >"$root/etc/hostname"
  # Kernel modules are the machine's affair.
  ln -s /dev/null "$root/etc/systemd/system/systemd-modules-load.service"
  for unit in network names pebble acme metadata aws user-data; do
    chroot "$root" systemctl enable --quiet "rehearsal-$unit.service"
  done
}

trap 'rm -rf --one-file-system "$root"' ERR
install_packages
put_stand_ins
