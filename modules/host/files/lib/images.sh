# shellcheck shell=bash
# Released images: which one each service runs. Sourced after common.sh, which gives the settings.
# shellcheck disable=SC2034,SC2154

# What the parameter of a service says before anything was released.
readonly NOT_RELEASED=none
# The images that ran before the present ones, and those that were taken back: lines as in $IMAGES_FILE.
readonly PREVIOUS_FILE="$APP_DIR/images.previous.env"
readonly REFUSED_FILE="$APP_DIR/images.refused.env"
readonly LOGIN_SECONDS=60
# Of one question to AWS; and of all of them, after which what is not read counts as not told: the app waits for this at a boot.
readonly ASK_SECONDS=20 READ_SECONDS=60

# "my-api" as part of a variable's name: MY_API.
variable_part() {
  local name="${1^^}"
  printf '%s\n' "${name//-/_}"
}

# setting <prefix> <service or job>: such as NEEDS_MY_API; empty when there is none.
setting() {
  local name
  name="$1_$(variable_part "$2")"
  printf '%s\n' "${!name:-}"
}

# image_in <file> <service>
image_in() { sed -n "s/^IMAGE_$(variable_part "$2")='\(.*\)'\$/\1/p" "$1" 2>/dev/null || true; }

# image_line <service> <image>: as such files have it.
image_line() { printf "IMAGE_%s='%s'\n" "$(variable_part "$1")" "$2"; }

# released <service>: its image, or the one that a release under way tries; empty when there is none.
released() { image_in "$(released_images)" "$1"; }

# While AWS tells no image of a service the last known one counts; those services are in UNREAD.
write_images() {
  read_images "$REFUSED_FILE" "$IMAGES_FILE.new"
  if [[ ! -e "$IMAGES_FILE" && -n "$UNREAD" ]]; then
    rm -f -- "$IMAGES_FILE.new"
    fail "AWS does not tell the images of $UNREAD, and none are known here" "try again: systemctl start $APP_NAME-images"
  fi
  if [[ -n "$UNREAD" ]]; then say "AWS does not tell the images of $UNREAD: the last known ones count"; fi
  take_images
}

take_images() {
  chmod 0644 "$IMAGES_FILE.new"
  mv -T -- "$IMAGES_FILE.new" "$IMAGES_FILE"
  sign_in
}

# read_all_images <to>: what a person asks for: all that is released, also what was taken back on this host. Ends the script
# when AWS does not tell all of it.
read_all_images() {
  read_images /dev/null "$1"
  if [[ -n "$UNREAD" ]]; then fail "AWS does not tell what is released" "nothing was changed; try again"; fi
}

# read_images <file of refused images> <to>: sets UNREAD to the services of which AWS tells no image.
read_images() {
  local service image last refused end unread=()
  end="$(($(date +%s) + READ_SECONDS))"
  : >"$2"
  for service in $SERVICES; do
    last="$(released "$service")"
    refused="$(image_in "$1" "$service")"
    if (($(date +%s) >= end)) || ! image="$(released_in_aws "$service")"; then
      unread+=("$service")
      image="$last"
    elif [[ -n "$last" && "$image" != "$last" && "$image" == "$refused" ]]; then
      say "$service stays at $last: $image was taken back on this host"
      image="$last"
    fi
    case "$image" in
      '') ;;
      "$NOT_RELEASED") say "$service is left out: nothing has been released" ;;
      *) image_line "$service" "$image" >>"$2" ;;
    esac
  done
  UNREAD="${unread[*]}"
}

released_in_aws() {
  local parameter
  parameter="$(setting IMAGE_PARAMETER "$1")"
  retry 3 5 on_aws_within "$ASK_SECONDS" ssm get-parameter --name "$parameter" --query Parameter.Value --output text
}

# Signs in to each registry of ECR that an image comes from. Images that are here already need none, so a failure is said
# and no more.
sign_in() {
  local registry region
  install --directory --mode=0700 -- "$DOCKER_CONFIG"
  sed -n "s/^IMAGE_[A-Z0-9_]*='\([0-9]*\.dkr\.ecr\.[^/]*\)\/.*/\1/p" "$(released_images)" | sort --unique | while read -r registry; do
    region="${registry#*.dkr.ecr.}"
    region="${region%%.*}"
    if ! on_aws_within "$ASK_SECONDS" ecr get-login-password --region "$region" |
      timeout --kill-after=10 "$LOGIN_SECONDS" docker login --username AWS --password-stdin "$registry" >/dev/null 2>&1; then
      say "could not sign in to $registry: images that are not here yet cannot be pulled"
    fi
  done
}
