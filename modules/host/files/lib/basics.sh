# shellcheck shell=bash
# Sourced by every script: what has nothing to do with the place where it runs. SCRIPT is the name that messages begin with.

# One line to stderr; under systemd it goes to the journal.
say() { printf '%s: %s\n' "$SCRIPT" "$*" >&2; }

# fail <what> <what to do>: ends the script.
fail() {
  say "$1${2:+; $2}"
  exit 1
}

# The AWS CLI with bounded waits: a call to a service that does not answer ends.
on_aws() { aws --cli-connect-timeout 10 --cli-read-timeout 60 "$@"; }

# retry <tries> <seconds between> <command...>: the status of the last try.
retry() {
  local tries="$1" pause="$2" try status=1
  shift 2
  for ((try = 1; try <= tries; try++)); do
    status=0
    "$@" || status=$?
    if ((status == 0)); then return 0; fi
    if ((try < tries)); then sleep "$pause"; fi
  done
  return "$status"
}

# put_metric <Name> <Value> <Unit> [Mount=<mount>]: one value into the stack's namespace.
put_metric() {
  on_aws cloudwatch put-metric-data --namespace "$METRIC_NAMESPACE" --metric-name "$1" --value "$2" --unit "$3" \
    --dimensions "Stack=$STACK_NAME${4:+,$4}"
}

# What is being done, for the message of a failure.
STEP='starting'
step() {
  STEP="$1"
  say "$1"
}

# Bytes in words: 1536 is "1.5KiB".
in_words() { numfmt --to=iec-i --suffix=B --format=%.1f "$1"; }

utc() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
