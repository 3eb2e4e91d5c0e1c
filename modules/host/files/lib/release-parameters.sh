# shellcheck shell=bash
# What is released, in AWS: one parameter per service. Sourced after images.sh. While more than one is written, a folder on
# the data volume says what they were: whoever finds it later puts them back.
# shellcheck disable=SC2154

readonly OPEN_DIR="$STATE_DIR/release-open"

# read_parameters <file>: the value of every service's parameter, also of one that was never released.
read_parameters() {
  local service value
  : >"$1"
  for service in $SERVICES; do
    value="$(released_in_aws "$service")" || fail "AWS does not tell which image of $service is released" "try again"
    image_line "$service" "$value" >>"$1"
  done
}

# write_parameter <service> <image, or nothing>: unless it says so already.
write_parameter() {
  local parameter wanted="${2:-$NOT_RELEASED}" now
  parameter="$(setting IMAGE_PARAMETER "$1")"
  now="$(released_in_aws "$1")" || return 1
  if [[ "$now" == "$wanted" ]]; then return 0; fi
  retry 3 5 on_aws ssm put-parameter --name "$parameter" --value "$wanted" --overwrite >/dev/null
}

# begin_writing <file with the parameters> <file with the images that run>: what to go back to.
begin_writing() {
  rm -rf -- "$OPEN_DIR.new" "$OPEN_DIR"
  mkdir -- "$OPEN_DIR.new"
  cp -- "$1" "$OPEN_DIR.new/parameters.env"
  cp -- "$2" "$OPEN_DIR.new/images.env"
  sync --file-system "$STATE_DIR"
  mv -T -- "$OPEN_DIR.new" "$OPEN_DIR"
  sync --file-system "$STATE_DIR"
}

# end_writing: by rename, so that nobody finds half of it. Fails when the folder is still there; that its rename may not outlive
# a power cut is said and no more.
end_writing() {
  rm -rf -- "$OPEN_DIR.done"
  mv -T -- "$OPEN_DIR" "$OPEN_DIR.done" || return 1
  sync --file-system "$STATE_DIR" || say "$STATE_DIR could not be written out: the next start may go back to the images before"
  rm -rf -- "$OPEN_DIR.done" || true
}

# undo_writing: puts back what a release that did not come to its end has written. Status 1: AWS or the disk does not take it
# yet; this host starts the images from before all the same.
undo_writing() {
  local service before
  [[ -d "$OPEN_DIR" ]] || return 0
  if [[ ! -e "$OPEN_DIR/parameters.env" || ! -e "$OPEN_DIR/images.env" ]]; then
    say "$OPEN_DIR is not whole and tells nothing; it is removed"
    rm -rf -- "$OPEN_DIR"
    return 0
  fi
  say "a release did not get to write all of what is released: back to what was"
  if ! images_put_back; then
    export TRIED_IMAGES="$OPEN_DIR/images.env"
    return 1
  fi
  for service in $SERVICES; do
    before="$(image_in "$OPEN_DIR/parameters.env" "$service")"
    # A service that the stack got later has none.
    if [[ -n "$before" ]] && ! write_parameter "$service" "$before"; then
      say "AWS does not take which image of $service is released; the next start of the app tries again"
      return 1
    fi
  done
  end_writing
}

# In a process of its own, which a full disk ends.
images_put_back() {
  (put_file "$OPEN_DIR/images.env" "$IMAGES_FILE") || cmp --quiet -- "$OPEN_DIR/images.env" "$IMAGES_FILE"
}
