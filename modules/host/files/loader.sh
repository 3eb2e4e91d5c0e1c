#!/bin/bash
# First boot: fetches the host's configuration and hands over to it. A second run does the same again and harms nothing.
# User data cannot change after creation: everything behind this file is updated through the bucket.
set -euo pipefail

bucket='@BUCKET@'
prefix='@PREFIX@'
region='@REGION@'
app_dir='@APP_DIR@'

tries=30
pause_seconds=10
incoming="$app_dir/.incoming"
copy="$app_dir/loader.sh"
unit=tierstack-loader.service
unit_file="/etc/systemd/system/$unit"

export AWS_DEFAULT_REGION="$region"
if [[ -z "${HOME:-}" ]]; then export HOME=~root; fi
export PATH="$PATH:/snap/bin"

# Amazon Linux brings it along; Ubuntu's archive has none, so it comes from the snap that AWS publishes.
install_aws() {
  command -v aws >/dev/null || snap install aws-cli --classic
}

fetch() {
  rm -rf -- "$incoming"
  aws s3 cp --recursive --only-show-errors --cli-connect-timeout 10 "s3://$bucket/$prefix" "$incoming/"
}

# The sums are put last: files of two versions do not pass.
is_whole() {
  (cd -- "$incoming" && md5sum --check --strict --quiet files.md5)
}

# cloud-init runs user data once: a first boot that is cut off, or that could not reach what it needs, goes on at the next.
run_at_next_boot() {
  if [[ ! "$0" -ef "$copy" ]]; then cp -- "$0" "$copy.new" && mv -T -- "$copy.new" "$copy"; fi &&
    printf '%s\n' '[Unit]' 'Description=First boot of this host, until it has ended' "ConditionPathExists=!$app_dir/.installed" \
      'Wants=network-online.target' 'After=network-online.target snapd.seeded.service' '' \
      '[Service]' 'Type=exec' "ExecStart=/bin/bash $copy" '' '[Install]' 'WantedBy=multi-user.target' >"$unit_file" &&
    systemctl enable --quiet "$unit"
}

mkdir -p -- "$app_dir"
if ! run_at_next_boot; then echo "loader: $unit could not be set up: should this boot be cut off, the next does not go on" >&2; fi
# The address that leads to the internet is associated after the instance has started: until then each step may fail.
for ((attempt = 1; attempt <= tries; attempt++)); do
  if ! install_aws; then
    problem='the AWS CLI could not be installed'
  elif ! fetch; then
    problem="s3://$bucket/$prefix could not be read"
  elif ! is_whole; then
    problem="the files of s3://$bucket/$prefix do not belong together"
  else
    problem=''
    break
  fi
  echo "loader: try $attempt of $tries: $problem" >&2
  if ((attempt < tries)); then sleep "$pause_seconds"; fi
done

if [[ -n "$problem" ]]; then
  echo "loader: gave up after $tries tries: $problem; check the way to the internet and the role, then run: bash $0" >&2
  exit 1
fi
exec bash "$incoming/bootstrap.sh"
