# shellcheck shell=bash
# Sourced after common.sh by what makes, checks and restores backups: the database, the space and the bucket.

# Names that this version writes into a manifest; a restore refuses a format that it does not know.
readonly MANIFEST_FORMAT=1
readonly MANIFEST_KEY="${BACKUP_PREFIX}manifest.json"
# Dumps on their way; emptied at the beginning of every run. On the data volume, because the root disk is small.
readonly BACKUP_DIR="$STATE_DIR/backup"
# What sessions of a backup are called inside the database.
readonly SESSION_NAME="$APP_NAME-backup"
# A host whose clock is further off than this writes wrong times into backups; S3 refuses requests from 15 minutes on.
readonly CLOCK_LIMIT_SECONDS=300
readonly MIB=1048576
# The container that decodes dumps; one per script, because a drill may run beside a backup.
readonly DECODER="$APP_NAME-decode-$$"
# User and group of PostgreSQL in its image.
readonly POSTGRES_IDS=999:999

# What is being done, for the message of a failure.
STEP='starting'
step() {
  STEP="$1"
  say "$1"
}

# Bytes in words: 1536 is "1.5KiB".
in_words() { numfmt --to=iec-i --suffix=B --format=%.1f "$1"; }

utc() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

require_database() {
  if [[ -z "$POSTGRES_CONTAINER" ]]; then
    fail "this stack runs no database of its own, so there is nothing to back up or restore here" \
      "look after the external database where it runs"
  fi
  if [[ ! -e "$STATE_DIR/volume" ]]; then
    fail "the data volume is not mounted at $DATA_DIR" "see: systemctl status $APP_NAME-data.service"
  fi
}

# in_postgres <command...>: inside the database's container, without a terminal, because one would damage a dump. The
# session keeps no time limit that somebody set for the app.
in_postgres() {
  compose exec -T -e "PGAPPNAME=$SESSION_NAME" \
    -e 'PGOPTIONS=-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c client_min_messages=warning' \
    "$POSTGRES_CONTAINER" "$@"
}

# sql <database> <query>: the rows without decoration, columns apart by "|".
sql() { in_postgres psql -XAtq -v ON_ERROR_STOP=1 -U postgres -d "$1" -c "$2" </dev/null; }

database_answers() { sql postgres 'SELECT 1' >/dev/null 2>&1; }

# An exec whose client was killed goes on in the container and holds its snapshot: end it.
end_old_sessions() {
  sql postgres "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = '$SESSION_NAME' AND pid <> pg_backend_pid()" >/dev/null
}

# Rows of every table of a database and its large objects, as one line of JSON. Tables of extensions are left out: the
# extension fills them, not the dump. Partitions count by themselves.
readonly COUNT_SQL="SELECT coalesce(jsonb_object_agg(format('%I.%I', n.nspname, c.relname), (xpath('/row/n/text()', query_to_xml(
    format('SELECT count(*) AS n FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::bigint), '{}')
  || jsonb_build_object('large objects', (SELECT count(*) FROM pg_largeobject_metadata))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');"

# pg_restore of a dump from standard input, without a server, in a container of its own.
read_dump() {
  docker run --rm --interactive --pull never --name "$DECODER" --network none --read-only --cap-drop ALL \
    --user "$POSTGRES_IDS" --memory 256m --entrypoint pg_restore "$POSTGRES_IMAGE" "$@"
}

stop_reading() { docker rm --force "$DECODER" >/dev/null 2>&1 || true; }

# decode <dump>: reads the whole archive. A dump that was cut off still lists its contents, so a list proves nothing.
decode() { read_dump --file=/dev/null <"$1"; }

# total_rows <database>: how many rows and large objects it holds.
total_rows() {
  sql "$1" "SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text((${COUNT_SQL%;}))"
}

free_bytes() { df --output=avail -B1 -- "$DATA_DIR" | tail -n 1 | tr -d ' '; }

# What no backup or drill may use up: the database stops when its volume is full.
reserved_bytes() {
  local size
  size="$(df --output=size -B1 -- "$DATA_DIR" | tail -n 1 | tr -d ' ')"
  printf '%s\n' "$((size / 20 + 64 * MIB))"
}

# usable_bytes: free space without the reserve; never negative.
usable_bytes() {
  local free reserve
  free="$(free_bytes)"
  reserve="$(reserved_bytes)"
  printf '%s\n' "$((free > reserve ? free - reserve : 0))"
}

# need_space <bytes> <what for>
need_space() {
  local usable reserve
  usable="$(usable_bytes)"
  reserve="$(reserved_bytes)"
  if ((usable < $1)); then
    fail "$2 needs $(in_words "$1") on the data volume, and $(in_words "$usable") may be used ($(in_words "$reserve") stay \
free for the database)" "raise the variable data_volume_gib and apply, or remove files below $DATA_DIR"
  fi
}

# Compares this host's clock with the Date of S3's answers.
check_clock() {
  local endpoint answer theirs off
  endpoint="${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-https://s3.$AWS_REGION.amazonaws.com}}"
  answer="$(curl --silent --show-error --head --max-time 20 "$endpoint" | tr -d '\r' | sed -n 's/^date: *//Ip' | tail -n 1)" \
    || fail "S3 cannot be reached at $endpoint" "check the way to the internet"
  theirs="$(date -d "${answer:?S3 sent no Date}" +%s)"
  off="$(($(date +%s) - theirs))"
  if ((${off#-} > CLOCK_LIMIT_SECONDS)); then
    fail "this host's clock is ${off#-} seconds $( ((off > 0)) && echo ahead of || echo behind) S3's, so a backup would carry \
a wrong time" "mend the clock: timedatectl status"
  fi
}

# --- the bucket ------------------------------------------------------------------------------------------------------

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
