# shellcheck shell=bash
# Sourced after basics.sh by what dumps databases: rows as of one moment. The script has a function in_postgres, which runs a
# program of PostgreSQL's against the server, and says in DUMP_ROLE who it signs in as.

# Rows of every table of a database and its large objects, as one line of JSON. Tables of extensions are left out: the
# extension fills them, not the dump. Partitions count by themselves.
readonly COUNT_SQL="SELECT coalesce(jsonb_object_agg(format('%I.%I', n.nspname, c.relname), (xpath('/row/n/text()', query_to_xml(
    format('SELECT count(*) AS n FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::bigint), '{}')
  || jsonb_build_object('large objects', (SELECT count(*) FROM pg_largeobject_metadata))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');"

# Opens a transaction that stays open, so that the dump and the counts see the same rows. SNAPSHOT: its name, the position
# in the write-ahead log, and what the database is made with.
open_snapshot() {
  coproc HOLDER { in_postgres psql -XAtq -v ON_ERROR_STOP=1 -U "$DUMP_ROLE" -d "$1"; }
  # Bash forgets both when the process has ended.
  HOLDER_OUT="${HOLDER[0]:-}" HOLDER_IN="${HOLDER[1]:-}" HOLDER_ID="${HOLDER_PID:-}"
  printf '%s\n' "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot(), pg_current_wal_lsn(),
    pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba) FROM pg_database WHERE datname = '$1';" >&"$HOLDER_IN"
  if ! IFS='|' read -r -t 120 -a SNAPSHOT <&"$HOLDER_OUT"; then fail "the database $1 gave no snapshot" "run the backup again"; fi
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
