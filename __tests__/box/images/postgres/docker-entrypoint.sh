#!/bin/bash
# Makes a cluster when there is none, as the official image does, and starts the server.
set -euo pipefail

make_cluster() {
  local arguments
  read -ra arguments <<<"${POSTGRES_INITDB_ARGS:-}"
  initdb --username="${POSTGRES_USER:-postgres}" --pwfile=<(cat "$POSTGRES_PASSWORD_FILE") -D "$PGDATA" "${arguments[@]}"
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
}

if [ "${1:-}" = postgres ]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then make_cluster; fi
fi
exec "$@"
