# shellcheck shell=bash
# Sourced after backup.sh: makes a backup. A manifest that stands in the bucket is the publication: everything before it
# can fail at any point, and the newest backup is still the one from before.

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

# Opens a transaction that stays open, so that the dump and the counts see the same rows. SNAPSHOT: its name, the position
# in the write-ahead log, and what the database is made with.
open_snapshot() {
  coproc HOLDER { in_postgres psql -XAtq -v ON_ERROR_STOP=1 -U postgres -d "$1"; }
  # Bash forgets both when the process has ended.
  HOLDER_OUT="${HOLDER[0]:-}" HOLDER_IN="${HOLDER[1]:-}" HOLDER_ID="${HOLDER_PID:-}"
  printf '%s\n' "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot(), pg_current_wal_lsn(),
    pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba) FROM pg_database WHERE datname = '$1';" >&"$HOLDER_IN"
  if ! IFS='|' read -r -t 120 -a SNAPSHOT <&"$HOLDER_OUT"; then fail "the database $1 gave no snapshot" "run the backup again"; fi
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

# count_rows <file>: in the transaction of the snapshot, which ends here.
count_rows() {
  local rows
  printf '%s\nCOMMIT;\n\\q\n' "$COUNT_SQL" >&"$HOLDER_IN"
  if ! IFS= read -r rows <&"$HOLDER_OUT"; then fail "the rows could not be counted" "run the backup again"; fi
  exec {HOLDER_IN}>&-
  wait "$HOLDER_ID" || fail "the transaction of the snapshot was lost" "run the backup again"
  printf '%s\n' "$rows" >"$1"
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

# stage_file <id> <file> <name>: uploads, reads the whole object back, and removes the local file. STAGED_JSON describes
# what is in staging.
stage_file() {
  local key="$STAGING_PREFIX$1/$3" bytes sum version read
  step "upload $3"
  bytes="$(stat --format=%s -- "$2")"
  sum="$(sha256_of_file "$2")"
  version="$(upload "$2" "$key" "$bytes" "$sum")"
  step "read $3 back"
  read="$(sha256_of_object "$key" "$version")"
  if [[ "$read" != "$sum" ]]; then
    fail "s3://$BUCKET/$key came back with sha256 $read instead of $sum" "run the backup again"
  fi
  rm -- "$2"
  printf '%s\t%s\t%s\t%s\t%s\n' "$3" "$key" "$version" "$bytes" "$sum" >>"$BACKUP_DIR/staged"
  # The VersionId and key of the copy follow when it is published.
  STAGED_JSON="\"key\":\"$BACKUP_PREFIX$3\",\"versionId\":\"@$3@\",\"bytes\":$bytes,\"sha256\":\"$sum\""
}

describe_staged() {
  local name bytes text=''
  while IFS=$'\t' read -r name _ _ bytes _; do
    text+="${text:+, }$name $(in_words "$bytes")"
  done <"$BACKUP_DIR/staged"
  printf '%s\n' "$text"
}

# publish <id> <reason> <started>: copies what was read back, then writes the manifest.
publish() {
  local name key version bytes sum copied
  write_manifest "$@" >"$BACKUP_DIR/manifest.json"
  while IFS=$'\t' read -r name key version bytes sum; do
    step "publish $name"
    copied="$(copy_object "$key" "$version" "$BACKUP_PREFIX$name" "$bytes" "$sum")"
    check_object "$BACKUP_PREFIX$name" "$copied" "$bytes" "$sum" >/dev/null
    sed -i "s|@$name@|$copied|" "$BACKUP_DIR/manifest.json"
  done <"$BACKUP_DIR/staged"
  step "publish the manifest"
  if grep -q '"@' "$BACKUP_DIR/manifest.json"; then fail "the manifest names a file without a version" "this is a fault of the script"; fi
  retry 3 5 put_manifest
}

put_manifest() {
  local version sum
  sum="$(sha256_of_file "$BACKUP_DIR/manifest.json")"
  version="$(on_aws s3api put-object --bucket "$BUCKET" --key "$MANIFEST_KEY" --body "$BACKUP_DIR/manifest.json" \
    --content-type application/json --metadata "sha256=$sum" --query VersionId --output text)" || return
  [[ "$(sha256_of_object "$MANIFEST_KEY" "$version")" == "$sum" ]]
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
