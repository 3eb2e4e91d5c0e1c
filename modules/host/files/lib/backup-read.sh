# shellcheck shell=bash
# Sourced after backup.sh: finds backups in the bucket and checks them.

# What a backup's reason begins with when a restore made it of the databases that it replaces. Nobody asked for it, and what
# it holds may be the damage: it is restored only by its ID.
readonly SAFETY_REASON='before the restore of'

manifest() { python3 "$COMMON_ROOT/lib/manifest.py" "$@"; }

# get_manifest <version> <file>
get_manifest() {
  on_aws s3api get-object --bucket "$BUCKET" --key "$MANIFEST_KEY" --version-id "$1" "$2" >/dev/null
}

# is_readable <version> <file>: whether the file is a manifest; says which one is not.
is_readable() {
  local wrong
  if wrong="$(manifest check "$2")"; then return 0; fi
  say "version $1 of s3://$BUCKET/$MANIFEST_KEY is no manifest ($wrong), so it is passed over"
  return 1
}

is_safety_backup() { [[ "$(manifest field "$1" reason)" == "$SAFETY_REASON "* ]]; }

# newest_manifest <any, or asked for: without safety backups> <file>: the newest that can be read. An empty file when there
# is none. A bucket that does not answer ends the script: an older backup would not be the one that is meant.
newest_manifest() {
  local version versions
  versions="$(manifest_versions | cut -f 1)"
  for version in $versions; do
    get_manifest "$version" "$2"
    if ! is_readable "$version" "$2"; then continue; fi
    if [[ "$1" == any ]] || ! is_safety_backup "$2"; then return; fi
  done
  : >"$2"
}

# find_manifest <id, or nothing for the newest> <any, or asked for> <file>
find_manifest() {
  local id="$1" file="$3" version versions
  if [[ -z "$id" ]]; then
    newest_manifest "$2" "$file"
    if [[ ! -s "$file" ]]; then no_manifest; fi
  else
    versions="$(manifest_versions | cut -f 1)"
    for version in $versions; do
      get_manifest "$version" "$file"
      if is_readable "$version" "$file" && [[ "$(manifest field "$file" id)" == "$id" ]]; then break; fi
      rm -- "$file"
    done
    if [[ ! -e "$file" ]]; then fail "there is no backup $id" "see which there are: $APP_DIR/bin/backup list"; fi
  fi
  check_manifest "$file"
}

no_manifest() {
  local versions
  versions="$(manifest_versions)"
  if [[ -n "$versions" ]]; then
    fail "s3://$BUCKET/$BACKUP_PREFIX holds no backup but what restores made before they began" \
      "choose one of these with --id: $APP_DIR/bin/backup list"
  fi
  fail "there is no backup in s3://$BUCKET/$BACKUP_PREFIX yet" "make one: $APP_DIR/bin/backup now"
}

check_manifest() {
  local format stack major
  format="$(manifest field "$1" format)"
  stack="$(manifest field "$1" stack)"
  major="$(manifest field "$1" major)"
  if [[ "$format" != "$MANIFEST_FORMAT" ]]; then
    fail "the backup has format $format, and this host knows $MANIFEST_FORMAT" "update the host: $APP_DIR/bin/update --config"
  fi
  if [[ "$stack" != "$STACK_NAME" ]]; then fail "the backup belongs to $stack, not to $STACK_NAME" "take a backup of this stack"; fi
  if ((major > POSTGRES_MAJOR)); then
    fail "the backup comes from PostgreSQL $major, and this host runs $POSTGRES_MAJOR" "set database.major to $major or later"
  fi
}

list_backups() (
  folder="$(mktemp -d)"
  trap 'rm -rf -- "$folder"' EXIT
  manifest_versions >"$folder/versions"
  if [[ ! -s "$folder/versions" ]]; then
    printf 'There is no backup yet.\n'
    exit 0
  fi
  printf '%-17s  %-8s  %9s  %s\n' ID AGE SIZE DATABASES
  while IFS=$'\t' read -r version when; do
    get_manifest "$version" "$folder/manifest.json"
    if ! is_readable "$version" "$folder/manifest.json"; then continue; fi
    IFS=$'\t' read -r id bytes rows < <(manifest summary "$folder/manifest.json")
    printf '%-17s  %-8s  %9s  %s\n' "$id" "$(age_in_words "$(date -d "$when" +%s)")" "$(in_words "$bytes")" "$rows"
  done <"$folder/versions"
)

# Age of a moment in the two largest units.
age_in_words() {
  local age
  age="$(($(date +%s) - $1))"
  if ((age >= 172800)); then
    printf '%dd %dh\n' "$((age / 86400))" "$((age % 86400 / 3600))"
  elif ((age >= 3600)); then
    printf '%dh %dm\n' "$((age / 3600))" "$((age % 3600 / 60))"
  else
    printf '%dm\n' "$((age > 0 ? age / 60 : 0))"
  fi
}

# fetch_database <manifest> <database> <folder>: downloads, compares and decodes its dump to <folder>/<database>.dump.
fetch_database() {
  local key version bytes sum name
  while IFS=$'\t' read -r key version bytes sum name _; do
    if [[ "$name" != "$2" ]]; then continue; fi
    need_space "$bytes" "the download of $2"
    step "download $2"
    fetch_object "$key" "$version" "$3/$2.dump" "$bytes" "$sum"
    step "decode $2"
    decode "$3/$2.dump"
    return
  done <"$3/databases"
}

# fetch_globals <manifest> <folder>
fetch_globals() {
  local key version bytes sum
  IFS=$'\t' read -r key version bytes sum < <(manifest files "$1" globals)
  step "download the roles"
  fetch_object "$key" "$version" "$2/globals.sql" "$bytes" "$sum"
}

# verify_backup <id, or nothing for the newest>: every file is downloaded, compared and decoded.
verify_backup() {
  local folder="$STATE_DIR/verify" id database names
  require_database
  rm -rf -- "$folder"
  mkdir -m 0700 -- "$folder"
  # shellcheck disable=SC2064
  trap "rm -rf -- '$folder'" EXIT
  find_manifest "$1" any "$folder/manifest.json"
  id="$(manifest field "$folder/manifest.json" id)"
  manifest files "$folder/manifest.json" database >"$folder/databases"
  mapfile -t names < <(cut -f 5 "$folder/databases")
  for database in "${names[@]}"; do
    fetch_database "$folder/manifest.json" "$database" "$folder"
    rm -- "$folder/$database.dump"
  done
  fetch_globals "$folder/manifest.json" "$folder"
  printf 'Backup %s is whole: every file has the sha256 of its manifest and decodes.\n' "$id"
}
