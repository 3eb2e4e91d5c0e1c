#!/bin/bash
# Brings the host to the configuration in .incoming: files, packages, data volume, units, containers. Every step may run
# again; what has not changed is left alone, a running database above all. The loader calls it at the first boot,
# `bin/update --config` later. Ends with 0 when everything that is released runs, with 1 when a step failed.
. "$(dirname -- "$(readlink -f -- "$0")")/lib/common.sh"

readonly INCOMING="$APP_DIR/.incoming"
readonly UNIT_DIR="$HOST_ROOT/etc/systemd/system"

# Seconds that a release may take to its end, until this gives up.
readonly DEPLOY_WAIT=120

main() {
  trap report EXIT
  check_files
  with_lock --wait "$DEPLOY_WAIT" deploy change_host
  # From here on the host's own units bring it up at each boot; the loader's has done its part.
  [[ -e "$APP_DIR/.installed" ]] || : >"$APP_DIR/.installed"
  start_app
}

# Not under the hands of a release, which reads these files until its end. The start of the app takes the lock itself.
change_host() {
  install_files
  "$APP_DIR/libexec/packages"
  "$APP_DIR/libexec/swap"
  install_units
  start_host
}

report() {
  local status=$?
  if ((status == 0)); then
    say "done: $STACK_NAME is up; $APP_DIR/bin/status shows it"
  elif ((status == LOCKED)); then
    say "not done: somebody else is at work; when that is done, run: $APP_DIR/bin/update --config"
  else
    say "not done: see above; when the cause is gone, run: bash $APP_DIR/bootstrap.sh"
  fi
}

check_files() {
  if ! (cd -- "$INCOMING" && md5sum --check --strict --quiet files.md5) >&2; then
    fail "the files in $INCOMING do not belong together" "fetch them again: $APP_DIR/bin/update --config"
  fi
}

paths_of() { cut --characters=35- -- "$1" | sort; }

# The list itself comes last: it tells the next run what this one has installed.
install_files() {
  local path mode
  if [[ -e "$APP_DIR/files.md5" ]]; then
    comm -23 <(paths_of "$APP_DIR/files.md5") <(paths_of "$INCOMING/files.md5") | while read -r path; do
      rm -f -- "${APP_DIR:?}/$path"
    done
  fi
  while read -r path; do
    case "$path" in
      bin/* | libexec/* | bootstrap.sh) mode=0755 ;;
      *) mode=0644 ;;
    esac
    put_file "$INCOMING/$path" "$APP_DIR/$path" "$mode" || true
  done < <(paths_of "$INCOMING/files.md5")
  put_file "$INCOMING/files.md5" "$APP_DIR/files.md5" || true
  # Where people look for it first.
  ln --symbolic --force --no-dereference -- bin/update "$APP_DIR/update.sh"
  # Compose reads it by itself, so that what people type in this folder runs the released images.
  ln --symbolic --force --no-dereference -- "$(basename -- "$IMAGES_FILE")" "$APP_DIR/.env"
}

# Units of this app, by name below the folder of units.
units() { (cd -- "$APP_DIR/systemd" && find . -type f -printf '%P\n' | sort); }

install_units() {
  local unit changed=()
  remove_old_units
  while read -r unit; do
    if put_file "$APP_DIR/systemd/$unit" "$UNIT_DIR/$unit"; then changed+=("$unit"); fi
  done < <(units)
  if ((${#changed[@]} > 0)); then systemctl daemon-reload; fi
  units >"$APP_DIR/.units"
  enable_units
  restart_watchers "${changed[@]}"
}

remove_old_units() {
  local unit
  [[ -e "$APP_DIR/.units" ]] || return 0
  comm -23 "$APP_DIR/.units" <(units) | while read -r unit; do
    if [[ "$unit" != */* ]]; then systemctl disable --quiet --now "$unit" || true; fi
    rm -f -- "${UNIT_DIR:?}/$unit"
  done
}

enable_units() {
  local unit wanted=()
  while read -r unit; do
    if grep --quiet '^\[Install\]$' "$APP_DIR/systemd/$unit"; then wanted+=("$unit"); fi
  done < <(units)
  systemctl enable --quiet "${wanted[@]}"
}

# What runs all the time takes up a new text only when it starts again; the rest reads it at its next start.
restart_watchers() {
  local unit
  for unit in "$@"; do
    case "$unit" in
      *.timer | "$APP_NAME-spot.service") systemctl try-restart "$unit" ;;
      *) ;;
    esac
  done
}

# The data volume first: Docker does not start without it.
start_host() {
  if ! systemctl reload-or-restart "$APP_NAME-data.service"; then
    # Its installation has started it.
    systemctl stop docker.socket docker.service || true
    recent "$APP_NAME-data.service"
    fail "the data volume is not in place" "nothing was started; do what the lines above say"
  fi
  systemctl enable --quiet --now docker.service || fail "Docker does not start" "see: journalctl -u docker.service"
  systemctl start "$APP_NAME-containers.service"
}

# A running app is reloaded: Compose makes those containers anew whose description has changed, and no others.
start_app() {
  local status=0
  if systemctl is-active --quiet "$APP_NAME.service"; then
    systemctl start "$APP_NAME-secrets.service" "$APP_NAME-images.service" || status=$?
    systemctl reload "$APP_NAME.service" || status=$?
  else
    systemctl restart "$APP_NAME.service" || status=$?
  fi
  # Timers come last, also when the app is unwell: backups and metrics do not wait for it.
  start_timers
  if ((status != 0)); then
    recent "$APP_NAME-secrets.service" "$APP_NAME-images.service" "$APP_NAME.service"
    fail "not everything runs" "see $APP_DIR/bin/status; what can pass by itself is tried again every minute"
  fi
}

start_timers() {
  local unit
  while read -r unit; do
    case "$unit" in
      *.timer | "$APP_NAME-spot.service") systemctl start "$unit" || say "$unit does not start" ;;
      *) ;;
    esac
  done < <(units)
}

# The last lines of units' journals, for whoever reads the log of the first boot.
recent() {
  journalctl --no-pager --quiet --lines=20 --output=cat "${@/#/--unit=}" >&2 || true
}

with_lock --wait 600 config main
