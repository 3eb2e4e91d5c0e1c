#!/bin/bash
# A network around a NAT instance, in namespaces of its own that end with it: nat-network.sh <root> <state folder>
# Network namespaces: private, a task; outside, a server on the internet; nat, the instance, with one interface as on EC2.
# The instance's disk is <state folder>/disk. Commands of the test come by nsenter; see nat-network.ts.
set -euo pipefail
root=$1 state=$2
here=$(readlink -f "$0")

# wire <namespace> <address with prefix> <last byte of its hardware address>: a namespace with one interface on the wire of the
# VPC. The instance's interface outlives it, so its hardware address stays too.
wire() {
  ip netns add "$1"
  ip link add "to-$1" type veth peer name eth0 address "02:00:00:00:00:$3" netns "$1"
  ip link set "to-$1" master vpc up
  ip -n "$1" link set lo up
  ip -n "$1" address add "$2" dev eth0
  ip -n "$1" link set eth0 up
}

# An instance that has just been switched on: what it had in memory is gone, its disk is there.
switch_on() {
  wire nat 10.1.128.10/16 01
  ip -n nat route add 198.51.100.0/24 dev eth0
}

switch_off() {
  ip netns pids nat | xargs --no-run-if-empty kill -KILL
  ip link delete to-nat
  ip netns delete nat
}

prepare_disk() {
  mkdir -p "$state"/{upper,work,disk}
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$state/upper,workdir=$state/work" "$state/disk"
  mount -t proc proc "$state/disk/proc"
  mount --rbind /dev "$state/disk/dev"
  mkdir -p "$state/disk/etc/dnf/vars"
}

if [[ "${3:-}" == reboot ]]; then
  switch_off
  switch_on
  exit
fi
if [[ "${3:-}" != inside ]]; then
  exec setpriv --pdeathsig KILL unshare --mount --propagation private --net --pid --fork --kill-child=SIGKILL \
    bash "$here" "$root" "$state" inside
fi
mount -t proc proc /proc
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
ip link add vpc type bridge
ip link set vpc up
prepare_disk
wire private 10.1.0.10/16 02
ip -n private route add default via 10.1.128.10
# The internet knows the instance's address and none of the private ones.
wire outside 198.51.100.7/24 03
ip -n outside route add 10.1.128.10 dev eth0
switch_on
echo ready
exec sleep infinity
