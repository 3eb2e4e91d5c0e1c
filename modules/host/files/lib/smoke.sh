# shellcheck shell=bash
# What can be seen from the host of an app that works. Sourced after common.sh, images.sh, deploy.sh, maintenance.sh and
# roles.sh. Each check is a line of CHECKS: result, name and detail, with a tab between them.
# shellcheck disable=SC2153,SC2154

# Seconds that an answer may take; a service that is being replaced is asked so often, with so many seconds between.
readonly ANSWER_SECONDS=15 ANSWER_TRIES=3 ANSWER_PAUSE=3
# What curl ends with when there is no handshake at all, as before the first certificate.
readonly NO_HANDSHAKE=35
CHECKS=()

# check <ok|failed|unknown> <name> <detail>
check() {
  local detail="${3//[$'\t\r\n']/ }"
  CHECKS+=("$1"$'\t'"$2"$'\t'"$detail")
}

# smoke <release|all>: with "release", what no release changes is left out: certificates, redirects, backups.
smoke() {
  local service docker=yes
  if ! systemctl is-active --quiet docker.service || ! timeout 30 docker version >/dev/null 2>&1; then
    docker=no
    check unknown containers "Docker does not answer; see: journalctl -u docker"
  fi
  if [[ "$PROXY" != none ]]; then check_public "$1"; fi
  if [[ "$docker" == yes ]]; then
    for service in $SERVICES; do check_service "$service"; done
    check_cache
  fi
  if [[ "$1" == all && -n "$POSTGRES_CONTAINER" ]]; then check_backup; fi
}

# smoke_result: 1 when a check has failed, 3 when one could not tell, 0 otherwise.
smoke_result() {
  local all=$'\n'
  all+="$(printf '%s\n' "${CHECKS[@]}")"
  if [[ "$all" == *$'\n'failed$'\t'* ]]; then return 1; fi
  if [[ "$all" == *$'\n'unknown$'\t'* ]]; then return 3; fi
}

smoke_json() {
  printf '%s\n' "${CHECKS[@]}" | jq --raw-input --slurp 'rtrimstr("\n") | split("\n")
    | { checks: map(select(. != "") | split("\t") | { name: .[1], result: .[0], detail: .[2] }) }'
}

smoke_text() {
  local line result name detail
  for line in "${CHECKS[@]}"; do
    IFS=$'\t' read -r result name detail <<<"$line"
    printf '  %-8s %-44s %s\n' "$result" "$name" "$detail"
  done
}

# Every path of every public name through the proxy of this host, whatever the DNS says.
check_public() {
  local entries entry host done_hosts=' ' scheme=http
  if [[ "$TLS" == yes ]]; then scheme=https; fi
  read -r -a entries <<<"$PUBLIC_HOSTS"
  for entry in "${entries[@]}"; do
    host="${entry%%=*}"
    if [[ "$1" == all && "$TLS" == yes && "$done_hosts" != *" $host "* ]]; then check_redirect "$host"; fi
    done_hosts+="$host "
    check_route "$1" "$scheme" "$entry"
  done
}

# check_redirect <host>
check_redirect() {
  local answer
  answer="$(ask --resolve "$1:80:127.0.0.1" --write-out '%{http_code} %{redirect_url}' "http://$1/" 2>&1)" || true
  case "$answer" in
    30[1278]" https://$1/"*) check ok "http://$1/" "leads to https://$1/" ;;
    *) check failed "http://$1/" "does not lead to https: $answer" ;;
  esac
}

# check_route <release|all> <scheme> <entry of PUBLIC_HOSTS>: 2xx where a service's health can be asked for, elsewhere any
# answer that is the service's own.
check_route() {
  local host="${3%%=*}" service="${3#*=}" pattern="${3#*:}" port=80 path wanted answer status=0 options
  service="${service%%:*}"
  if [[ "$2" == https ]]; then port=443; fi
  options=(--resolve "$host:$port:127.0.0.1")
  path="$(setting HEALTH_PATH "$service")"
  wanted='2??'
  if [[ -z "$path" || "$(entry_for "$host" "$path")" != "$3" ]]; then path="${pattern%\*}" wanted='[234]??'; fi
  if [[ "$1" == release ]]; then options+=(--insecure); fi
  if is_left_out "$service"; then check unknown "$2://$host$path" "$service has not been released" && return 0; fi
  if in_maintenance; then
    check unknown "$2://$host$path" "closed for maintenance: $(cat -- "$MAINTENANCE_TEXT" 2>/dev/null || true)"
    return 0
  fi
  answer="$(ask_until "$wanted" "${options[@]}" "$2://$host$path")" || status=$?
  if ((status == 0)); then
    check ok "$2://$host$path" "$answer from $service"
  elif [[ "$1" == release && "$answer" == *"curl: ($NO_HANDSHAKE)"* ]]; then
    check unknown "$2://$host$path" "the proxy has no certificate yet"
  else
    check failed "$2://$host$path" "${answer:-no answer} from $service"
  fi
}

