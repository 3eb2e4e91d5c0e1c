#!/bin/bash
# Second half of start-box.sh, as the first process of the new namespaces: builds the box's view and becomes its init.
set -euo pipefail
root=$1 state=$2 shared=$4
shift 4
box=$state/merged

mount_root() {
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$state/upper,workdir=$state/work" "$box"
  mount -t proc proc "$box/proc"
  mount -t sysfs -o ro sysfs "$box/sys"
  mount -t tmpfs -o mode=755 tmpfs "$box/run"
  mount -t tmpfs tmpfs "$box/tmp"
  mkdir -p "$box/run/lock" "$box/var/lib/docker" "$box/var/lib/containerd" "$box/rehearsal"
  # The storage driver of an engine cannot work on an overlay.
  mount --bind "$state/docker" "$box/var/lib/docker"
  mount --bind "$state/containerd" "$box/var/lib/containerd"
  mount --bind "$shared" "$box/rehearsal"
}

mount_cgroups() {
  local tree=$box/sys/fs/cgroup controllers
  mount -t tmpfs -o mode=755 tmpfs "$tree"
  while IFS=: read -r _ controllers _; do
    case $controllers in
      "") hierarchy unified -t cgroup2 cgroup2 ;;
      name=systemd) hierarchy systemd -t cgroup -o none,name=systemd cgroup ;;
      *) hierarchy "$controllers" -t cgroup -o "$controllers" cgroup ;;
    esac
  done </proc/self/cgroup
}

hierarchy() {
  local folder=$box/sys/fs/cgroup/$1
  shift
  mkdir -p "$folder"
  mount "$@" "$folder"
}

make_devices() {
  local dev=$box/dev node
  mount -t tmpfs -o mode=755,size=4m tmpfs "$dev"
  for node in null zero full random urandom tty; do cp -a "/dev/$node" "$dev/$node"; done
  mkdir "$dev/pts" "$dev/shm" "$dev/mqueue"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$dev/pts"
  mount -t tmpfs tmpfs "$dev/shm"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  ln -s /proc/self/fd/0 "$dev/stdin"
  ln -s /proc/self/fd/1 "$dev/stdout"
  ln -s /proc/self/fd/2 "$dev/stderr"
}

# A device of this machine under the name and id that it would have on EC2; udev does not run in the box.
make_disk() {
  local source name id
  IFS='=' read -r source name id <<<"$1"
  cp -a "$source" "$box/dev/$name"
  [ -z "$id" ] && return
  mkdir -p "$box/dev/disk/by-id"
  ln -s "../../$name" "$box/dev/disk/by-id/$id"
}

mount_root
mount_cgroups
make_devices
for disk in "$@"; do make_disk "$disk"; done
cd "$box"
mkdir -p .machine
pivot_root . .machine
# systemd 257 wants to be told that the first version of cgroups is meant.
exec env -i container=rehearsal PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 \
  SYSTEMD_PROC_CMDLINE="systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1" \
  /bin/sh -c 'umount -l /.machine; exec /sbin/init --log-target=journal --show-status=no </dev/null'
