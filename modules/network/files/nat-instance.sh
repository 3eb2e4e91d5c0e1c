#!/bin/bash
# Makes an instance the way out of private subnets: it forwards what they send outside under its own address, lets answers
# back in, and takes nothing else. User data at the first boot, which leaves a copy that runs at every later one.
set -euo pipefail

network='@NETWORK@'

tries=30
pause_seconds=10
copy=/usr/local/sbin/nat-instance
unit=nat-instance.service

run_at_every_boot() {
  if [[ "$0" -ef "$copy" ]]; then return; fi
  install -m 0755 -- "$0" "$copy"
  printf '%s\n' '[Unit]' 'Description=Way out of the private subnets' \
    'Wants=network-online.target' 'After=network-online.target' '' \
    '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' "ExecStart=$copy" '' \
    '[Install]' 'WantedBy=multi-user.target' >"/etc/systemd/system/$unit"
  systemctl enable --quiet "$unit"
}

# Amazon Linux comes without nft.
install_nft() {
  local attempt
  for ((attempt = 1; attempt <= tries; attempt++)); do
    if install_package nftables; then return; fi
    echo "nat-instance: try $attempt of $tries: nftables could not be installed" >&2
    if ((attempt < tries)); then sleep "$pause_seconds"; fi
  done
  echo "nat-instance: gave up after $tries tries: check the way to the internet, then replace the instance" >&2
  return 1
}

install_package() {
  dnf --quiet --assumeyes --setopt=install_weak_deps=False install "$1"
}

# One transaction: the table is replaced as a whole. Packets arrive and leave by the same interface.
load_rules() {
  nft -f - <<RULES
table ip nat_instance
delete table ip nat_instance
table ip nat_instance {
  chain to_itself {
    type filter hook input priority filter; policy drop;
    iif lo accept
    ct state established,related accept
    udp sport 67 udp dport 68 accept
  }
  chain through {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ip saddr $network ip daddr != $network accept
  }
  chain outwards {
    type nat hook postrouting priority srcnat;
    ip saddr $network ip daddr != $network masquerade
  }
}
RULES
}

# Last, so that nothing passes before the rules are there. Nobody is told of a shorter way: there is none.
forward() {
  local setting
  for setting in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 >"$setting"; done
  echo 1 >/proc/sys/net/ipv4/ip_forward
}

# Fixes of security problems arrive by themselves, also those of newer releases.
update_by_itself() {
  echo latest >/etc/dnf/vars/releasever &&
    install_package dnf-automatic &&
    printf '%s\n' '[commands]' 'upgrade_type = security' 'apply_updates = yes' >/etc/dnf/automatic.conf &&
    systemctl enable --quiet --now dnf-automatic.timer
}

run_at_every_boot
command -v nft >/dev/null || install_nft
load_rules
forward
if ! update_by_itself; then echo "nat-instance: no updates by themselves; the next boot tries again" >&2; fi
