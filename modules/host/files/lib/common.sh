# shellcheck shell=bash
# Sourced by every script of the host. Loads the settings of stack.env, which lies one folder above this one, and gives
# the few functions that all of them share. Strict mode comes with it.
set -euo pipefail
# A failure inside "$(...)" counts there too.
shopt -s inherit_errexit

SCRIPT="$(basename -- "$0")"
COMMON_ROOT="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"
readonly SCRIPT COMMON_ROOT
# shellcheck source=basics.sh
. "$COMMON_ROOT/lib/basics.sh"

# The lines at the top of the script that was called.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' -- "$0"; }

if [[ ! -r "$COMMON_ROOT/stack.env" ]]; then
  fail "$COMMON_ROOT/stack.env is missing" "fetch the configuration again: bash $COMMON_ROOT/loader.sh"
fi
# shellcheck source=/dev/null
. "$COMMON_ROOT/stack.env"

# What an app may lack is empty, so that scripts can ask for it.
: "${POSTGRES_CONTAINER:=}" "${POSTGRES_IMAGE:=}" "${POSTGRES_MAJOR:=}" "${DATABASES:=}" "${DATABASE_USER:=}"
: "${SERVICES:=}" "${DEPLOY_JOBS:=}" "${ONCE_JOBS:=}" "${JOBS:=}" "${DATA_SERVICES:=}"
: "${CERTIFICATE_HOSTS:=}" "${CERTIFICATE_EMAIL:=}"
# shellcheck disable=SC2034 # The scripts that source this file use them.
readonly APP_NAME STACK_NAME APP_DIR DATA_DIR RUN_DIR IMAGES_FILE AWS_REGION BUCKET BACKUP_PREFIX STAGING_PREFIX \
  CONFIG_PREFIX METRIC_NAMESPACE SERVICES DEPLOY_JOBS ONCE_JOBS JOBS PROXY DATA_VOLUME_ID SWAP_MIB OS \
  COMPOSE_VERSION DATA_SERVICES POSTGRES_CONTAINER POSTGRES_IMAGE POSTGRES_MAJOR DATABASES DATABASE_USER \
  CERTIFICATE_HOSTS CERTIFICATE_EMAIL

# Is there from the order to stop the containers until their next start.
# shellcheck disable=SC2034 # Scripts that source this file use it.
readonly STOPPING="$RUN_DIR/stopping"
# Tests let the scripts work on another root than the host's.
readonly HOST_ROOT="${HOST_ROOT:-}"
# Small files of the host that must outlive it: on the data volume, root's alone.
readonly STATE_DIR="$DATA_DIR/.tierstack"

export AWS_DEFAULT_REGION="$AWS_REGION" AWS_PAGER='' AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=3
export AWS_METADATA_SERVICE_NUM_ATTEMPTS=3 AWS_METADATA_SERVICE_TIMEOUT=2
# Credentials of registries live in memory only.
export DOCKER_CONFIG="${DOCKER_CONFIG:-$RUN_DIR/docker}"
if [[ -z "${HOME:-}" ]]; then export HOME=~root; fi
# Not every unit's PATH has the folder of snaps.
case ":$PATH:" in
  *:/snap/bin:*) ;;
  *) export PATH="$PATH:/snap/bin" ;;
esac

# on_aws_within <seconds> <arguments>: on_aws, ended when the CLI's own tries take longer.
on_aws_within() {
  local seconds="$1"
  shift
  timeout --kill-after=5 "$seconds" aws --cli-connect-timeout 10 --cli-read-timeout 60 "$@"
}

# put_file <from> <to> [mode]: by rename, so that a reader sees the old file or the new one. Status 1: nothing to do. Ends
# the script when the file cannot be written.
put_file() {
  local from="$1" to="$2" mode="${3:-0644}"
  if cmp --quiet -- "$from" "$to" && [[ "$(stat --format=0%a -- "$to")" == "$mode" ]]; then return 1; fi
  if ! { mkdir -p -- "$(dirname -- "$to")" && install --mode="$mode" -- "$from" "$to.new" && mv -T -- "$to.new" "$to"; }; then
    fail "$to could not be written" "is the disk full? see: df -h"
  fi
}

# What a script ends with when somebody else is at work: another try, later, may help.
readonly LOCKED=75

# with_lock [--wait <seconds>] <name> <command...>: one at a time on this host. Without --wait it ends at once and names
# who holds the lock. The command's children do not inherit the lock, so nothing that stays behind keeps it.
with_lock() {
  local seconds=0
  if [[ "$1" == --wait ]]; then
    seconds="$2"
    shift 2
  fi
  local name="$1"
  shift
  (
    take_lock "$seconds" "$name" "$SCRIPT"
    "$@" 9>&-
    # Not the last command of its own, or bash would run it in its own place and give the lock up.
    exit "$?"
  )
}

# take_lock <seconds> <name> <text>: until this process ends. Its file says who holds it, for whoever comes next. It is root's
# alone: whoever could open it could hold the lock.
take_lock() {
  local file="$RUN_DIR/$2.lock"
  mkdir -p -- "$RUN_DIR"
  (umask 077 && : >>"$file")
  chmod 0600 -- "$file"
  exec 9>>"$file"
  flock --wait "$1" 9 || lock_taken "$2" "$(tail -n 1 -- "$file")"
  printf '%s, process %s, since %s\n' "$3" "$BASHPID" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$file"
}

# lock_taken <name> <who holds it>: ends the script. A script that has more to say has its own.
lock_taken() {
  say "the lock \"$1\" is taken: $2; wait for it to end, then try again"
  exit "$LOCKED"
}

# Docker Compose on the app's project. Before the first release there is no file of images; PostgreSQL needs none.
compose() {
  docker compose --project-directory "$APP_DIR" --env-file "$(released_images)" "$@"
}

# compose_within <seconds> <arguments>: the same, stopped when it takes longer.
compose_within() {
  local seconds="$1"
  shift
  timeout --kill-after=10 "$seconds" docker compose --project-directory "$APP_DIR" --env-file "$(released_images)" "$@"
}

# The file that says which images run: a release that is under way has its own. Nothing before the first was fetched.
released_images() {
  local file="${TRIED_IMAGES:-$IMAGES_FILE}"
  if [[ -e "$file" ]]; then printf '%s' "$file"; else printf '/dev/null'; fi
}

# remember <file> <epoch>: a moment, kept on the data volume.
remember() {
  local file="$STATE_DIR/$1"
  printf '%s\n' "$2" >"$file.new"
  mv -T -- "$file.new" "$file"
}

# age_of <file>: seconds since that moment, or since the data volume was set up when there is none yet; never negative.
# Fails without output when the data volume is not there.
age_of() {
  local moment now
  moment="$(cat -- "$STATE_DIR/$1" 2>/dev/null || true)"
  if [[ ! "$moment" =~ ^[0-9]+$ ]]; then moment="$(sed -n "s/^CREATED='\([0-9]*\)'\$/\1/p" "$STATE_DIR/volume" 2>/dev/null || true)"; fi
  if [[ ! "$moment" =~ ^[0-9]+$ ]]; then return 1; fi
  now="$(date +%s)"
  printf '%s\n' "$((now > moment ? now - moment : 0))"
}
