# shellcheck shell=bash
# Sourced after backup-restore.sh and backup-make.sh: replaces the live databases. Until the swap, which is one
# transaction, the live ones are as they were; afterwards they are kept under another name.

readonly LIVE_DIR="$STATE_DIR/restore"
# Seconds that a running update may take until the restore gives up.
readonly DEPLOY_WAIT=900
SWAPPED=no

# restore_live <id, or nothing> <database, or nothing for all> <reason for no safety backup, or nothing>. While the
# databases change hands, nothing can start the app: an update has to wait.
restore_live() {
  trap 'app_ended "$?"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  require_database
  rm -rf -- "$LIVE_DIR"
  mkdir -m 0700 -- "$LIVE_DIR"
  with_lock --wait "$DEPLOY_WAIT" deploy restore_databases "$@"
  start_app
  cat -- "$LIVE_DIR/result"
}

# The app comes back whatever happened, when this restore has stopped it.
app_ended() {
  if (($1 != 0)) && [[ -e "$LIVE_DIR/stopped" ]]; then
    start_app || say "the app was not started; see: systemctl status $APP_NAME.service"
  fi
  rm -rf -- "$LIVE_DIR"
}

start_app() {
  step "start the app"
  rm -- "$LIVE_DIR/stopped"
  xargs -r systemctl start <"$LIVE_DIR/timers"
  "$APP_DIR/libexec/start"
}

restore_databases() {
  local manifest="$LIVE_DIR/manifest.json" databases
  trap 'databases_ended "$?"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  step "look for the backup"
  find_manifest "$1" "$manifest"
  BACKUP_ID="$(manifest field "$manifest" id)"
  databases="$(pick_databases "$manifest" "$2")"
  manifest files "$manifest" database >"$LIVE_DIR/databases"
  start_database
  need_space "$(restored_bytes "$manifest" "$databases")" "the restore"
  stop_app
  safety_backup "$3"
  fill_new_databases "$manifest" "$databases"
  swap_databases "$databases"
  finish_databases "$databases"
  describe_restored "$databases" >"$LIVE_DIR/result"
}

# db-init makes the roles that own the databases; on an empty volume it makes the databases too.
start_database() {
  step "start PostgreSQL"
  compose up --detach --wait "$POSTGRES_CONTAINER" >&2
  run_db_init
  end_old_sessions
}

run_db_init() { compose run --rm --no-deps -T db-init </dev/null >&2; }

# Everything but the database stops, and timers start nothing until the end.
stop_app() {
  step "stop the app"
  : >"$LIVE_DIR/timers"
  : >"$LIVE_DIR/stopped"
  systemctl list-units --plain --no-legend --type=timer --state=active "$APP_NAME-job-*" | awk '{ print $1 }' >"$LIVE_DIR/timers"
  xargs -r systemctl stop <"$LIVE_DIR/timers"
  local container
  for container in $(compose ps --services --status running </dev/null); do
    if [[ "$container" != "$POSTGRES_CONTAINER" ]]; then compose stop "$container" >&2 </dev/null; fi
  done
}

# safety_backup <reason for none, or nothing>: of what is live now, however small it is.
safety_backup() {
  if [[ -n "$1" ]]; then
    say "no safety backup: $1"
    return
  fi
  if [[ "$(live_rows)" == 0 ]]; then
    say "the live databases hold no rows, so they need no safety backup"
    return
  fi
  step "safety backup of the live databases (to go without one: --no-safety-backup \"the reason\")"
  # Not in a condition: inside of one, a failure would not end it.
  (backup_now "before the restore of $BACKUP_ID" yes)
}

live_rows() {
  local database sum=0
  for database in $DATABASES; do sum=$((sum + $(total_rows "$database"))); done
  printf '%s\n' "$sum"
}

new_name() { printf '%s_restoring\n' "${1:0:53}"; }
old_name() { printf '%s_before_%s\n' "${1:0:39}" "${BACKUP_ID,,}"; }

fill_new_databases() {
  local manifest="$1" database
  fetch_globals "$manifest" "$LIVE_DIR"
  missing_roles "$LIVE_DIR/globals.sql" | run_sql in_postgres postgres
  for database in $2; do
    fetch_database "$manifest" "$database" "$LIVE_DIR"
    restore_database in_postgres "$manifest" "$database" "$(new_name "$database")" "$LIVE_DIR/$database.dump"
    compare_rows in_postgres "$manifest" "$database" "$(new_name "$database")" "$LIVE_DIR/differences"
    database_settings "$LIVE_DIR/$database.dump" >>"$LIVE_DIR/settings.sql"
    rm -- "$LIVE_DIR/$database.dump"
  done
}

# Settings of the database itself, which lie outside of what a restore into another name brings. They stand before the
# first object.
database_settings() {
  read_dump --create --schema-only --file=- <"$1" |
    awk '/^CREATE / && !/^CREATE DATABASE / { objects = 1 } !objects && /^ALTER (DATABASE|ROLE) .* SET /'
}

# All databases at once or none. Names cannot change while somebody is connected, so whoever still is has to go.
swap_databases() {
  local database
  step "put the restored databases in place"
  {
    printf 'BEGIN;\n'
    for database in $1; do
      printf "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname IN ('%s', '%s');\n" \
        "$database" "$(new_name "$database")"
      if exists "$database"; then
        printf 'ALTER DATABASE "%s" RENAME TO "%s";\n' "$database" "$(old_name "$database")"
      fi
      printf 'ALTER DATABASE "%s" RENAME TO "%s";\n' "$(new_name "$database")" "$database"
    done
    printf 'COMMIT;\n'
  } >"$LIVE_DIR/swap.sql"
  run_sql in_postgres template1 <"$LIVE_DIR/swap.sql" >/dev/null
  SWAPPED=yes
}

# Rights and settings as they were, then what the specification asks for. What held no rows is not kept.
finish_databases() {
  local database
  step "set rights and settings"
  restore_roles in_postgres "$LIVE_DIR/globals.sql"
  run_sql in_postgres postgres <"$LIVE_DIR/settings.sql"
  run_db_init
  for database in $1; do drop_if_empty "$(old_name "$database")"; done
}

exists() { [[ "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname = '$1'")" == 1 ]]; }

drop_if_empty() {
  if exists "$1" && [[ "$(total_rows "$1")" == 0 ]]; then sql postgres "DROP DATABASE \"$1\""; fi
}

describe_restored() {
  local database
  printf 'Backup %s is live: %s, with every row.\n' "$BACKUP_ID" "$1"
  for database in $1; do
    if exists "$(old_name "$database")"; then
      printf 'What was live before is kept as %s. When it is not needed any more:\n  %s/bin/psql -c '"'DROP DATABASE %s'"'\n' \
        "$(old_name "$database")" "$APP_DIR" "$(old_name "$database")"
    fi
  done
}

databases_ended() {
  stop_reading
  if (($1 == 0)); then return; fi
  if [[ "$SWAPPED" == yes ]]; then
    say "the restored databases are in place, but this failed: $STEP. Mend it and run the restore again"
  else
    say "the restore failed at: $STEP. The live databases are as they were"
    (drop_new_databases) 2>/dev/null || true
  fi
}

drop_new_databases() {
  local database databases
  end_old_sessions
  mapfile -t databases < <(cut -f 5 "$LIVE_DIR/databases")
  for database in "${databases[@]}"; do
    sql postgres "DROP DATABASE IF EXISTS \"$(new_name "$database")\""
  done
}
