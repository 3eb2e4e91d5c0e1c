# shellcheck shell=bash
# Second container of the task db-init: writes the connection URL of each role into its secret, for images that take one
# URL and nothing else. Needs bash and the AWS CLI. A second run changes nothing.
#
# From the environment: DB_HOST, DB_PORT; in DB_URLS one line "<secret ARN> <role> <database> <variable>" for each URL, with
# the password in that variable. Neither a URL nor a password is part of a command line or of a message.
set -euo pipefail

say() { printf 'db-init: %s\n' "$1"; }

fail() {
  printf 'db-init: %s\n' "$1" >&2
  exit 1
}

# encoded <text>: every byte as %xx, which any reader of URLs takes.
encoded() {
  local byte
  for byte in $(printf '%s' "$1" | od -An -v -tx1); do printf '%%%s' "$byte"; done
}

write_url() {
  local secret="$1" role="$2" database="$3" password="${!4}" url current
  url="postgresql://$role:$(encoded "$password")@$DB_HOST:$DB_PORT/$database?sslmode=require"
  current="$(aws secretsmanager get-secret-value --secret-id "$secret" --query SecretString --output text 2>/dev/null || true)"
  if [[ "$current" == "$url" ]]; then
    say "URL of $role for $database: unchanged"
    return 0
  fi
  printf '%s' "$url" | aws secretsmanager put-secret-value --secret-id "$secret" --secret-string file:///dev/stdin >/dev/null ||
    fail "the URL of $role for $database was not written"
  say "URL of $role for $database: written"
}

while read -r secret role database variable; do
  if [[ -z "$secret" ]]; then continue; fi
  if [[ -z "${!variable:-}" ]]; then fail "the secret $variable is missing or empty"; fi
  write_url "$secret" "$role" "$database" "$variable"
done <<<"$DB_URLS"
