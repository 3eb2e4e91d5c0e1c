#!/bin/bash
# First container of the backup's task, in PostgreSQL's image: dumps every database into the folder that both containers
# share, decodes what it wrote, and describes it in a manifest. The second container starts only when this one ends well.
set -euo pipefail
# A failure inside "$(...)" counts there too.
shopt -s inherit_errexit
readonly SCRIPT=dump
: "${WORK:?}" "${STACK_NAME:?}" "${DATABASES:?}" "${ROLES:?}" "${POSTGRES_MAJOR:?}" "${BACKUP_PREFIX:?}" "${REASON:?}"
readonly BACKUP_DIR="$WORK"
# shellcheck source=../../../host/files/lib/basics.sh
. "$LIB/basics.sh"
# shellcheck source=../../../host/files/lib/snapshot.sh
. "$LIB/snapshot.sh"

# Sessions keep no time limit that somebody set for the app. A cluster that paused wakes up within the time to connect.
export PGAPPNAME="$STACK_NAME-backup" PGCONNECT_TIMEOUT=60
export PGOPTIONS='-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c client_min_messages=warning'

in_postgres() { "$@"; }

# sql <database> <query>: the rows without decoration. The query comes by standard input, because it may be long.
sql() { psql -XAtq -v ON_ERROR_STOP=1 -U "$DUMP_ROLE" -d "$1" <<<"$2"; }

answers() { sql "$1" 'SELECT 1' >/dev/null; }

# json_text <json>: as a literal of SQL.
json_text() { printf "'%s'" "${1//\'/\'\'}"; }

# sign_in <number>: as the owner of that database, the only role that may connect to it besides the master.
sign_in() {
  local roles password="PASSWORD_$1"
  read -r -a roles <<<"$ROLES"
  DUMP_ROLE="${roles[$1 - 1]}"
  export PGPASSWORD="${!password:?}"
}

main() {
  local started database number=0
  trap 'ended "$?"' EXIT
  if [[ ! "$REASON" =~ ^[A-Za-z0-9\ .,_-]+$ ]]; then fail "the reason \"$REASON\" is refused" "use letters, digits, spaces and .,_-"; fi
  started="$(date +%s)"
  printf '%s\t%s\n' "$(date -u -d "@$started" +%Y%m%dT%H%M%SZ)" "$started" >"$BACKUP_DIR/run"
  for database in $DATABASES; do
    number=$((number + 1))
    sign_in "$number"
    dump_database "$database"
  done
  sign_in 1
  dump_roles
  describe
  STEP=''
  say "everything is dumped and decodes; it goes to S3 next"
}

ended() {
  if (($1 != 0)) && [[ -n "$STEP" ]]; then
    say "the backup failed at: $STEP. Nothing was published; older backups are as they were"
  fi
}

dump_database() {
  local database="$1" file="$BACKUP_DIR/$1.dump" size
  step "dump of $database"
  if ! retry 6 5 answers "$database"; then
    fail "$DUMP_ROLE cannot sign in to the database $database" "see the lines above; did db-init run?"
  fi
  size="$(sql "$database" "SELECT pg_database_size('$database')")"
  open_snapshot "$database"
  pg_dump -U "$DUMP_ROLE" -d "$database" --format=custom --snapshot="${SNAPSHOT[0]}" --lock-wait-timeout=300s \
    --file="$file" || fail "pg_dump of $database failed" "see the lines above, then run the backup again"
  count_rows "$BACKUP_DIR/$database.rows"
  step "decode the dump of $database"
  # A dump that was cut off still lists its contents; only reading all of it proves something.
  pg_restore --file=/dev/null "$file"
  dumped "$database.dump" "$(total_rows "$database")"
  {
    printf '{"kind":"database","database":"%s","databaseBytes":%s,"encoding":"%s","collate":"%s","ctype":"%s","owner":"%s",' \
      "$database" "$size" "${SNAPSHOT[2]}" "${SNAPSHOT[3]}" "${SNAPSHOT[4]}" "${SNAPSHOT[5]}"
    printf '"lsn":"%s","rows":%s,%s}\n' "${SNAPSHOT[1]}" "$(<"$BACKUP_DIR/$database.rows")" "$DUMPED_JSON"
  } >>"$BACKUP_DIR/entries"
}

# total_rows <database>: the sum of what was counted.
total_rows() {
  sql "$1" "SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text($(json_text "$(<"$BACKUP_DIR/$1.rows")"))"
}

# Roles, their rights and settings; no password: db-init sets those from the secrets.
dump_roles() {
  local database="${DATABASES%% *}" file="$BACKUP_DIR/globals.sql"
  step "dump of the roles"
  pg_dumpall -U "$DUMP_ROLE" -l "$database" --globals-only --no-role-passwords >"$file"
  if ! grep -q '^-- PostgreSQL database cluster dump complete' "$file"; then
    fail "the dump of the roles is not complete" "run the backup again"
  fi
  dumped globals.sql 0
  printf '{"kind":"globals",%s}\n' "$DUMPED_JSON" >>"$BACKUP_DIR/entries"
}

# dumped <file> <rows>: what the second container must find. DUMPED_JSON: the same for the manifest; the version follows there.
dumped() {
  local bytes sum
  bytes="$(stat --format=%s -- "$BACKUP_DIR/$1")"
  sum="$(sha256sum -- "$BACKUP_DIR/$1" | cut -d ' ' -f 1)"
  printf '%s\t%s\t%s\t%s\n' "$1" "$bytes" "$sum" "$2" >>"$BACKUP_DIR/dumped"
  DUMPED_JSON="\"key\":\"$BACKUP_PREFIX$1\",\"versionId\":\"@$1@\",\"bytes\":$bytes,\"sha256\":\"$sum\""
}

# Databases of the server that the specification does not name: as JSON texts.
not_backed_up() {
  sql "${DATABASES%% *}" "SELECT coalesce(jsonb_agg(datname ORDER BY datname), '[]') FROM pg_database
    WHERE datallowconn AND NOT datistemplate AND datname NOT IN ('${DATABASES// /"', '"}', 'postgres', 'rdsadmin')"
}

# Writes the manifest. PostgreSQL reads it as JSON, so one that is none fails here.
describe() {
  local database="${DATABASES%% *}" id started json left
  step "describe the backup"
  IFS=$'\t' read -r id started <"$BACKUP_DIR/run"
  left="$(not_backed_up)"
  if [[ "$left" != '[]' ]]; then say "not in the specification, so not backed up: $left"; fi
  json="$(printf '{"format":1,"id":"%s","stack":"%s","reason":"%s","startedAt":"%s","finishedAt":"@finished@","major":%s,' \
    "$id" "$STACK_NAME" "$REASON" "$(utc "$started")" "$POSTGRES_MAJOR")"
  json+="$(printf '"server":"%s","client":"%s","notBackedUp":%s,"files":[%s]}' \
    "$(sql "$database" 'SHOW server_version')" "$(pg_dump --version)" "$left" "$(paste -s -d , "$BACKUP_DIR/entries")")"
  sql "$database" "SELECT jsonb_pretty($(json_text "$json")::jsonb)" >"$BACKUP_DIR/manifest.json"
}

main
