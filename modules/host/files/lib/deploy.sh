# shellcheck shell=bash
# Starts the app in its order: data, database script, jobs of a release, services, proxy. Sourced after common.sh, which
# gives the settings, images.sh and jobs.sh.
# shellcheck disable=SC2153,SC2154

# What a script ends with when the app itself is at fault and another try would change nothing.
readonly APP_FAILED=3
# An image's first health check may take minutes; a database that recovers after a power cut longer.
readonly DATA_WAIT=900 SERVICES_WAIT=900
# Of each try to pull an image: gigabytes over a slow line, but not for ever.
readonly PULL_SECONDS=1800

fail_app() {
  say "$1${2:+; $2}"
  exit "$APP_FAILED"
}

# deploy: everything that is released. Ends the script when a part does not start.
deploy() {
  local ready missing
  check_host
  put_markers
  missing="$(services_missing)"
  ready="$(services_ready)"
  if [[ -n "$missing" ]]; then say "left out until they are released: $missing"; fi
  pull_images "$ready"
  start_data
  run_deploy_jobs
  start_services "$ready"
  proxy_reload
}

check_host() {
  mountpoint --quiet "$DATA_DIR" || fail "the data volume is not mounted at $DATA_DIR" "see: journalctl -u $APP_NAME-data"
  docker version >/dev/null 2>&1 || fail "Docker does not answer" "see: journalctl -u docker"
  [[ -d "$RUN_DIR/env" && -d "$RUN_DIR/secrets" ]] || fail "the secrets are not there" "see: journalctl -u $APP_NAME-secrets"
  [[ "$(released_images)" != /dev/null ]] || fail "the released images are not known" "see: journalctl -u $APP_NAME-images"
  systemd-tmpfiles --create "$APP_DIR/tmpfiles.conf"
}

# A service is ready when it and everything that it needs is released.
is_ready() {
  local needed
  [[ -n "$(released "$1")" ]] || return 1
  for needed in $(setting NEEDS "$1"); do
    is_ready "$needed" || return 1
  done
}

services_ready() { select_services true; }
services_missing() { select_services false; }

# select_services <true|false>: in one line, those that are ready or those that are not.
select_services() {
  local service found=() ready
  for service in $SERVICES; do
    ready=false
    if is_ready "$service"; then ready=true; fi
    if [[ "$ready" == "$1" ]]; then found+=("$service"); fi
  done
  printf '%s\n' "${found[*]}"
}

# pull_images <services>: what is not here yet. Before anything is stopped, so that a registry that does not answer costs
# nothing. Images of a digest never change; one with a tag is taken as it was when it was pulled first.
pull_images() {
  local image images status
  images="$(compose config --images)" || fail "the configuration cannot be read by Compose" "see the lines above"
  for image in $images; do
    if docker image inspect "$image" >/dev/null 2>&1 || ! is_wanted "$image" "$1"; then continue; fi
    say "pulling $image"
    status=0
    retry 3 10 timeout --kill-after=10 "$PULL_SECONDS" docker pull --quiet "$image" >/dev/null || status=$?
    case "$status" in
      0) ;;
      124 | 137) fail "$image could not be pulled within $((PULL_SECONDS / 60)) minutes" "is its registry well? nothing was stopped" ;;
      *) fail "$image could not be pulled" "does it exist, and may this host read it? nothing was stopped" ;;
    esac
  done
}

