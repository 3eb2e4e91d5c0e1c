# shellcheck shell=bash
# Sourced after common.sh by what makes, checks and restores backups: the database, the space and the bucket.
# shellcheck source=bucket.sh
. "$COMMON_ROOT/lib/bucket.sh"
# shellcheck source=snapshot.sh
. "$COMMON_ROOT/lib/snapshot.sh"

# Dumps on their way; emptied at the beginning of every run. On the data volume, because the root disk is small.
readonly BACKUP_DIR="$STATE_DIR/backup"
# What sessions of a backup are called inside the database, and the role that they have.
readonly SESSION_NAME="$APP_NAME-backup" DUMP_ROLE=postgres
# A host whose clock is further off than this writes wrong times into backups; S3 refuses requests from 15 minutes on.
readonly CLOCK_LIMIT_SECONDS=300
# The container that decodes dumps; one per script, because a drill may run beside a backup.
readonly DECODER="$APP_NAME-decode-$$"
# User and group of PostgreSQL in its image.
readonly POSTGRES_IDS=999:999

require_database() {
  if [[ -z "$POSTGRES_CONTAINER" ]]; then
    fail "this stack runs no database of its own, so there is nothing to back up or restore here" \
      "look after the external database where it runs"
  fi
  if [[ ! -e "$STATE_DIR/volume" ]]; then
    fail "the data volume is not mounted at $DATA_DIR" "see: systemctl status $APP_NAME-data.service"
  fi
}

# in_postgres <command...>: inside the database's container, without a terminal, because one would damage a dump. The
# session keeps no time limit that somebody set for the app.
in_postgres() {
  compose exec -T -e "PGAPPNAME=$SESSION_NAME" \
    -e 'PGOPTIONS=-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c client_min_messages=warning' \
    "$POSTGRES_CONTAINER" "$@"
}

# sql <database> <query>: the rows without decoration, columns apart by "|".
sql() { in_postgres psql -XAtq -v ON_ERROR_STOP=1 -U postgres -d "$1" -c "$2" </dev/null; }

database_answers() { sql postgres 'SELECT 1' >/dev/null 2>&1; }

# An exec whose client was killed goes on in the container and holds its snapshot: end it.
end_old_sessions() {
  sql postgres "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = '$SESSION_NAME' AND pid <> pg_backend_pid()" >/dev/null
}

# pg_restore of a dump from standard input, without a server, in a container of its own.
read_dump() {
  docker run --rm --interactive --pull never --name "$DECODER" --network none --read-only --cap-drop ALL \
    --user "$POSTGRES_IDS" --memory 256m --entrypoint pg_restore "$POSTGRES_IMAGE" "$@"
}

stop_reading() { docker rm --force "$DECODER" >/dev/null 2>&1 || true; }

# decode <dump>: reads the whole archive. A dump that was cut off still lists its contents, so a list proves nothing.
decode() { read_dump --file=/dev/null <"$1"; }

# total_rows <database>: how many rows and large objects it holds.
total_rows() {
  sql "$1" "SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text((${COUNT_SQL%;}))"
}

free_bytes() { df --output=avail -B1 -- "$DATA_DIR" | tail -n 1 | tr -d ' '; }

# What no backup or drill may use up: the database stops when its volume is full.
reserved_bytes() {
  local size
  size="$(df --output=size -B1 -- "$DATA_DIR" | tail -n 1 | tr -d ' ')"
  printf '%s\n' "$((size / 20 + 64 * MIB))"
}

# usable_bytes: free space without the reserve; never negative.
usable_bytes() {
  local free reserve
  free="$(free_bytes)"
  reserve="$(reserved_bytes)"
  printf '%s\n' "$((free > reserve ? free - reserve : 0))"
}

# need_space <bytes> <what for>
need_space() {
  local usable reserve
  usable="$(usable_bytes)"
  reserve="$(reserved_bytes)"
  if ((usable < $1)); then
    fail "$2 needs $(in_words "$1") on the data volume, and $(in_words "$usable") may be used ($(in_words "$reserve") stay \
free for the database)" "raise the variable data_volume_gib and apply, or remove files below $DATA_DIR"
  fi
}

# Compares this host's clock with the Date of S3's answers.
check_clock() {
  local endpoint answer theirs off
  endpoint="${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-https://s3.$AWS_REGION.amazonaws.com}}"
  answer="$(curl --silent --show-error --head --max-time 20 "$endpoint" | tr -d '\r' | sed -n 's/^date: *//Ip' | tail -n 1)" \
    || fail "S3 cannot be reached at $endpoint" "check the way to the internet"
  theirs="$(date -d "${answer:?S3 sent no Date}" +%s)"
  off="$(($(date +%s) - theirs))"
  if ((${off#-} > CLOCK_LIMIT_SECONDS)); then
    fail "this host's clock is ${off#-} seconds $( ((off > 0)) && echo ahead of || echo behind) S3's, so a backup would carry \
a wrong time" "mend the clock: timedatectl status"
  fi
}
