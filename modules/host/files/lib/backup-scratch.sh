# shellcheck shell=bash
# Sourced after backup-restore.sh: a server of its own beside the live one, without network, and the drill that proves
# with it that the newest backup can be restored.

# Enough for a restore, little enough that the live services keep theirs.
readonly SCRATCH_MEMORY=384m
SCRATCH_NAME=''
SCRATCH_DIR=''
# The only database that is asked for; empty for all.
SCRATCH_DATABASE=''

in_scratch() { docker exec --interactive --env 'PGOPTIONS=-c client_min_messages=warning' "$SCRATCH_NAME" "$@"; }

# name_scratch <drill or scratch>
name_scratch() {
  SCRATCH_NAME="$APP_NAME-$1"
  SCRATCH_DIR="$STATE_DIR/$1"
}

remove_scratch() {
  docker rm --force --volumes "$SCRATCH_NAME" >/dev/null 2>&1 || true
  rm -rf -- "$SCRATCH_DIR"
}

# The data lies on the data volume; nothing of it has to survive a crash, so nothing waits for the disk.
start_scratch() {
  step "start a scratch server"
  mkdir -- "$SCRATCH_DIR/data"
  chown "$POSTGRES_IDS" -- "$SCRATCH_DIR/data"
  # The socket is the only way in: without a network there is no other.
  docker run --detach --pull never --name "$SCRATCH_NAME" --network none --read-only --cap-drop ALL \
    --security-opt no-new-privileges --user "$POSTGRES_IDS" --memory "$SCRATCH_MEMORY" --cpus 1 --shm-size 128m --pids-limit 100 \
    --tmpfs /tmp --tmpfs "/var/run/postgresql:uid=${POSTGRES_IDS%:*},gid=${POSTGRES_IDS#*:},mode=0755" \
    --volume "$SCRATCH_DIR/data:/scratch" --env PGDATA=/scratch/pgdata --env POSTGRES_HOST_AUTH_METHOD=trust \
    --env 'POSTGRES_INITDB_ARGS=--locale=C --encoding=UTF8 --no-sync' "$POSTGRES_IMAGE" postgres \
    -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 \
    -c shared_buffers=64MB -c maintenance_work_mem=64MB -c max_wal_size=256MB -c autovacuum=off -c max_connections=20 >/dev/null
  # The image's server of the first start listens on its socket only, so the request over TCP waits for the final one.
  if ! retry 60 2 scratch_settled || ! scratch_answers; then
    docker logs --tail 20 "$SCRATCH_NAME" >&2 || true
    fail "the scratch server did not start" "see the lines above"
  fi
}

# Whether it answers, or has ended and never will.
scratch_settled() {
  scratch_answers || [[ "$(docker inspect --format '{{.State.Running}}' "$SCRATCH_NAME" 2>&1)" != true ]]
}

scratch_answers() { in_scratch pg_isready -q -h 127.0.0.1 -U postgres </dev/null >/dev/null 2>&1; }

# restore_to_scratch <id, or nothing> <any, or asked for> <databases, or nothing for all>: into the folder and container of
# name_scratch.
restore_to_scratch() {
  local databases="$3" manifest="$SCRATCH_DIR/manifest.json" database
  require_database
  remove_scratch
  mkdir -m 0700 -- "$SCRATCH_DIR"
  choose_backup "$1" "$2" "$manifest"
  databases="$(pick_databases "$manifest" "$databases")"
  manifest files "$manifest" database >"$SCRATCH_DIR/databases"
  need_space "$(restored_bytes "$manifest" "$databases")" "the scratch copy"
  fetch_globals "$manifest" "$SCRATCH_DIR"
  start_scratch
  restore_roles in_scratch "$SCRATCH_DIR/globals.sql"
  for database in $databases; do
    fetch_database "$manifest" "$database" "$SCRATCH_DIR"
    restore_database in_scratch "$manifest" "$database" "$database" "$SCRATCH_DIR/$database.dump"
    rm -- "$SCRATCH_DIR/$database.dump"
    compare_rows in_scratch "$manifest" "$database" "$database" "$SCRATCH_DIR/differences"
  done
}

