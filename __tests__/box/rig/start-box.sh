#!/bin/bash
# Boots a root file system under systemd in namespaces of its own, and ends with it:
#   start-box.sh <root> <state folder> <id> <shared folder> [<device on this machine>=<name in the box>[=<id>]]...
# Everything that the box mounts lives in its own mount namespace, so nothing stays behind when it ends. Its cgroups
# are called <id>; whoever starts the box removes them.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
state=$2 id=$3

join_cgroups() {
  local hierarchy
  for hierarchy in /sys/fs/cgroup/*/; do
    [ -f "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/$id"
    if [ -f "$hierarchy/$id/cpuset.cpus" ]; then
      cat "$hierarchy/cpuset.cpus" >"$hierarchy/$id/cpuset.cpus"
      cat "$hierarchy/cpuset.mems" >"$hierarchy/$id/cpuset.mems"
    fi
    echo $$ >"$hierarchy/$id/cgroup.procs"
  done
}

mkdir -p "$state"/{upper,work,merged,docker,containerd}
join_cgroups
exec setpriv --pdeathsig KILL unshare --mount --propagation private --uts --ipc --net --pid --cgroup --fork \
  --kill-child=SIGKILL bash "$here/inside-box.sh" "$@"
