# shellcheck shell=bash
# Sourced after bucket.sh by what publishes backups: everything goes to staging, is read back, and only then becomes a backup.
# BACKUP_DIR holds what is on its way.

# stage_file <id> <file> <name>: uploads, reads the whole object back, and removes the local file. STAGED_JSON describes
# what is in staging.
stage_file() {
  local key="$STAGING_PREFIX$1/$3" bytes sum version read
  step "upload $3"
  bytes="$(stat --format=%s -- "$2")"
  sum="$(sha256_of_file "$2")"
  version="$(upload "$2" "$key" "$bytes" "$sum")"
  step "read $3 back"
  read="$(sha256_of_object "$key" "$version")"
  if [[ "$read" != "$sum" ]]; then
    fail "s3://$BUCKET/$key came back with sha256 $read instead of $sum" "run the backup again"
  fi
  rm -- "$2"
  printf '%s\t%s\t%s\t%s\t%s\n' "$3" "$key" "$version" "$bytes" "$sum" >>"$BACKUP_DIR/staged"
  # The VersionId and key of the copy follow when it is published.
  STAGED_JSON="\"key\":\"$BACKUP_PREFIX$3\",\"versionId\":\"@$3@\",\"bytes\":$bytes,\"sha256\":\"$sum\""
}

# What is in staging, in words.
describe_staged() {
  local name bytes text=''
  while IFS=$'\t' read -r name _ _ bytes _; do
    text+="${text:+, }$name $(in_words "$bytes")"
  done <"$BACKUP_DIR/staged"
  printf '%s\n' "$text"
}

# publish_staged <more metadata, or nothing>: copies what was read back, then puts the manifest with the versions of the copies.
publish_staged() {
  local name key version bytes sum copied
  while IFS=$'\t' read -r name key version bytes sum; do
    step "publish $name"
    copied="$(copy_object "$key" "$version" "$BACKUP_PREFIX$name" "$bytes" "$sum")"
    check_object "$BACKUP_PREFIX$name" "$copied" "$bytes" "$sum" >/dev/null
    sed -i "s|@$name@|$copied|" "$BACKUP_DIR/manifest.json"
  done <"$BACKUP_DIR/staged"
  step "publish the manifest"
  if grep -q '"@' "$BACKUP_DIR/manifest.json"; then fail "the manifest names a file without a version" "this is a fault of the script"; fi
  retry 3 5 put_manifest "$1"
}

# put_manifest <more metadata, or nothing>
put_manifest() {
  local version sum
  sum="$(sha256_of_file "$BACKUP_DIR/manifest.json")"
  version="$(on_aws s3api put-object --bucket "$BUCKET" --key "$MANIFEST_KEY" --body "$BACKUP_DIR/manifest.json" \
    --content-type application/json --metadata "sha256=$sum${1:+,$1}" --query VersionId --output text)" || return
  [[ "$(sha256_of_object "$MANIFEST_KEY" "$version")" == "$sum" ]]
}
