# shellcheck shell=bash
# Takes up a new version of one secret while the app runs, or goes back to the value before. Sourced after common.sh,
# images.sh, deploy.sh, secrets.sh and roles.sh. WORK is a folder in memory that ends with the script; ROLE is the role whose
# password it is, RESTARTS are the services to restart, VERSION is the one in the store that counts, empty for any.
# shellcheck disable=SC2153,SC2154

# A service that dies right after its first answers is not well: looked at so often, with so many seconds between.
readonly ROTATION_LOOKS=3 ROTATION_LOOK_SECONDS=5
# What undo ends with when the value before does not work either.
readonly NOT_BACK=3

# database_of_role <role>: one that it may connect to.
database_of_role() {
  local database owner
  for database in $DATABASES; do
    owner="$(setting USER_OF "$database")"
    if [[ "${owner:-$DATABASE_USER}" == "$1" ]]; then printf '%s\n' "$database" && return 0; fi
  done
  printf 'postgres\n'
}

# The values that the app runs with, from its files to $WORK/values: other secrets stay what they are, whatever lies in
# their stores by now.
values_in_use() {
  local path variable name
  while IFS=$'\t' read -r path name; do
    if [[ -e "$path" ]]; then cp -- "$path" "$WORK/values/$name"; fi
  done < <(jq --raw-output '.files[] | [.path, .secret] | @tsv' "$PLAN")
  while IFS=$'\t' read -r path variable name; do
    if [[ -e "$path" && ! -e "$WORK/values/$name" ]]; then value_in "$path" "$variable" >"$WORK/values/$name"; fi
  done < <(jq --raw-output '.environments[] | .path as $path | .variables | to_entries[]
    | select((.value | length) == 1 and .value[0].secret and (.value[0].encode // "") == "")
    | [$path, .key, .value[0].secret] | @tsv' "$PLAN")
}

# prepare_rotation <secret>: everything that could fail before anything has changed. Leaves the value of now in $WORK/old,
# the new one in $WORK/new, the files of now in $WORK/before and those to come in $WORK/out.
prepare_rotation() {
  local name="$1" other
  doing "reading $name"
  [[ -d "$RUN_DIR/env" && -d "$RUN_DIR/secrets" ]] || fail "the secrets are not there" "see: journalctl -u $APP_NAME-secrets"
  mkdir -- "$WORK/values" "$WORK/out" "$WORK/before"
  cp --archive -- "$RUN_DIR/env" "$RUN_DIR/secrets" "$WORK/before/"
  values_in_use
  if [[ -e "$WORK/values/$name" ]]; then cp -- "$WORK/values/$name" "$WORK/old"; fi
  for other in $(jq --raw-output '.secrets | keys[]' "$PLAN"); do
    if [[ "$other" != "$name" && -e "$WORK/values/$other" ]]; then continue; fi
    read_value "$(of "$other" store)" "$other" || fail "$other has no value in its store" "give it one: tiers secrets set"
    if [[ "$other" == "$name" ]]; then jq --raw-output '.Parameter.Version // .VersionId' "$WORK/answer" >"$WORK/version"; fi
  done
  cp -- "$WORK/values/$name" "$WORK/new"
  require_version "$name"
  if [[ ! -s "$WORK/new" ]]; then fail "the new value of $name is empty" "store another one"; fi
  render
  if [[ -n "$ROLE" ]]; then require_passwords; fi
}

# Whoever asked has written one version; another one is somebody else's, who asks for it himself.
require_version() {
  local found
  if [[ -z "$VERSION" ]]; then return 0; fi
  found="$(cat -- "$WORK/version")"
  if [[ "$found" != "$VERSION" ]]; then
    fail "the store holds version $found of $1, not $VERSION: somebody else has written it meanwhile" "ask for the one that shall count"
  fi
}

# A password is one line; the one of now must be known, or there would be no way back; and the server must be there. What a
# killed run has left may have the new one already.
require_passwords() {
  local database
  database="$(database_of_role "$ROLE")"
  if (($(head --bytes=-1 -- "$WORK/new" | wc --lines) > 0)); then fail "the new password of $ROLE has more than one line" "store another one"; fi
  if [[ ! -s "$WORK/old" ]]; then fail "the password that $ROLE has now is not known" "start the app first: systemctl restart $APP_NAME"; fi
  role_signs_in "$ROLE" "$database" <"$WORK/old" || role_signs_in "$ROLE" "$database" <"$WORK/new" ||
    fail "$ROLE cannot sign in with the password of now: $SIGN_IN_PROBLEM" "see: $APP_DIR/bin/status"
}

# rotate: the role first, because a service that starts with the new password must be let in; then the services, one by one.
rotate() {
  : >"$WORK/changed"
  if [[ -n "$ROLE" ]]; then
    doing "giving $ROLE its new password"
    set_role_password "$ROLE" <"$WORK/new" || fail "PostgreSQL did not take it" "see: $APP_DIR/bin/logs $POSTGRES_CONTAINER"
    role_signs_in "$ROLE" "$(database_of_role "$ROLE")" <"$WORK/new" || fail "it does not sign in: $SIGN_IN_PROBLEM"
  fi
  doing "writing the files of the secrets"
  with_lock --wait 120 secrets publish_both
  restart_services "${RESTARTS[@]}"
  if [[ -n "$ROLE" ]]; then require_refusal; fi
}

publish_both() { publish secrets && publish env; }

# restart_services <services>: each gets well before the next one stops, and all stay so for a while.
restart_services() {
  local service look
  for service in "$@"; do
    doing "restarting $service"
    printf '%s\n' "$service" >>"$WORK/restarted"
    up "$SERVICES_WAIT" --no-deps --force-recreate "$service"
  done
  if (($# == 0)); then return 0; fi
  for ((look = 1; look <= ROTATION_LOOKS; look++)); do
    doing "watching $*"
    if [[ -n "$(unwell "$@" 2>&1)" ]]; then
      fail "$(unwell "$@" 2>&1 | paste --serial --delimiters=, | sed "s/$SCRIPT: //g")" "its log: $APP_DIR/bin/logs <service>"
    fi
    if ((look < ROTATION_LOOKS)); then sleep "$ROTATION_LOOK_SECONDS"; fi
  done
}

# A password that leaked is worth something until the server refuses it.
require_refusal() {
  local status=0
  if cmp --quiet -- "$WORK/old" "$WORK/new"; then return 0; fi
  doing "proving that the old password of $ROLE is refused"
  role_signs_in "$ROLE" "$(database_of_role "$ROLE")" <"$WORK/old" || status=$?
  case "$status" in
    "$PASSWORD_REFUSED") say "the old password of $ROLE is refused" ;;
    0) fail "it still signs in" "does the server ask for passwords at all?" ;;
    *) fail "the server did not say so: $SIGN_IN_PROBLEM" ;;
  esac
}

# undo_rotation: the value before everywhere, the role first again. Goes on after a failure and tells it in the end.
undo_rotation() {
  local service restarted=() status=0
  if [[ -n "$ROLE" ]]; then
    retry 5 3 old_password || { say "$ROLE could not be given its old password" && status="$NOT_BACK"; }
  fi
  rm -rf -- "$WORK/out"
  cp --archive -- "$WORK/before" "$WORK/out"
  (with_lock --wait 600 secrets publish_both) || status="$NOT_BACK"
  if [[ -e "$WORK/restarted" ]]; then mapfile -t restarted < <(sort --unique -- "$WORK/restarted"); fi
  for service in "${restarted[@]}"; do
    say "restarting $service with the value before"
    (up "$SERVICES_WAIT" --no-deps --force-recreate "$service") || status="$NOT_BACK"
  done
  return "$status"
}

old_password() { set_role_password "$ROLE" <"$WORK/old"; }

# doing <what>: said, and kept for whoever asks why it failed.
doing() {
  printf '%s\n' "$1" >"$WORK/doing"
  say "$1"
}
