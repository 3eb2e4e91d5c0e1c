# shellcheck shell=bash
# Sourced after backup-restore.sh and backup-make.sh: replaces the live databases. Until the swap, which is one
# transaction, the live ones are as they were; afterwards they are kept under another name.

readonly LIVE_DIR="$STATE_DIR/restore"
# Seconds that a running update may take until the restore gives up.
readonly DEPLOY_WAIT=900
SWAPPED=no
# The only database that is asked for; empty for all.
LIVE_DATABASE=''
# When this restore began, as the names of what it replaces end.
LIVE_STARTED="$(date -u +%Y%m%dt%H%M%Sz)"
readonly LIVE_STARTED

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

# The app comes back whatever happened, when this restore has stopped it. What an app that does not start leaves to know:
# its databases are restored.
app_ended() {
  if (($1 != 0)); then
    if [[ -e "$LIVE_DIR/stopped" ]]; then
      start_app || say "the app was not started; see: systemctl status $APP_NAME.service"
    elif [[ -s "$LIVE_DIR/result" ]]; then
      cat -- "$LIVE_DIR/result"
      say "the restore is done and need not be repeated, but the app did not start; see: systemctl status $APP_NAME.service"
    fi
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
  LIVE_DATABASE="$2"
  trap 'databases_ended "$?"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  choose_backup "$1" 'asked for' "$manifest"
  databases="$(pick_databases "$manifest" "$2")"
  manifest files "$manifest" database >"$LIVE_DIR/databases"
  start_database
  need_space "$(restored_bytes "$manifest" "$databases")" "the restore"
  stop_app
  safety_backup "$3"
  fill_new_databases "$manifest" "$databases"
  swap_databases "$databases"
  restore_once_jobs "$manifest" "$databases"
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
  job_units timer active >"$LIVE_DIR/timers"
  xargs -r systemctl stop <"$LIVE_DIR/timers"
  stop_jobs
  local container
  for container in $(compose ps --services --status running </dev/null); do
    if [[ "$container" != "$POSTGRES_CONTAINER" ]]; then compose stop "$container" >&2 </dev/null; fi
  done
}

# job_units <service or timer> <states>: those of scheduled jobs, one per line.
job_units() {
  systemctl list-units --plain --no-legend --type="$1" --state="$2" "$APP_NAME-job-*" | awk '{ print $1 }'
}

# A job that runs would go on writing, into databases that are about to be put aside.
stop_jobs() {
  local unit units
  units="$(job_units service activating,active)"
  for unit in $units; do
    say "stopping $unit, which is at work; it runs again when it is due"
    systemctl stop "$unit"
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
  (backup_now "$SAFETY_REASON $BACKUP_ID" yes)
}

live_rows() {
  local database sum=0
  for database in $DATABASES; do sum=$((sum + $(total_rows "$database"))); done
  printf '%s\n' "$sum"
}

new_name() { printf '%s_restoring\n' "${1:0:53}"; }
# Of this run alone, so that the same backup can be restored again; at most PostgreSQL's 63 bytes.
old_name() { printf '%s_before_%s\n' "${1:0:39}" "$LIVE_STARTED"; }

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
      end_sessions_sql "$database" "$(new_name "$database")"
      if exists "$database"; then
        printf 'ALTER DATABASE "%s" RENAME TO "%s";\n' "$database" "$(old_name "$database")"
      fi
      printf 'ALTER DATABASE "%s" RENAME TO "%s";\n' "$(new_name "$database")" "$database"
    done
    printf 'COMMIT;\n'
  } >"$LIVE_DIR/swap.sql"
  run_sql in_postgres template1 <"$LIVE_DIR/swap.sql" >/dev/null
  SWAPPED=yes
  # The older schema has not seen the jobs of the images that run now: they run again.
  rm -f -- "$JOBS_DONE"
}

# restore_once_jobs <manifest> <databases>: the jobs that run once and what they left belong together. Of a part of the
# databases nobody can tell.
restore_once_jobs() {
  local all jobs
  step "set which jobs have run once"
  all="$(pick_databases "$1" '')"
  if [[ "$2" != "$all" ]]; then
    say "the jobs that have run once stay as they are, because only $2 is restored"
  elif ! manifest once "$1" >"$LIVE_DIR/once-jobs"; then
    say "the backup is of an earlier version and does not tell which jobs had run once; those stay as they are"
  else
    set_once_jobs "$LIVE_DIR/once-jobs"
    jobs="$(paste -s -d ' ' "$LIVE_DIR/once-jobs")"
    say "had run once: ${jobs:-none}"
  fi
}

# end_sessions_sql <database> <database>: ends every session of the two and waits up to ten seconds until they are gone.
end_sessions_sql() {
  cat <<SQL
DO \$end\$ BEGIN
  FOR try IN 1..100 LOOP
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('$1', '$2');
    EXIT WHEN NOT FOUND;
    PERFORM pg_sleep(0.1);
  END LOOP;
END \$end\$;
SQL
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
      printf 'What was live before is kept as %s. When it is not needed any more:\n  %s\n' "$(old_name "$database")" \
        "$APP_DIR/bin/psql --superuser postgres -- --command='DROP DATABASE \"$(old_name "$database")\"'"
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
  say_again live "$LIVE_DATABASE"
}

drop_new_databases() {
  local database names
  end_old_sessions
  mapfile -t names < <(cut -f 5 "$LIVE_DIR/databases")
  for database in "${names[@]}"; do
    sql postgres "DROP DATABASE IF EXISTS \"$(new_name "$database")\""
  done
}
