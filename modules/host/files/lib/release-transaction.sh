# shellcheck shell=bash
# A release from its lock to its report. What is released is written last, when all is well; until then the host's own file
# of images stays as it is, and the new images stand in a file of the release alone. So whatever ends it early, what starts
# next is what ran before. Sourced after release.sh, release-parameters.sh and release-report.sh.
# shellcheck disable=SC2154

# Phases in their order. Until the first of STARTED_BY nothing that serves requests is touched.
readonly PHASES=(read pull backup jobs start watch smoke once) STARTED_BY=' start watch smoke once write '
# Lines of its log that a container which is not well shows.
readonly LAST_WORDS=15
# As the unit of the daily backup has it.
readonly BACKUP_SECONDS=21600

PHASE='' STATUS=0
# What a signal does: "stop" ends the phase, "note" is looked at between two steps, "ignore" is for the way back and the end.
SIGNALS=note STOPPED=no HEARD=no

# Ends the process, with a report.
transaction() {
  local phase
  [[ -e "$IMAGES_FILE" ]] || finish failed 1 "the released images are not known; see: journalctl -u $APP_NAME-images"
  if ! undo_writing; then finish failed 1 "an earlier release is not undone yet, because AWS does not take it; try again"; fi
  cp -- "$IMAGES_FILE" "$WORK/before.env"
  choose_images
  export TRIED_IMAGES="$WORK/candidate.env"
  SIGNALS=stop
  for phase in "${PHASES[@]}"; do
    if [[ "$STOPPED" == no ]] && ((STATUS == 0)); then run_phase "$phase"; fi
  done
  if [[ "$STOPPED" == no ]] && ((STATUS == 0)); then commit; fi
  give_up
}

# run_phase <name>: in a process of its own, because a signal is heard while that is waited for. Sets STATUS.
run_phase() {
  PHASE="$1"
  : >"$SAID"
  # Not in a condition: bash would go on after a failed step.
  set +e
  (
    set -e
    "phase_$1"
  ) &
  await "$!"
  set -e
}

# await <process>: its end, also when signals come meanwhile. Sets STATUS.
await() {
  while true; do
    HEARD=no
    wait "$1"
    STATUS=$?
    if [[ "$HEARD" == no ]]; then return; fi
  done
}

# The release has a session of its own: whatever a phase has started is in it.
heard() {
  HEARD=yes
  if [[ "$SIGNALS" == ignore || "$STOPPED" == yes ]]; then return; fi
  STOPPED=yes
  if [[ "$SIGNALS" == stop ]]; then pkill -TERM --session "$$" || true; fi
}

phase_read() {
  check_host
  read_parameters "$WORK/parameters.env"
}

phase_pull() {
  sign_in
  pull_images "$(services_ready)"
}

# What a job does to a database is not undone by the images from before. The database may not run yet: a host whose first
# images could not be pulled has started nothing.
phase_backup() {
  local jobs why='' status=0
  jobs="$(deploy_jobs_due)"
  if [[ -z "$POSTGRES_CONTAINER" || -z "$jobs" ]]; then return 0; fi
  if [[ "$RELEASE_BACKUP" == no ]]; then
    say "no backup before ${jobs//$'\n'/, }, as asked for"
    return 0
  fi
  start_data
  {
    timeout --kill-after=120 "$BACKUP_SECONDS" "$APP_DIR/bin/backup" now --reason "before release $RELEASE_ID" 2>&1 >&3 |
      tee -- "$WORK/backup-log" >&2
  } 3>"$WORK/backup-said" || status=$?
  case "$status" in
    0) ;;
    124 | 137) why="it took longer than $((BACKUP_SECONDS / 3600)) hours" ;;
    *) why="$(tail -n 1 -- "$WORK/backup-log")" ;;
  esac
  if ((status != 0)); then fail "no backup before ${jobs//$'\n'/, }: $why" "nothing was changed; without a backup: --no-backup"; fi
  sed -n 's/^Backup \([0-9TZ]*\) is published.*/\1/p' "$WORK/backup-said" | tr -d '\n' >"$WORK/backup"
}

phase_jobs() {
  deploy_jobs_due >"$WORK/jobs-due"
  start_data
  run_deploy_jobs
  ran "$WORK/jobs-due"
}

phase_start() {
  start_services "$(services_ready)"
  proxy_reload
}

phase_watch() { stay_well; }

phase_smoke() {
  local status=0
  "$APP_DIR/bin/smoke" --release --json >"$WORK/smoke" || status=$?
  case "$status" in
    0) ;;
    1) fail "the smoke test failed: $(smoke_says failed)" "see: $APP_DIR/bin/smoke" ;;
    3)
      has_checks "$WORK/smoke" || fail "the smoke test gave no answer" "see: $APP_DIR/bin/smoke"
      printf 'the smoke test could not tell: %s' "$(smoke_says unknown)" >"$WORK/untold"
      say "$(<"$WORK/untold")"
      ;;
    *) fail "the smoke test did not come to its end: status $status" "see: $APP_DIR/bin/smoke" ;;
  esac
}

