# shellcheck shell=bash
# Jobs of the app, and which of them have done their part. Sourced after common.sh, which gives the settings, and images.sh.
# shellcheck disable=SC2153,SC2154

# The images that each job of a release has succeeded in, newest last: on the data volume, because that is what it changed.
readonly JOBS_DONE="$STATE_DIR/jobs-done" JOBS_KEPT=100
# A file per job that has succeeded once and runs no more.
readonly ONCE_DIR="$STATE_DIR/once"
# Containers of jobs carry them: the process that has started one, and who that was in words.
readonly STARTER_LABEL=tierstack.starter BY_LABEL=tierstack.by
# Handed on to children; a unit of systemd has its own.
: "${STARTER:=$$.$EPOCHSECONDS}" "${JOBS_BY:=$SCRIPT}"

# Once per image: so a reboot repeats none, and neither does a way back to an image that was here before.
run_deploy_jobs() {
  local job
  for job in $(deploy_jobs_due); do
    run_job "$job" ||
      fail_app "$job failed in $(job_image "$job")" "the services were left as they were; its output is above and in the log of $(setting SERVICE_OF "$job")"
    remember_job "$job"
  done
}

# Those of the released images that have not succeeded in them.
deploy_jobs_due() {
  local job image
  for job in $DEPLOY_JOBS; do
    image="$(job_image "$job")"
    if [[ -n "$image" ]] && ! grep --quiet --line-regexp --fixed-strings "$job $image" "$JOBS_DONE" 2>/dev/null; then
      printf '%s\n' "$job"
    fi
  done
}

job_image() { released "$(setting SERVICE_OF "$1")"; }

# remember_job <job>: that it has succeeded in its image.
remember_job() {
  {
    tail -n "$JOBS_KEPT" -- "$JOBS_DONE" 2>/dev/null || true
    printf '%s %s\n' "$1" "$(job_image "$1")"
  } >"$JOBS_DONE.new"
  mv -T -- "$JOBS_DONE.new" "$JOBS_DONE"
}

# run_job <job>: in a container of its own with a fixed name, so that none is left; the status of its command. One that runs
# already goes on, and this script ends as with a lock that is taken.
run_job() {
  local job="$1" name="$APP_NAME-$1" status=0
  claim_job "$job"
  say "running $job"
  # What has ended and was left; never one that runs.
  docker rm "$name" >/dev/null 2>&1 || true
  compose_within "$(setting SECONDS_OF "$job")" run --rm --no-deps -T --name "$name" --label "$STARTER_LABEL=$STARTER" \
    --label "$BY_LABEL=$JOBS_BY" "$job" </dev/null 9>&- || status=$?
  if ((status != 0)); then end_own_jobs; fi
  exec 9>&-
  return "$status"
}

# claim_job <job>: its own lock, whoever starts it and whatever other lock he holds. A container may outlive a starter that was
# killed, and with it the lock.
claim_job() {
  local by
  take_lock 0 "$1" "$JOBS_BY"
  case "$(state_of "$1")" in
    '' | created* | exited* | dead*) ;;
    *)
      by="$(docker inspect --format "{{index .Config.Labels \"$BY_LABEL\"}}" "$APP_NAME-$1" 2>/dev/null || true)"
      lock_taken "$1" "${by:-somebody}, in the container $APP_NAME-$1, which goes on although its starter was killed"
      ;;
  esac
}

# What this starter has begun and was not ended with it: a client that is killed leaves its container.
end_own_jobs() {
  docker ps --all --quiet --filter "label=$STARTER_LABEL=$STARTER" | xargs --no-run-if-empty docker rm --force >/dev/null 2>&1 || true
}

# Jobs that run after the services are well, at each release until they have succeeded, and never again.
run_once_jobs() {
  local job
  for job in $(once_jobs_due); do
    run_job "$job" ||
      fail_app "$job failed in $(job_image "$job")" "its output is above and in the log of $(setting SERVICE_OF "$job"); it runs again at the next release"
    remember_once "$job"
  done
}

once_jobs_due() {
  local job
  for job in $ONCE_JOBS; do
    if [[ -n "$(job_image "$job")" && ! -e "$ONCE_DIR/${job#job-}" ]]; then printf '%s\n' "$job"; fi
  done
}

# remember_once <job>: on the data volume, which a replaced host finds again; the marker is what people and programs look at.
remember_once() {
  mkdir -p -- "$ONCE_DIR"
  : >"$ONCE_DIR/${1#job-}"
  put_markers
}

put_markers() {
  local job
  for job in $ONCE_JOBS; do
    if [[ -e "$ONCE_DIR/${job#job-}" ]]; then : >"$APP_DIR/$(setting MARKER_OF "$job")"; fi
  done
}

# once_jobs_done: the names of those that have succeeded, also of jobs that the app has no more; one per line.
once_jobs_done() {
  if [[ -d "$ONCE_DIR" ]]; then find "$ONCE_DIR" -type f -printf '%f\n' | LC_ALL=C sort; fi
}

# set_once_jobs <file>: exactly those whose names it has have succeeded.
set_once_jobs() {
  local job
  rm -rf -- "$ONCE_DIR.new"
  mkdir -- "$ONCE_DIR.new"
  while read -r job; do : >"$ONCE_DIR.new/$job"; done <"$1"
  rm -rf -- "$ONCE_DIR"
  mv -T -- "$ONCE_DIR.new" "$ONCE_DIR"
  for job in $ONCE_JOBS; do
    if [[ ! -e "$ONCE_DIR/${job#job-}" ]]; then rm -f -- "$APP_DIR/$(setting MARKER_OF "$job")"; fi
  done
  put_markers
}