# entry_for <host> <path>: the entry of PUBLIC_HOSTS that such a request goes to; the most specific stand first.
entry_for() {
  local entries entry pattern
  read -r -a entries <<<"$PUBLIC_HOSTS"
  for entry in "${entries[@]}"; do
    pattern="${entry#*:}"
    if [[ "${entry%%=*}" != "$1" ]]; then continue; fi
    if [[ "$2" == "$pattern" || ("$pattern" == *\* && "$2" == "${pattern%\*}"*) ]]; then
      printf '%s\n' "$entry"
      return 0
    fi
  done
}

# ask <arguments of curl>
ask() { curl --silent --show-error --output /dev/null --max-time "$ANSWER_SECONDS" --noproxy '*' --globoff "$@"; }

# ask_until <pattern of the status> <arguments of curl>: prints the last status, or what curl said instead.
ask_until() {
  local wanted="$1" try answer=''
  shift
  for ((try = 1; try <= ANSWER_TRIES; try++)); do
    answer="$(ask "$@" --write-out '%{http_code}' 2>&1)" || answer="${answer%000}"
    # shellcheck disable=SC2053 # It is a pattern.
    if [[ "$answer" == $wanted ]]; then
      printf '%s\n' "$answer"
      return 0
    fi
    if ((try < ANSWER_TRIES)); then sleep "$ANSWER_PAUSE"; fi
  done
  printf '%s\n' "$answer"
  return 1
}

# A service without a release has no container, and that is no fault.
is_left_out() { [[ -z "$(released "$1")" && -z "$(state_of "$1")" ]]; }

check_service() {
  local service="$1" state path
  if is_left_out "$service"; then check unknown "$service" "has not been released" && return 0; fi
  state="$(state_of "$service")"
  path="$(setting HEALTH_PATH "$service")"
  case "$state" in
    running | "running healthy")
      if [[ -n "$path" ]]; then check_inside "$service" "health of $service" "$path"; else check ok "health of $service" "$state"; fi
      path="$(setting SMOKE_DATABASE "$service")"
      if [[ -n "$path" ]]; then check_inside "$service" "database through $service" "$path"; fi
      path="$(setting SMOKE_CACHE "$service")"
      if [[ -n "$path" ]]; then check_inside "$service" "cache through $service" "$path"; fi
      ;;
    *) check failed "health of $service" "${state:-not there}; see: $APP_DIR/bin/logs $service" ;;
  esac
  if [[ -n "$(setting ROLE_OF "$service")" ]]; then check_sign_in "$service"; fi
}

# check_inside <service> <name> <path>: straight to the container, as its own health check asks.
check_inside() {
  local address port answer
  port="$(setting PORT "$1")"
  address="$(docker inspect --format '{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}' "$APP_NAME-$1" 2>/dev/null | grep --max-count=1 .)" || true
  if [[ -z "$address" ]]; then check failed "$2" "$1 has no address" && return 0; fi
  if answer="$(ask_until '2??' --header "Host: 127.0.0.1:$port" "http://$address:$port$3")"; then
    check ok "$2" "$answer at $3"
  else
    check failed "$2" "${answer:-no answer} at $3"
  fi
}

# As the service's own role, with the password that the service was given.
check_sign_in() {
  local service="$1" role database password status=0
  role="$(setting ROLE_OF "$service")"
  database="$(setting DATABASE_OF "$service")"
  password="$(password_of_service "$service")"
  if [[ -z "$password" ]]; then
    check failed "sign-in of $service" "its secrets are not there; see: journalctl -u $APP_NAME-secrets" && return 0
  fi
  role_signs_in "$role" "$database" <<<"$password" || status=$?
  if ((status == 0)); then
    check ok "sign-in of $service" "$role in $database"
  else
    check failed "sign-in of $service" "$role in $database: $SIGN_IN_PROBLEM"
  fi
}

check_cache() {
  local answer
  [[ " $DATA_SERVICES " == *" cache "* ]] || return 0
  # shellcheck disable=SC2016 # The words of the shell in the container.
  answer="$(timeout 30 docker exec "$APP_NAME-cache" sh -c 'exec "$(command -v valkey-cli || command -v redis-cli)" ping' 2>&1 | tail -n 1)" || true
  if [[ "$answer" == PONG ]]; then check ok cache PONG; else check failed cache "${answer:-no answer}"; fi
}

check_backup() {
  local age hours="$BACKUP_MAX_AGE_HOURS"
  if ! age="$(age_of last-backup)"; then
    check unknown backup "the data volume does not tell; see: journalctl -u $APP_NAME-data"
  elif [[ ! -e "$STATE_DIR/last-backup" ]] && ((age <= hours * 3600)); then
    check ok backup "none yet; the first is due within $hours h of the first start"
  elif ((age <= hours * 3600)); then
    check ok backup "verified $((age / 3600)) h $((age % 3600 / 60)) min ago"
  else
    check failed backup "nothing was verified for $((age / 3600)) h, and $hours h are allowed; see: journalctl -u $APP_NAME-backup"
  fi
}
