#!/bin/bash
# First boot: fetches the host's configuration and hands over to it.
# Everything behind this file is updated through the bucket, never by changing user data.
set -euo pipefail

bucket='@BUCKET@'
prefix='@PREFIX@'
region='@REGION@'
app_dir='@APP_DIR@'

if ! command -v aws >/dev/null; then
  snap install aws-cli --classic
fi

export AWS_DEFAULT_REGION="$region"
mkdir -p "$app_dir"
for attempt in $(seq 1 30); do
  if aws s3 cp --recursive --only-show-errors "s3://$bucket/$prefix" "$app_dir/"; then
    break
  fi
  if [ "$attempt" = 30 ]; then
    echo "loader: s3://$bucket/$prefix could not be read after 30 tries" >&2
    exit 1
  fi
  sleep 10
done

if [ -f "$app_dir/bootstrap.sh" ]; then
  exec bash "$app_dir/bootstrap.sh"
fi
echo "loader: configuration fetched to $app_dir; it holds no bootstrap.sh" >&2