has_checks() { jq --exit-status --slurp 'map(.checks | type) == ["array"]' "$1" >/dev/null 2>&1; }

# smoke_says <failed or unknown>: which checks, in one line.
smoke_says() {
  jq --raw-output --arg result "$1" '[.checks[] | select(.result == $result) | "\(.name): \(.detail)"] | join("; ")' \
    "$WORK/smoke" 2>/dev/null || echo "no answer"
}

phase_once() {
  once_jobs_due >"$WORK/jobs-due"
  run_once_jobs
  ran "$WORK/jobs-due"
}

# ran <file with jobs>: for the report.
ran() {
  { known jobs; sed 's/^job-//' "$1"; } | sed '/^$/d' >"$WORK/jobs.new"
  mv -- "$WORK/jobs.new" "$WORK/jobs"
}

# Ends the process when all is written. Between two parameters a signal counts; after the last one the release is made.
commit() {
  local service
  PHASE='write'
  SIGNALS=note
  : >"$SAID"
  begin_writing "$WORK/parameters.env" "$WORK/before.env"
  while read -r service; do
    if [[ "$STOPPED" == yes ]]; then return 0; fi
    if ! write_parameter "$service" "$(released "$service")"; then
      say "AWS does not take which image of $service is released"
      STATUS=1
      return 0
    fi
  done <"$WORK/services"
  if [[ "$STOPPED" == yes ]]; then return 0; fi
  SIGNALS=ignore
  take_as_released
}

# Ends the process. What ends it before end_writing takes the release back, and nothing after it does.
take_as_released() {
  local made
  made="$(report released "$(known untold)")"
  put_file "$WORK/candidate.env" "$IMAGES_FILE" || true
  end_writing
  printf '%s\n' "$made" >"$WORK/report"
  unset TRIED_IMAGES
  remember_release "$made" || say "the history of releases could not be written"
  (keep_previous "$WORK/before.env") || say "the images before could not be written down for a rollback"
  forget_refused || say "$REFUSED_FILE could not be written"
  (remove_old_images) || say "old images could not be removed"
  exit 0
}

# What is released now may have been taken back here earlier.
forget_refused() {
  local service
  [[ -e "$REFUSED_FILE" ]] || return 0
  while read -r service; do
    sed --in-place "/^IMAGE_$(variable_part "$service")=/d" "$REFUSED_FILE" || return 1
  done <"$WORK/services"
}

# What was begun is undone. Ends the process.
give_up() {
  local reason
  SIGNALS=ignore
  reason="$(why)"
  # A job that was cut short may still be at work.
  end_own_jobs
  case "$STARTED_BY" in
    *" $PHASE "*) way_back "$reason" ;;
    *)
      if [[ "$STOPPED" == yes ]]; then finish "taken back" 1 "$reason; the services were left as they were"; fi
      finish failed 1 "$reason"
      ;;
  esac
}

# Why it does not go on.
why() {
  if [[ "$STOPPED" == yes ]]; then
    printf 'stopped by a signal in the phase "%s"' "$PHASE"
  else
    last_said
  fi
}

# What the phase has said at its end, without what it was about to do.
last_said() { sed '/^\(pulling\|running\) /d' "$SAID" | tail -n 2 | awk '{ printf "%s%s", (NR > 1 ? "; " : ""), $0 }'; }

# way_back <reason>
way_back() {
  local reason="$1"
  show_last_words
  say "going back: $(changes "$WORK/before.env" | sed 's/ runs / does not stay at /g')"
  unset TRIED_IMAGES
  if ! undo_writing; then reason+="; what is released is written back at the next start of the app"; fi
  if is_stopping; then finish "taken back" 1 "$reason; the host is stopping, and starts the images before next time"; fi
  run_phase back
  if is_stopping; then finish "taken back" 1 "$reason; the host is stopping, and starts the images before next time"; fi
  if ((STATUS == 0)); then finish "taken back" 1 "$reason"; fi
  finish failed 3 "$reason; and the images before are not well: $(last_said)"
}

# What is started while the host stops would hold it up.
is_stopping() { [[ -e "$STOPPING" || "$(systemctl is-system-running 2>/dev/null || true)" == stopping ]]; }

phase_back() {
  deploy
  stay_well
}

# The containers that are not well are gone in a moment, and with them what they have written.
show_last_words() {
  local service
  for service in $(services_ready); do
    if [[ -n "$(unwell "$service" 2>&1)" ]]; then
      say "the last lines of $service:"
      docker logs --tail "$LAST_WORDS" "$APP_NAME-$service" >&2 2>&1 || true
    fi
  done
}

# finish <result> <exit status> <reason>
finish() {
  local made
  made="$(report "$1" "$3")"
  printf '%s\n' "$made" >"$WORK/report"
  if [[ "$1" != refused ]]; then remember_release "$made" || say "the history of releases could not be written"; fi
  exit "$2"
}
