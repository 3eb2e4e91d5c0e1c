# shellcheck shell=bash
# Sourced after backup.sh: makes a backup. A manifest that stands in the bucket is the publication: everything before it
# can fail at any point, and the newest backup is still the one from before.
# shellcheck source=publish.sh
. "$COMMON_ROOT/lib/publish.sh"

# A dump that shrank below half of the last one, by more than this, is suspicious.
readonly SMALLER_BY=$MIB
# What a dump may need when there is none to compare with: compressed, without indexes, it stays below half in practice;
# a limit on the file's size keeps one that does not from filling the volume.
readonly FIRST_DUMP_SHARE=2
# So long after a boot, a database that does not answer is given five minutes.
readonly BOOT_SECONDS=1200 BOOT_TRIES=60

# backup_now <reason> <accept smaller: yes or no>
backup_now() {
  local reason="$1" accept_smaller="$2" started id
  trap 'backup_ended "$?"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # A snapshot that is lost while it is asked.
  trap 'exit 141' PIPE
  started="$(date +%s)"
  id="$(date -u -d "@$started" +%Y%m%dT%H%M%SZ)"
  prepare_backup
  local database
  for database in $DATABASES; do stage_database "$id" "$database" "$accept_smaller"; done
  stage_globals "$id"
  publish "$id" "$reason" "$started"
  STEP=''
  remember last-backup "$started"
  put_metric BackupAgeSeconds "$(age_of last-backup)" Seconds || say "the backup is published, its metric was not: the next report sends it"
  printf 'Backup %s is published: %s, in %s s.\n' "$id" "$(describe_staged)" "$(($(date +%s) - started))"
}

