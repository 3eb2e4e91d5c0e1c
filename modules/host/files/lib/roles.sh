# shellcheck shell=bash
# Roles of the app's PostgreSQL and their passwords. Sourced after common.sh. A password comes by standard input and reaches
# psql by its environment: it is never part of a command line or of a message.
# shellcheck disable=SC2153,SC2154

# What role_signs_in ends with when the server does not take the password; every other failure says nothing about it.
readonly PASSWORD_REFUSED=10

# role_signs_in <role> <database>: over the network, as a service does, with the password from its input. What the server
# said is in SIGN_IN_PROBLEM.
role_signs_in() {
  local status=0
  # The words of the shell in the container, not of this one.
  # shellcheck disable=SC2016
  SIGN_IN_PROBLEM="$(timeout 30 docker exec --interactive "$APP_NAME-$POSTGRES_CONTAINER" sh -ec '
    IFS= read -r PGPASSWORD || true
    export PGPASSWORD PGCONNECT_TIMEOUT=10
    exec psql --no-psqlrc --no-password --quiet --host="$3" --username="$1" --dbname="$2" --command="SELECT 1" 2>&1 >/dev/null
  ' sh "$1" "$2" "$POSTGRES_CONTAINER" 2>&1)" || status=$?
  if ((status == 0)); then return 0; fi
  SIGN_IN_PROBLEM="$(printf '%s' "$SIGN_IN_PROBLEM" | tail -n 1 | sed 's/^.*\(FATAL\|error\): *//')"
  if [[ "$SIGN_IN_PROBLEM" == *"password authentication failed"* || "$SIGN_IN_PROBLEM" == *"no password supplied"* ]]; then
    return "$PASSWORD_REFUSED"
  fi
  return 1
}

# set_role_password <role>: to what its input holds. The statement stays out of the server's log, whatever its settings.
set_role_password() {
  # shellcheck disable=SC2016
  timeout 60 docker exec --interactive "$APP_NAME-$POSTGRES_CONTAINER" sh -ec '
    IFS= read -r NEW_PASSWORD || true
    test -n "$NEW_PASSWORD"
    export NEW_PASSWORD
    exec psql --no-psqlrc --no-password --quiet --username=postgres --dbname=postgres --set=role="$1" >/dev/null <<"SQL"
\set ON_ERROR_STOP on
SET log_statement = '\''none'\'';
SET log_min_duration_statement = -1;
SET log_min_error_statement = '\''panic'\'';
SET password_encryption = '\''scram-sha-256'\'';
\set password `printf %s "$NEW_PASSWORD"`
SELECT format('\''ALTER ROLE %I PASSWORD %L'\'', :'\''role'\'', :'\''password'\'') \gexec
SQL
  ' sh "$1"
}

# value_in <file> <variable>: as it was before it was written as NAME='value'.
value_in() { sed -n "s/^$2='\(.*\)'\$/\1/p" "$1" | sed "s/\\\\'/'/g" | tr -d '\n'; }

# password_of_service <service>: of the role that it signs in with, as its own file of variables has it.
password_of_service() {
  local url file="$RUN_DIR/env/$1.env"
  [[ -e "$file" ]] || return 0
  url="$(value_in "$file" DATABASE_URL)"
  url="${url#*://*:}"
  url="${url%@*}"
  # In such a URL everything is percent-encoded that could be a backslash.
  printf '%b\n' "${url//%/\\x}"
}
