# shellcheck shell=bash
# The job db-init: brings a managed PostgreSQL to what the app needs, as its master user, who is no
# superuser. Needs bash and psql. A second run changes nothing.
#
# From the environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE and PGSSLMODE of the master user; DB_INIT_SQL; and in
# DB_INIT_ROLES one line "<role> <database> <variable>" for each role that signs in, whose password is in that variable.
# A password is never part of a command line, of a statement that the server could log, or of a message.
# shellcheck disable=SC2154
set -euo pipefail

readonly ATTEMPTS=10
readonly PAUSE_SECONDS="${DB_INIT_PAUSE_SECONDS:-6}"
export PGCONNECT_TIMEOUT=10 PGAPPNAME=db-init PGOPTIONS='-c password_encryption=scram-sha-256 -c client_min_messages=warning'

say() { printf 'db-init: %s\n' "$1"; }

fail() {
  printf 'db-init: %s\n' "$1" >&2
  exit 1
}

# query <argument...>: psql without anything of a person's own.
query() { psql --no-psqlrc --no-password --quiet --tuples-only --no-align "$@"; }

# The last word of the server, without its address.
reason() { printf '%s' "$1" | tail -n 1 | sed 's/^.*\(FATAL\|ERROR\|error\): *//'; }

wait_for_server() {
  local attempt problem
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    if problem="$(query --command='SELECT 1' 2>&1 >/dev/null)"; then return 0; fi
    say "no connection yet, attempt $attempt of $ATTEMPTS: $(reason "$problem")"
    if ((attempt < ATTEMPTS)); then sleep "$PAUSE_SECONDS"; fi
  done
  fail "cannot connect to the database as its master user"
}

# signs_in <role> <database> <password>: 0 when the server takes the password, 1 when it does not. It looks at a password
# before it looks at anything else, so a role that is closed for sign-in has the right one when only that is refused.
signs_in() {
  local problem
  if problem="$(PGPASSWORD="$3" query --username="$1" --dbname="$2" --command='SELECT 1' 2>&1 >/dev/null)"; then return 0; fi
  case "$problem" in
    *"password authentication failed"* | *"no password supplied"*) return 1 ;;
    *"is not permitted to log in"*) return 0 ;;
    *) fail "cannot tell whether $1 signs in to $2: $(reason "$problem")" ;;
  esac
}

# set_password <role> <password>: psql makes the verifier itself and sends nothing else. It reads the password twice, from
# its input as long as there is no terminal.
set_password() {
  local problem
  if problem="$(printf '%s\n%s\n' "$2" "$2" | setsid --wait psql --no-psqlrc --no-password --quiet --command="\\password \"$1\"" 2>&1)"; then
    return 0
  fi
  fail "cannot set the password of $1: $(reason "$problem")"
}

each_role() {
  local role database variable
  while read -r role database variable; do
    if [[ -n "$role" ]]; then "$1" "$role" "$database" "$variable"; fi
  done <<<"$DB_INIT_ROLES"
}

has_password() {
  if [[ -z "${!3:-}" ]]; then fail "the secret $3 is missing or empty"; fi
}

settle_password() {
  local role="$1" database="$2" password="${!3}"
  if signs_in "$role" "$database" "$password"; then
    say "$role: unchanged"
    return 0
  fi
  set_password "$role" "$password"
  signs_in "$role" "$database" "$password" || fail "$role does not sign in to $database with its new password"
  say "$role: has the password of its secret"
}

each_role has_password
wait_for_server
printf '%s' "$DB_INIT_SQL" | query --file=- || fail "the database was not prepared: see above"
say "roles, databases, grants and extensions are there"
each_role settle_password
