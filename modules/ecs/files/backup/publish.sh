#!/bin/bash
# Second container of the backup's task, in the image of the AWS CLI: uploads what the first one dumped, reads it back, and
# publishes it with its manifest. Whatever fails before the manifest, the newest backup is still the one from before.
set -euo pipefail
# A failure inside "$(...)" counts there too.
shopt -s inherit_errexit
readonly SCRIPT=publish
: "${WORK:?}" "${STACK_NAME:?}" "${BUCKET:?}" "${BACKUP_PREFIX:?}" "${STAGING_PREFIX:?}" "${METRIC_NAMESPACE:?}"
: "${ACCEPT_SMALLER:?}"
readonly BACKUP_DIR="$WORK"
export AWS_PAGER='' AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-3}"
# shellcheck source=../../../host/files/lib/basics.sh
. "$LIB/basics.sh"
# shellcheck source=../../../host/files/lib/bucket.sh
. "$LIB/bucket.sh"
# shellcheck source=../../../host/files/lib/publish.sh
. "$LIB/publish.sh"

# A dump that shrank below half of the last one, by more than this, is suspicious.
readonly SMALLER_BY=$MIB

main() {
  local id started name bytes sum rows sizes=''
  trap 'ended "$?"' EXIT
  IFS=$'\t' read -r id started <"$BACKUP_DIR/run"
  step "compare with the last backup"
  LAST="$(last_sizes)"
  while IFS=$'\t' read -r name bytes sum rows; do
    check_whole "$name" "$bytes" "$sum"
    if [[ "$name" != *.dump ]]; then continue; fi
    check_shrunk "${name%.dump}" "$bytes" "$rows"
    sizes+="${sizes:+/}${name%.dump}:$bytes:$rows"
  done <"$BACKUP_DIR/dumped"
  while IFS=$'\t' read -r name _; do stage_file "$id" "$BACKUP_DIR/$name" "$name"; done <"$BACKUP_DIR/dumped"
  sed -i "s|@finished@|$(utc "$(date +%s)")|" "$BACKUP_DIR/manifest.json"
  publish_staged "dumps=$sizes"
  STEP=''
  retry 3 5 put_metric BackupAgeSeconds "$(($(date +%s) - started))" Seconds ||
    say "the backup is published, its metric was not: the alarm on its age will ring though there is one"
  printf 'Backup %s is published: %s, in %s s.\n' "$id" "$(describe_staged)" "$(($(date +%s) - started))"
}

ended() {
  if (($1 != 0)) && [[ -n "$STEP" ]]; then
    say "the backup failed at: $STEP. Nothing was published; older backups are as they were"
  fi
}

# check_whole <name> <bytes> <sha256>: what the first container wrote is what lies there.
check_whole() {
  local found
  found="$(stat --format=%s -- "$BACKUP_DIR/$1") $(sha256_of_file "$BACKUP_DIR/$1")"
  if [[ "$found" != "$2 $3" ]]; then
    fail "$1 has size and sha256 \"$found\" instead of \"$2 $3\"" "the task's disk is damaged: run the backup again"
  fi
}

# The sizes of the newest backup's dumps as its manifest's metadata has them: database:bytes:rows, one after the other. This
# image has nothing that reads JSON. Nothing when there is no backup yet.
last_sizes() {
  local versions newest sizes
  versions="$(manifest_versions | cut -f 1)"
  newest="${versions%%$'\n'*}"
  if [[ -z "$newest" ]]; then
    say "this is the first backup"
    return
  fi
  sizes="$(on_aws s3api head-object --bucket "$BUCKET" --key "$MANIFEST_KEY" --version-id "$newest" \
    --query Metadata.dumps --output text)"
  if [[ "$sizes" == None ]]; then
    say "the last backup tells no sizes, so nothing is compared with it"
    return
  fi
  printf '%s\n' "${sizes//\// }"
}

# check_shrunk <database> <bytes> <rows>: below half of the last dump, or empty after it held rows: that may be lost data.
check_shrunk() {
  local one database last last_rows what=''
  for one in $LAST; do
    IFS=: read -r database last last_rows <<<"$one"
    if [[ "$database" != "$1" ]]; then continue; fi
    if (($3 == 0 && last_rows > 0)); then
      what="the database $1 holds no row any more, the last backup held $last_rows"
    elif (($2 * 2 < last && last - $2 > SMALLER_BY)); then
      what="the dump of $1 shrank from $(in_words "$last") to $(in_words "$2")"
    fi
  done
  if [[ -z "$what" ]]; then return; fi
  if [[ "$ACCEPT_SMALLER" != yes ]]; then
    fail "$what; that may be lost data" "if it is right, run: tiers backup now --accept-smaller"
  fi
  say "$what, which was accepted"
}

main
