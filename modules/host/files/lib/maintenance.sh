# shellcheck shell=bash
# The page that the proxy answers every request with while the app is closed. Sourced after common.sh. The page's file on the
# data volume is the switch: the proxy looks for it at each request, so nothing is reloaded, and it outlives releases,
# reboots and the host.
# shellcheck disable=SC2154

# What the proxy sees, read-only; the words are kept beside the page for whoever asks.
readonly MAINTENANCE_DIR="$DATA_DIR/maintenance"
readonly MAINTENANCE_PAGE="$MAINTENANCE_DIR/index.html" MAINTENANCE_TEXT="$MAINTENANCE_DIR/message"
readonly MAINTENANCE_DEFAULT="We will be back in a few minutes."
# Characters of a message.
readonly MAINTENANCE_LIMIT=500

# maintenance on|off|status [--message <text>] [--json]. Status 2: it was called wrongly.
maintenance() {
  local action="${1:-}" message="$MAINTENANCE_DEFAULT" json=no
  case "$action" in
    on | off | status) shift ;;
    *) say "maintenance is on, off or status, not \"$action\"" && return 2 ;;
  esac
  while (($# > 0)); do
    case "$1" in
      --json) json=yes ;;
      --message)
        if [[ "$action" != on || -z "${2:-}" ]]; then say "--message belongs to \"maintenance on\" and needs a text" && return 2; fi
        message="$2"
        shift
        ;;
      *) say "unknown option of maintenance: $1" && return 2 ;;
    esac
    shift
  done
  if [[ "$message" == *[[:cntrl:]]* ]] || ((${#message} > MAINTENANCE_LIMIT)); then
    say "--message is one line of at most $MAINTENANCE_LIMIT characters" && return 2
  fi
  if [[ "$PROXY" == none ]]; then fail "this stack runs no proxy that could show a page" "close the app where its requests come in"; fi
  mountpoint --quiet "$DATA_DIR" || fail "the data volume is not mounted at $DATA_DIR" "see: journalctl -u $APP_NAME-data"
  case "$action" in
    on) maintenance_on "$message" ;;
    off) maintenance_off ;;
    *) ;;
  esac
  maintenance_status "$json"
}

in_maintenance() { [[ -e "$MAINTENANCE_PAGE" ]]; }

# The page comes last and goes first: it alone decides.
maintenance_on() {
  local new="$RUN_DIR/maintenance.new"
  printf '%s\n' "$1" >"$new"
  put_file "$new" "$MAINTENANCE_TEXT" || true
  maintenance_page "$1" >"$new"
  put_file "$new" "$MAINTENANCE_PAGE" || true
  rm -f -- "$new"
}

maintenance_off() {
  rm -f -- "$MAINTENANCE_PAGE" || fail "$MAINTENANCE_PAGE could not be removed" "is the disk read-only? see: journalctl -u $APP_NAME-data"
  rm -f -- "$MAINTENANCE_TEXT"
}

# maintenance_page <text>: it needs nothing besides itself.
maintenance_page() {
  local text
  text="$(jq --null-input --raw-output --arg text "$1" '$text | @html')"
  cat <<PAGE
<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>$APP_NAME</title>
    <style>
      body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.25rem/1.6 system-ui, sans-serif; }
      p { max-width: 36rem; padding: 2rem; }
    </style>
  </head>
  <body>
    <p>$text</p>
  </body>
</html>
PAGE
}

# maintenance_status <yes|no for JSON>
maintenance_status() {
  local on=false message='' since=''
  if in_maintenance; then
    on=true
    message="$(cat -- "$MAINTENANCE_TEXT" 2>/dev/null || true)"
    since="$(date -u --reference="$MAINTENANCE_PAGE" +%Y-%m-%dT%H:%M:%SZ)"
  fi
  if [[ "$1" == yes ]]; then
    jq --null-input --argjson on "$on" --arg message "$message" --arg since "$since" \
      '{ maintenance: $on, message: $message, since: $since }'
  elif [[ "$on" == true ]]; then
    printf 'maintenance since %s: %s\n' "$since" "$message"
  else
    echo "no maintenance"
  fi
}