# Says what went wrong. Leaves the folder to be looked at: the next run empties it, and an open one is no backup.
backup_ended() {
  local status="$1"
  stop_reading
  if ((status == 0)); then
    rm -rf -- "$BACKUP_DIR"
    return
  fi
  # What failed may still use the database or the disk.
  (end_old_sessions) 2>/dev/null || true
  rm -f -- "$BACKUP_DIR"/*.dump
  if [[ -n "$STEP" ]]; then say "the backup failed at: $STEP. Nothing was published; older backups are as they were"; fi
}

prepare_backup() {
  step "check the database, the clock and the bucket"
  require_database
  rm -rf -- "$BACKUP_DIR"
  mkdir -m 0700 -- "$BACKUP_DIR"
  if ! retry "$(database_tries)" 5 database_answers; then
    fail "PostgreSQL does not answer" "see: docker logs --tail 50 $APP_NAME-$POSTGRES_CONTAINER"
  fi
  end_old_sessions
  check_databases
  # Before the first dump: a job that ends meanwhile runs again after a restore, instead of never.
  once_jobs_done >"$BACKUP_DIR/once-jobs"
  check_clock
  LAST="$BACKUP_DIR/last.json"
  # A safety backup may be of a database that had lost its data: the next one has to be compared with what was there before.
  newest_manifest "asked for" "$LAST"
}

# How often to ask, with 5 seconds between. After a boot the database may still wait for its volume or recover.
database_tries() {
  local up
  read -r up _ <"$HOST_ROOT/proc/uptime"
  if ((${up%.*} < BOOT_SECONDS)); then echo "$BOOT_TRIES"; else echo 6; fi
}

# Every database of the specification must be there; one that is there besides is not backed up, and said so.
check_databases() {
  local present database
  present="$(sql postgres "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate")"
  for database in $DATABASES; do
    if ! grep -qxF -- "$database" <<<"$present"; then
      fail "the database $database is missing" \
        "if it was dropped by mistake, restore it: restore --to live --database $database; else take it out of the specification"
    fi
  done
  NOT_BACKED_UP="$(grep -vxF -e postgres -f <(printf '%s\n' "${DATABASES// /$'\n'}") <<<"$present" || true)"
  if [[ -n "$NOT_BACKED_UP" ]]; then
    say "not in the specification, so not backed up: ${NOT_BACKED_UP//$'\n'/, }"
  fi
}

# The bytes of a database's dump in the last backup; nothing when it had none.
last_bytes() {
  if [[ -s "$LAST" ]]; then manifest files "$LAST" database | awk -F '\t' -v name="$1" '$5 == name { print $3 }'; fi
}

# stage_database <id> <database> <accept smaller>: dump, decode, count, upload to staging, read back.
stage_database() {
  local id="$1" database="$2" file="$BACKUP_DIR/$2.dump" last size need
  step "dump of $database"
  last="$(last_bytes "$database")"
  size="$(sql postgres "SELECT pg_database_size('$database')")"
  need="$((${last:-$((size / FIRST_DUMP_SHARE))} * 5 / 4))"
  need_space "$need" "the dump of $database"
  open_snapshot "$database"
  dump_database "$database" "$file"
  count_rows "$BACKUP_DIR/$database.rows"
  step "decode the dump of $database"
  decode "$file"
  if [[ -n "$last" ]]; then check_shrunk "$database" "$file" "$last" "$3"; fi
  stage_file "$id" "$file" "$database.dump"
  {
    printf '{"kind":"database","database":"%s","databaseBytes":%s,"encoding":"%s","collate":"%s","ctype":"%s","owner":"%s",' \
      "$database" "$size" "${SNAPSHOT[2]}" "${SNAPSHOT[3]}" "${SNAPSHOT[4]}" "${SNAPSHOT[5]}"
    printf '"lsn":"%s","rows":%s,%s}\n' "${SNAPSHOT[1]}" "$(<"$BACKUP_DIR/$database.rows")" "$STAGED_JSON"
  } >"$BACKUP_DIR/$database.json"
}

# The file can never grow into what the database needs: beyond the limit, writing fails.
dump_database() {
  local limit
  limit="$(($(usable_bytes) / 1024))"
  (
    ulimit -f "$limit"
    in_postgres pg_dump -U postgres -d "$1" --format=custom --snapshot="${SNAPSHOT[0]}" --lock-wait-timeout=300s </dev/null >"$2"
  ) || fail "pg_dump of $1 failed after $(in_words "$(stat --format=%s -- "$2")") ($(in_words "$((limit * 1024))") were allowed)" \
    "see the lines above, then run the backup again"
}

# Below half of the last dump, or empty after it held rows: that may be lost data, or a new volume before its restore.
check_shrunk() {
  local database="$1" last="$3" bytes last_rows rows what=''
  bytes="$(stat --format=%s -- "$2")"
  last_rows="$(manifest rows "$LAST" "$database")"
  rows="$(manifest total "$BACKUP_DIR/$database.rows")"
  if ((rows == 0 && last_rows > 0)); then
    what="the database $database holds no row any more, the last backup held $last_rows"
  elif ((bytes * 2 < last && last - bytes > SMALLER_BY)); then
    what="the dump of $database shrank from $(in_words "$last") to $(in_words "$bytes")"
  fi
  if [[ -z "$what" ]]; then return; fi
  if [[ "$4" != yes ]]; then
    fail "$what; that may be lost data" "if it is right, run: $APP_DIR/bin/backup now --accept-smaller"
  fi
  say "$what, which was accepted"
}

# Roles, their rights and settings; no password: db-init sets those from the secrets.
stage_globals() {
  step "dump of the roles"
  in_postgres pg_dumpall -U postgres --globals-only --no-role-passwords </dev/null >"$BACKUP_DIR/globals.sql"
  if ! grep -q '^-- PostgreSQL database cluster dump complete' "$BACKUP_DIR/globals.sql"; then
    fail "the dump of the roles is not complete" "run the backup again"
  fi
  stage_file "$1" "$BACKUP_DIR/globals.sql" globals.sql
  printf '{"kind":"globals",%s}\n' "$STAGED_JSON" >"$BACKUP_DIR/globals.json"
}

# publish <id> <reason> <started>
publish() {
  write_manifest "$@" >"$BACKUP_DIR/manifest.json"
  publish_staged ''
}

write_manifest() {
  local id="$1" reason="$2" started="$3" server client entries others jobs
  server="$(sql postgres 'SHOW server_version')"
  client="$(in_postgres pg_dump --version </dev/null)"
  entries="$(for name in $DATABASES globals; do cat -- "$BACKUP_DIR/$name.json"; done | paste -s -d , -)"
  others="$(sed '/^$/d; s/["\\]/\\&/g; s/.*/"&"/' <<<"$NOT_BACKED_UP" | paste -s -d , -)"
  jobs="$(sed 's/.*/"&"/' "$BACKUP_DIR/once-jobs" | paste -s -d , -)"
  printf '{"format":%s,"id":"%s","stack":"%s","reason":"%s","startedAt":"%s","finishedAt":"%s","major":%s,"server":"%s","client":"%s",' \
    "$MANIFEST_FORMAT" "$id" "$STACK_NAME" "$reason" "$(utc "$started")" "$(utc "$(date +%s)")" "$POSTGRES_MAJOR" "$server" "$client" |
    cat - <(printf '"notBackedUp":[%s],"onceJobs":[%s],"files":[%s]}' "$others" "$jobs" "$entries") | python3 -m json.tool
}
