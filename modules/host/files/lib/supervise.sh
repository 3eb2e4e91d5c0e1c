# shellcheck shell=bash
# Work in a process of its own: because it must come to its own end, or because it must end at once. Sourced after common.sh.

# Set by attempt and interrupted.
# shellcheck disable=SC2034 # For whoever sources this file.
ATTEMPT=0 WORKER='' INTERRUPTED=no
# Bytes of what is written down: the beginning, and the last of it. A job may write without an end, and the log lies in memory.
readonly LOG_BEGINNING=524288 LOG_END=65536

# supervised <log> <command...>: in a session of its own, so that what ends this script (the end of a connection, or of a
# command of Systems Manager) leaves it alone; a signal that asks this script to stop is handed on. Its output goes to the
# file, which is shown meanwhile. Its status.
supervised() {
  local log="$1" status reader
  shift
  : >"$log"
  setsid -- "$@" >>"$log" 2>&1 &
  SUPERVISED=$!
  trap 'HEARD=yes; kill -TERM "$SUPERVISED" 2>/dev/null || true' TERM INT HUP
  tail --follow --lines=+1 --sleep-interval=0.2 --pid="$SUPERVISED" -- "$log" >&2 &
  reader=$!
  # Again after each signal.
  while true; do
    HEARD=no status=0
    wait "$SUPERVISED" || status=$?
    if [[ "$HEARD" == no ]]; then break; fi
  done
  wait "$reader" || true
  return "$status"
}

# limit_log: everything that is said from here on goes through a process that a signal does not end.
limit_log() {
  exec > >(
    trap '' TERM HUP INT
    stdbuf --output=0 head --bytes="$LOG_BEGINNING"
    exec tail --bytes="$LOG_END"
  ) 2>&1
  LOG_WRITER=$!
  trap end_log EXIT
}

# What a phase has left behind may still write; it is not waited for.
# shellcheck disable=SC2329 # By the trap.
end_log() {
  exec >/dev/null 2>&1
  timeout 5 tail --follow --sleep-interval=0.1 --pid="$LOG_WRITER" /dev/null || true
}

# attempt <command...>: in a child that does not hold this script's lock, so that a signal finds this process waiting. Its
# status is in ATTEMPT.
attempt() {
  # Not in a condition: bash would go on after a failed step.
  set +e
  (
    set -e
    "$@"
  ) 9>&- &
  WORKER=$!
  wait "$WORKER"
  # shellcheck disable=SC2034
  ATTEMPT=$?
  set -e
}

# For a trap: ends the child with all that it has started.
# shellcheck disable=SC2034
interrupted() {
  INTERRUPTED=yes
  if [[ -n "$WORKER" ]]; then
    end_tree "$WORKER"
    wait "$WORKER" 2>/dev/null || true
  fi
}

end_tree() {
  local child
  for child in $(pgrep --parent "$1" || true); do end_tree "$child"; done
  kill -TERM "$1" 2>/dev/null || true
}
