# shellcheck shell=bash
# Changes what runs, and changes it back when it is not well. Sourced after common.sh, images.sh and deploy.sh.
# shellcheck disable=SC2153,SC2154

# A service that dies right after its first answers is not healthy: looked at so often, with so many seconds between.
readonly LOOKS=4 LOOK_SECONDS=5

# release_or_return <file with the images before> <file with the images to run>: these become the host's own when they are well.
# Whatever ends it earlier leaves the images before, which the next start takes up.
release_or_return() {
  local before="$1"
  export TRIED_IMAGES="$2"
  sign_in
  try_deploy run_once_jobs
  # The first images are kept also when they are not well: there is nothing else that could run.
  if ((DEPLOYED == 0)) || [[ ! -s "$before" ]]; then take_tried; fi
  if ((DEPLOYED == 0)); then
    keep_previous "$before"
    say "done: $(changes "$before")"
    return 0
  fi
  if [[ ! -s "$before" ]]; then
    fail "the first release is not well, and there is nothing to go back to" "see: $APP_DIR/bin/status"
  fi
  if cmp --quiet -- "$before" "$TRIED_IMAGES"; then
    fail "the app is not well, and going back would change nothing: the images are the same" "see: $APP_DIR/bin/status"
  fi
  go_back "$before"
}

take_tried() {
  put_file "$TRIED_IMAGES" "$IMAGES_FILE" || true
  rm -f -- "$REFUSED_FILE"
  unset TRIED_IMAGES
}

# try_deploy [<further step>]: sets DEPLOYED to the status. Not in a condition: bash would go on after a failed step.
try_deploy() {
  set +e
  (
    set -e
    deploy
    stay_well
    "$@"
  )
  DEPLOYED=$?
  set -e
}

# All services and the proxy, for a while.
stay_well() {
  local look services
  read -r -a services <<<"$(services_ready)"
  run_their_images "${services[@]}" || return 1
  if [[ "$PROXY" != none ]]; then services+=(proxy); fi
  for ((look = 1; look <= LOOKS; look++)); do
    if [[ -n "$(unwell "${services[@]}" 2>&1)" ]]; then
      unwell "${services[@]}"
      return 1
    fi
    if ((look < LOOKS)); then sleep "$LOOK_SECONDS"; fi
  done
}

# run_their_images <services>: names those whose container is of another image than the one that is asked for.
run_their_images() {
  local service runs status=0
  for service in "$@"; do
    runs="$(docker inspect --format '{{.Config.Image}}' "$APP_NAME-$service" 2>/dev/null || true)"
    if [[ "$runs" != "$(released "$service")" ]]; then
      say "$service runs ${runs:-nothing} in place of $(released "$service")"
      status=1
    fi
  done
  return "$status"
}

# A unit that failed at boot would stay failed although all of the app runs. Not under the lock "deploy", which its start
# takes; it finds everything in place.
start_unit() {
  if systemctl is-active --quiet "$APP_NAME.service"; then return 0; fi
  systemctl reset-failed "$APP_NAME.service" 2>/dev/null || true
  systemctl start --no-block "$APP_NAME.service" || say "$APP_NAME.service does not start: journalctl -u $APP_NAME"
}

# Images of the services' own repositories that neither run nor can be asked back. Docker itself keeps what a container
# uses; that an image stays is no failure.
remove_old_images() {
  local kept repository id
  kept="$(kept_images)" || return 0
  for repository in $(services_images | sed 's/@.*//; s/:[^:/]*$//' | sort --unique); do
    for id in $(docker image ls --no-trunc --format '{{.ID}}' "$repository" | sort --unique); do
      if ! grep --quiet --line-regexp --fixed-strings -- "$id" <<<"$kept"; then docker image rm "$id" >/dev/null 2>&1 || true; fi
    done
  done
}

# Of now and of before the last release.
services_images() { sed -n "s/^IMAGE_[A-Z0-9_]*='\(.*\)'\$/\1/p" "$IMAGES_FILE" "$PREVIOUS_FILE" 2>/dev/null || true; }

# The ids of all images that may be needed. Fails when one of the present ones is not known.
kept_images() {
  local image images
  images="$(compose config --images)" || return 1
  for image in $images; do docker image inspect --format '{{.Id}}' "$image" 2>/dev/null || return 1; done
  for image in $(services_images); do docker image inspect --format '{{.Id}}' "$image" 2>/dev/null || true; done
}

# What was before can be asked back by `rollback`, unless nothing has changed.
keep_previous() {
  if [[ -s "$1" ]] && ! cmp --quiet -- "$1" "$IMAGES_FILE"; then put_file "$1" "$PREVIOUS_FILE" || true; fi
}

# changes <file with the images before>: in words.
changes() {
  local service old new found=()
  for service in $SERVICES; do
    old="$(image_in "$1" "$service")"
    new="$(released "$service")"
    if [[ "$old" != "$new" ]]; then found+=("$service runs ${new:-nothing}"); fi
  done
  if ((${#found[@]} == 0)); then found=("nothing has changed"); fi
  (
    IFS=,
    printf '%s\n' "${found[*]}"
  )
}

# go_back <file>: runs these images again and remembers the others, so that a reboot does not take them up.
go_back() {
  say "going back: $(changes "$1" | sed 's/ runs / did not run well as /g')"
  (put_file "$TRIED_IMAGES" "$REFUSED_FILE") || cmp --quiet -- "$TRIED_IMAGES" "$REFUSED_FILE" ||
    say "a reboot takes these images up again"
  unset TRIED_IMAGES
  try_deploy
  if ((DEPLOYED == 0)); then
    fail "the release was taken back; the images before run again" "release a better one, then run: $APP_DIR/bin/update"
  fi
  fail "the release was taken back, but the images before are not well either" "see: $APP_DIR/bin/status"
}
