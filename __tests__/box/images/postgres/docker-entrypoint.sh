#!/bin/bash
# Makes a cluster when there is none, as the official image does, and starts the server.
set -euo pipefail

make_cluster() {
  local arguments password=''
  read -ra arguments <<<"${POSTGRES_INITDB_ARGS:-}"
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    password=$(<"$POSTGRES_PASSWORD_FILE")
  elif [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo "a password is needed, or the method trust" >&2
    exit 1
  fi
  initdb --username="${POSTGRES_USER:-postgres}" --pwfile=<(printf '%s\n' "$password") -D "$PGDATA" "${arguments[@]}"
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
}

if [ "${1:-}" = postgres ]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then make_cluster; fi
fi
exec "$@"