# pick_databases <manifest> <wanted, or nothing for all>
pick_databases() {
  local all
  all="$(manifest files "$1" database | cut -f 5 | paste -s -d ' ' -)"
  if [[ -n "$2" && " $all " != *" $2 "* ]]; then fail "the backup has no database $2" "it has: $all"; fi
  printf '%s\n' "${2:-$all}"
}

# The drill: the newest backup comes back in a scratch server with every row. Leaves evidence, pass or fail.
drill() {
  local seconds
  name_scratch drill
  DRILL_STARTED="$(date +%s)"
  trap 'drill_ended "$?"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  restore_to_scratch '' any ''
  seconds="$(($(date +%s) - DRILL_STARTED))"
  step "keep the evidence"
  keep_evidence passed "$seconds"
  remember last-drill "$DRILL_STARTED"
  put_metric RestoreDrillAgeSeconds "$(age_of last-drill)" Seconds || say "the drill passed, its metric was not sent: the next report sends it"
  printf 'The drill passed: backup %s came back with every row, in %s s.\n' "$(manifest field "$SCRATCH_DIR/manifest.json" id)" "$seconds"
}

drill_ended() {
  stop_reading
  if (($1 != 0)); then
    say "the drill failed at: $STEP. The live database was not touched"
    if [[ -d "$SCRATCH_DIR" ]]; then keep_evidence failed "$(($(date +%s) - DRILL_STARTED))" || true; fi
  fi
  remove_scratch
}

# keep_evidence <passed or failed> <seconds>: one line on the data volume, one object beside the backups.
keep_evidence() {
  local id line="$SCRATCH_DIR/evidence.json"
  id="$(date -u -d "@$DRILL_STARTED" +%Y%m%dT%H%M%SZ)"
  evidence "$id" "$@" >"$line"
  cat -- "$line" >>"$STATE_DIR/drills.jsonl"
  on_aws s3api put-object --bucket "$BUCKET" --key "${BACKUP_PREFIX}drills/$id.json" --body "$line" \
    --content-type application/json >/dev/null || say "the evidence is on the host only: $STATE_DIR/drills.jsonl"
}

# evidence <id> <passed or failed> <seconds>: JSON in one line.
evidence() {
  local backup='' restored='' differences='' failed_at=''
  if [[ -s "$SCRATCH_DIR/manifest.json" ]]; then
    backup="$(manifest field "$SCRATCH_DIR/manifest.json" id)"
    restored="$(manifest summary "$SCRATCH_DIR/manifest.json" | cut -f 3)"
  fi
  if [[ "$2" == failed ]]; then failed_at="$STEP"; fi
  if [[ -s "$SCRATCH_DIR/differences" ]]; then
    differences="$(sed 's/["\\]/\\&/g; s/.*/"&"/' "$SCRATCH_DIR/differences" | paste -s -d , -)"
  fi
  printf '{"id":"%s","stack":"%s","backup":"%s","result":"%s","failedAt":"%s","seconds":%s,"backupHolds":"%s","differences":[%s]}\n' \
    "$1" "$STACK_NAME" "$backup" "$2" "$failed_at" "$3" "$restored" "$differences"
}

# The copy for a person to look into.
offer_scratch() {
  name_scratch scratch
  SCRATCH_DATABASE="$2"
  trap 'scratch_ended "$?"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  restore_to_scratch "$1" 'asked for' "$2"
  printf 'Backup %s runs in the container %s, with every row.\n' "$(manifest field "$SCRATCH_DIR/manifest.json" id)" "$SCRATCH_NAME"
  printf '  look into it:  docker exec -it %s psql -U postgres -d %s\n' "$SCRATCH_NAME" "${2:-${DATABASES%% *}}"
  printf '  remove it:     %s/bin/restore --remove-scratch\n' "$APP_DIR"
}

scratch_ended() {
  stop_reading
  if (($1 != 0)); then
    remove_scratch
    say "the restore failed at: $STEP. The live database was not touched"
    say_again scratch "$SCRATCH_DATABASE"
  fi
}