# is_wanted <image> <services>: whether it belongs to one of these services, or to none because the stack brings it.
is_wanted() {
  local image="$1" service
  for service in $2; do
    if [[ "$(released "$service")" == "$image" ]]; then return 0; fi
  done
  for service in $SERVICES; do
    if [[ "$(released "$service")" == "$image" ]]; then return 1; fi
  done
  [[ "$image" != not-released.invalid/* ]]
}

# PostgreSQL and the cache, before any release: so backups run from the first day. The script that makes roles and
# databases is run by itself, because no service may need it yet; the services' own dependency on it runs it once more.
start_data() {
  local data
  read -r -a data <<<"$DATA_SERVICES"
  ((${#data[@]} > 0)) || return 0
  up "$DATA_WAIT" "${data[@]}"
  if [[ -n "$POSTGRES_CONTAINER" ]]; then
    compose_within 300 run --rm --no-deps -T db-init </dev/null ||
      fail_app "the database could not be brought to what the specification asks for" "the lines above say why"
  fi
}

# start_services <services>: with the proxy. What is unwell does not hold up what does not need it.
start_services() {
  local services
  remove_unreleased
  read -r -a services <<<"$1"
  if [[ "$PROXY" != none ]]; then
    [[ "$PROXY" != nginx ]] || "$APP_DIR/libexec/certificates" --first
    services+=(proxy)
  fi
  ((${#services[@]} > 0)) || return 0
  up "$SERVICES_WAIT" --remove-orphans "${services[@]}"
}

# What a release has started that was taken back, when there was no release of the service before.
remove_unreleased() {
  local service
  for service in $SERVICES; do
    if [[ -z "$(released "$service")" ]]; then docker rm --force "$APP_NAME-$service" >/dev/null 2>&1 || true; fi
  done
}

# up <seconds> [options] <services...>: until they are healthy, but not for ever.
up() {
  local seconds="$1" said status=0
  shift
  { said="$(compose_up "$seconds" "$@")" || status=$?; } 3>&2
  if ((status != 0)) && misses_check "$said"; then
    status=0
    wait_while_starting "$seconds" "$@"
  fi
  # Its status is not enough: an older Compose that runs out of time does not say so.
  if ((status != 0)) || [[ -n "$(unwell "$@" 2>&1)" ]]; then
    unwell "$@"
    fail_app "not every container runs" "its log: $APP_DIR/bin/logs <service>"
  fi
}

# compose_up <seconds> [options] <services...>: what it says goes to standard output and to file 3.
compose_up() {
  local seconds="$1"
  shift
  compose_within "$((seconds + 60))" --progress plain up --detach --wait --wait-timeout "$seconds" --quiet-pull "$@" \
    </dev/null 2>&1 | while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    printf '%s\n' "$line"
  done
}

# misses_check <what Compose said>: Compose 2 has started everything, but does not wait for a container whose image says
# HEALTHCHECK NONE, nor for the others then; Compose 5 takes one that runs.
misses_check() { grep --quiet --extended-regexp '^container [^ ]+ has no healthcheck configured$' <<<"$1"; }

# wait_while_starting <seconds> [options] <services...>: until each health check has said something.
wait_while_starting() {
  local end="$((SECONDS + $1))"
  shift
  while ((SECONDS < end)) && unwell "$@" 2>&1 | grep --quiet ' is running starting$'; do sleep 2; done
}

# Names the containers among these that are not up and healthy.
unwell() {
  local service state
  for service in "$@"; do
    [[ "$service" != --* ]] || continue
    state="$(state_of "$service")"
    case "$state" in
      running | "running healthy") ;;
      *) say "$service is ${state:-not there}" ;;
    esac
  done
}

# "running", "running healthy", "exited", "" and the like.
state_of() {
  docker inspect --format '{{.State.Status}}{{with .State.Health}} {{.Status}}{{end}}' "$APP_NAME-$1" 2>/dev/null || true
}

# A changed file that did not make a new container, such as another range of the CDN, is read in by a reload: connections
# stay. The mark names the container, so that one that started with the file already is left alone.
proxy_reload() {
  local mark file="$RUN_DIR/proxy.loaded" container="$APP_NAME-proxy" last=''
  [[ "$PROXY" != none ]] || return 0
  mark="$(docker inspect --format '{{.Id}} {{.State.StartedAt}}' "$container") $(cat -- "$APP_DIR/$PROXY"/* | md5sum | cut --characters=-32)"
  if [[ -e "$file" ]]; then last="$(<"$file")"; fi
  if [[ -n "$last" && "$mark" != "$last" && "${mark% *}" == "${last% *}" ]]; then
    say "the proxy takes up its new configuration"
    reload_proxy || fail_app "the proxy refuses its new configuration and goes on with the old one" "see: $APP_DIR/bin/logs proxy"
  fi
  printf '%s\n' "$mark" >"$file"
}

reload_proxy() {
  case "$PROXY" in
    caddy) docker exec "$APP_NAME-proxy" caddy reload --config /etc/caddy/Caddyfile --adapter caddyfile ;;
    *)
      docker exec "$APP_NAME-proxy" nginx -t -q -c /etc/nginx/app/nginx.conf &&
        docker kill --signal HUP "$APP_NAME-proxy" >/dev/null
      ;;
  esac
}
