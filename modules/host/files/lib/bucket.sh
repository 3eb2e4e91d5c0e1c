# shellcheck shell=bash
# Sourced after basics.sh by what puts backups into the bucket and reads them: BUCKET, BACKUP_PREFIX, STAGING_PREFIX.

# Names that this version writes into a manifest; a restore refuses a format that it does not know.
readonly MANIFEST_FORMAT=1
readonly MANIFEST_KEY="${BACKUP_PREFIX}manifest.json"
readonly MIB=1048576

# S3 copies at most 5 GiB in one request, more goes part by part.
COPY_LIMIT=$((5 * 1024 * MIB))
COPY_PART=$((1024 * MIB))

# upload <file> <key> <bytes> <sha256>: prints the VersionId.
upload() {
  local version
  on_aws s3 cp --only-show-errors --metadata "sha256=$4" "$1" "s3://$BUCKET/$2" >&2
  version="$(check_object "$2" '' "$3" "$4")"
  require_version "$version"
  printf '%s\n' "$version"
}

require_version() {
  case "$1" in
    '' | None | null) fail "the bucket $BUCKET keeps no versions" "apply the stack: its versioning was turned off" ;;
    *) ;;
  esac
}

# sha256_of_object <key> <version>: reads the whole object back.
sha256_of_object() {
  { on_aws s3api get-object --bucket "$BUCKET" --key "$1" --version-id "$2" /dev/fd/3 3>&1 >/dev/null; } |
    sha256sum | cut -d ' ' -f 1
}

sha256_of_file() { sha256sum -- "$1" | cut -d ' ' -f 1; }

# copy_object <key> <version> <new key> <bytes> <sha256>: copies exactly this version; prints the new VersionId.
copy_object() {
  local version
  if (($4 > COPY_LIMIT)); then
    version="$(copy_in_parts "$@")"
  else
    version="$(on_aws s3api copy-object --bucket "$BUCKET" --key "$3" --copy-source "$BUCKET/$1?versionId=$2" \
      --query VersionId --output text)"
  fi
  require_version "$version"
  printf '%s\n' "$version"
}

copy_in_parts() {
  local source="$BUCKET/$1?versionId=$2" key="$3" bytes="$4" upload etag parts='' number=0 start end
  upload="$(on_aws s3api create-multipart-upload --bucket "$BUCKET" --key "$key" --metadata "sha256=$5" \
    --query UploadId --output text)"
  for ((start = 0; start < bytes; start += COPY_PART)); do
    number=$((number + 1))
    end=$((start + COPY_PART < bytes ? start + COPY_PART : bytes))
    # The ETag comes in double quotes, as JSON wants it.
    etag="$(on_aws s3api upload-part-copy --bucket "$BUCKET" --key "$key" --upload-id "$upload" --part-number "$number" \
      --copy-source "$source" --copy-source-range "bytes=$start-$((end - 1))" --query CopyPartResult.ETag --output text)"
    parts+="${parts:+,}{\"PartNumber\":$number,\"ETag\":$etag}"
  done
  on_aws s3api complete-multipart-upload --bucket "$BUCKET" --key "$key" --upload-id "$upload" \
    --multipart-upload "{\"Parts\":[$parts]}" --query VersionId --output text
}

# check_object <key> <version, or nothing for the newest> <bytes> <sha256>: what S3 says about it; prints the VersionId.
check_object() {
  local found version
  found="$(on_aws s3api head-object --bucket "$BUCKET" --key "$1" ${2:+--version-id "$2"} \
    --query '[VersionId, ContentLength, Metadata.sha256]' --output text | tr '\t' ' ')"
  version="${found%% *}"
  if [[ "$found" != "$version $3 $4" ]]; then
    fail "s3://$BUCKET/$1 has version, size and sha256 \"$found\" instead of size and sha256 \"$3 $4\"" "run the backup again"
  fi
  printf '%s\n' "$version"
}

# fetch_object <key> <version> <file> <bytes> <sha256>: downloads and compares.
fetch_object() {
  local bytes sum
  on_aws s3api get-object --bucket "$BUCKET" --key "$1" --version-id "$2" "$3" >/dev/null
  bytes="$(stat --format=%s -- "$3")"
  sum="$(sha256_of_file "$3")"
  if [[ "$bytes $sum" != "$4 $5" ]]; then
    fail "s3://$BUCKET/$1 is damaged: size and sha256 are \"$bytes $sum\" instead of \"$4 $5\"" "use an older backup: backup list"
  fi
}

# VersionIds of all manifests, the newest first, with their times. The role cannot tell a missing object from a forbidden
# one, so nothing here asks for an object that may not be there.
manifest_versions() {
  on_aws s3api list-object-versions --bucket "$BUCKET" --prefix "$MANIFEST_KEY" \
    --query "Versions[?Key=='$MANIFEST_KEY'].[VersionId,LastModified]" --output text | sed '/^None$/d; /^$/d'
}
