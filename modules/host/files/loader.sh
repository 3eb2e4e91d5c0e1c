#!/bin/bash
# First boot: fetches the host's configuration and hands over to it. A second run does the same again and harms nothing.
# Everything behind this file is updated through the bucket, never by changing user data.
set -euo pipefail

bucket='@BUCKET@'
prefix='@PREFIX@'
region='@REGION@'
app_dir='@APP_DIR@'

tries=30
pause_seconds=10

export AWS_DEFAULT_REGION="$region"
export PATH="$PATH:/snap/bin"

install_aws() {
  command -v aws >/dev/null || snap install aws-cli --classic
}

fetch() {
  aws s3 cp --recursive --only-show-errors --cli-connect-timeout 10 "s3://$bucket/$prefix" "$app_dir/"
}

mkdir -p "$app_dir"
# The address that leads to the internet is associated after the instance has started: until then each step may fail.
for attempt in $(seq 1 "$tries"); do
  if ! install_aws; then
    problem='the AWS CLI could not be installed'
  elif ! fetch; then
    problem="s3://$bucket/$prefix could not be read"
  else
    problem=''
    break
  fi
  echo "loader: try $attempt of $tries: $problem" >&2
  if [ "$attempt" -lt "$tries" ]; then sleep "$pause_seconds"; fi
done

if [ -n "$problem" ]; then
  echo "loader: gave up after $tries tries: $problem; check the way to the internet and the role, then run: bash $0" >&2
  exit 1
fi

if [ -f "$app_dir/bootstrap.sh" ]; then
  exec bash "$app_dir/bootstrap.sh"
fi
echo "loader: configuration fetched to $app_dir; it holds no bootstrap.sh" >&2
