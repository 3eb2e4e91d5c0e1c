# shellcheck shell=bash
# Sourced after backup.sh and backup-read.sh: puts a dump into a server, the live one or a scratch one. `run_in` names
# the function that runs a command inside that server's container.

# The backup that was chosen; empty until then.
BACKUP_ID=''

# choose_backup <id, or nothing for the newest> <any, or asked for> <file for its manifest>
choose_backup() {
  step "look for the backup"
  find_manifest "$@"
  BACKUP_ID="$(manifest field "$3" id)"
  say "the backup is $BACKUP_ID: $(manifest field "$3" reason)"
}

# say_again <live or scratch> <database, or nothing for all>: how to repeat a restore that failed, with the same backup.
say_again() {
  if [[ -n "$BACKUP_ID" ]]; then
    say "to repeat it with the same backup: $APP_DIR/bin/restore --to $1 --id $BACKUP_ID${2:+ --database $2}"
  fi
}

# run_sql <run in> <database>: statements from standard input; stops at the first that fails.
run_sql() { "$1" psql -XAtq -v ON_ERROR_STOP=1 -U postgres -d "$2" -f -; }

# missing_roles <globals>: the statements that make the roles which are not there yet.
missing_roles() {
  sed -n "s/^CREATE ROLE \(.*\);\$/\1/p" "$1" | while IFS= read -r role; do
    # The name is quoted as an identifier already; inside a text its single quotes are doubled.
    printf "DO \$role\$ BEGIN IF to_regrole('%s') IS NULL THEN CREATE ROLE %s; END IF; END \$role\$;\n" "${role//\'/\'\'}" "$role"
  done
}

# restore_roles <run in> <globals>: rights and settings of roles as they were; passwords stay as they are.
restore_roles() {
  {
    missing_roles "$2"
    # The key words of newer releases forbid what a dump never needs; older servers do not know them.
    grep -Ev '^(CREATE ROLE .*;$|\\(un)?restrict )' "$2"
  } | run_sql "$1" postgres
}

# restore_database <run in> <manifest> <name in the backup> <new name> <dump>: everything in one transaction, so that a
# restore that fails leaves an empty database behind. Subscriptions would write into the copy, so they are left out.
restore_database() {
  local run_in="$1" name="$3" target="$4" encoding collate ctype owner
  IFS=$'\t' read -r _ _ _ _ _ _ encoding collate ctype owner < <(manifest files "$2" database | awk -F '\t' -v name="$name" '$5 == name')
  step "restore $name"
  run_sql "$run_in" postgres <<SQL
DROP DATABASE IF EXISTS "$target";
CREATE DATABASE "$target" OWNER "$owner" TEMPLATE template0 ENCODING '$encoding' LC_COLLATE '$collate' LC_CTYPE '$ctype';
SQL
  "$run_in" pg_restore -U postgres -d "$target" --single-transaction --no-subscriptions <"$5"
  printf 'ANALYZE;\n' | run_sql "$run_in" "$target"
}

# compare_rows <run in> <manifest> <name in the backup> <name of the copy> <file for what differs>
compare_rows() {
  local counted
  step "compare the rows of $3"
  counted="$(mktemp -p "$STATE_DIR")"
  printf '%s\n' "$COUNT_SQL" | run_sql "$1" "$4" >"$counted"
  if manifest compare "$2" "$3" "$counted" >>"$5"; then
    rm -- "$counted"
  else
    rm -- "$counted"
    cat -- "$5" >&2
    fail "the restored $3 differs from the backup" "keep what was printed, and verify an older backup: restore --to scratch --id ID"
  fi
}

# restored_bytes <manifest> <databases>: what the databases will take, and room for the log of changes.
restored_bytes() {
  manifest files "$1" database | awk -F '\t' -v wanted=" $2 " \
    'index(wanted, " " $5 " ") { sum += $6; if ($3 > dump) dump = $3 } END { printf "%.0f\n", sum * 1.2 + dump + 384 * 1048576 }'
}
