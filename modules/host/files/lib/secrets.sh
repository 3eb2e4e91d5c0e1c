# shellcheck shell=bash
# Values of the app's secrets: read from their stores, written to files in memory. Sourced after common.sh. Whoever uses it
# sets WORK to a folder in memory that is root's alone: values lie in $WORK/values, files as they shall be in $WORK/out.
# shellcheck disable=SC2153,SC2154

readonly PLAN="$APP_DIR/secrets.json"

# of <name> <field>
of() { jq --raw-output --arg name "$1" --arg field "$2" '.secrets[$name][$field]' "$PLAN"; }

# Status 1: there is no value. Every other failure ends the script, after a few tries.
read_value() {
  local store="$1" name="$2" try
  for try in 1 2 3 4 5; do
    if "read_$store" "$(of "$name" id)" >"$WORK/answer" 2>"$WORK/problem"; then
      jq --exit-status --join-output "$(value_path "$store")" "$WORK/answer" >"$WORK/values/$name" ||
        fail "$name in $store is no text" "store it again as a text; then run: systemctl restart $APP_NAME"
      return 0
    fi
    if grep --quiet --extended-regexp '\((ParameterNotFound|ResourceNotFoundException)\)' "$WORK/problem"; then return 1; fi
    if ((try < 5)); then sleep 5; fi
  done
  fail "$name could not be read from $store: $(tail -n 1 -- "$WORK/problem")" \
    "files of an earlier run stay as they were; try again: systemctl start $APP_NAME-secrets"
}

read_ssm() { on_aws ssm get-parameter --with-decryption --name "$1"; }
read_secrets-manager() { on_aws secretsmanager get-secret-value --secret-id "$1"; }

value_path() {
  case "$1" in
    ssm) echo .Parameter.Value ;;
    *) echo .SecretString ;;
  esac
}

# The files as they shall be, below $WORK/out. A line feed at the end of a value comes from the file that it was given by.
render() {
  local arguments=() value path count index
  for value in "$WORK"/values/*; do
    [[ -e "$value" ]] && arguments+=(--rawfile "$(basename -- "$value")" "$value")
  done
  check_values "${arguments[@]}"
  mkdir -- "$WORK/out/secrets" "$WORK/out/env"
  count="$(jq '.files | length' "$PLAN")"
  for ((index = 0; index < count; index++)); do
    path="$WORK/out/secrets/$(basename -- "$(jq --raw-output ".files[$index].path" "$PLAN")")"
    jq --join-output "${arguments[@]}" ".files[$index] | \$ARGS.named[.secret] | rtrimstr(\"\n\")" "$PLAN" >"$path"
    chown "$(jq --raw-output ".files[$index].owner" "$PLAN")" "$path"
  done
  count="$(jq '.environments | length' "$PLAN")"
  for ((index = 0; index < count; index++)); do
    path="$WORK/out/env/$(basename -- "$(jq --raw-output ".environments[$index].path" "$PLAN")")"
    environment "$index" "${arguments[@]}" >"$path"
  done
  find "$WORK/out" -type f -exec chmod 0400 {} +
}

# One line NAME='value' per variable, as Compose reads it.
environment() {
  local index="$1"
  shift
  jq --raw-output "$@" ".environments[$index].variables"' | to_entries[]
    | (.value | map(
        if has("text") then .text
        else ($ARGS.named[.secret] | rtrimstr("\n")) as $value | if .encode == "url" then ($value | @uri) else $value end
        end) | add) as $value
    | .key + "=\u0027" + ($value | gsub("\u0027"; "\\\u0027")) + "\u0027"' "$PLAN"
}

# What such a line cannot carry is refused, by name. Percent-encoded parts can carry everything.
check_values() {
  local bad
  bad="$(jq --raw-output "$@" '[.environments[].variables[][] | select(has("secret") and .encode != "url") | .secret]
    | unique[] | select($ARGS.named[.] | rtrimstr("\n") | test("\n|\r|\u0000|\\\\$|\\\\\u0027"))' "$PLAN")"
  [[ -z "$bad" ]] && return 0
  fail "the value of ${bad//$'\n'/, } cannot be handed to a container: it has a line break, a backslash before a single quote, or one at its end" \
    "no file was changed; store another value, for example in base64"
}

# publish <folder>: file by file, by rename; what is the same stays, what is no longer asked for goes.
publish() {
  local folder="$RUN_DIR/$1" file name
  # Its callers may ask for its status, which turns errexit off.
  install --directory --mode=0700 -- "$folder" || return 1
  for file in "$WORK/out/$1"/*; do
    [[ -e "$file" ]] || continue
    name="$(basename -- "$file")"
    if cmp --quiet -- "$file" "$folder/$name" && [[ "$(stat --format=%u:%g:%a -- "$file")" == "$(stat --format=%u:%g:%a -- "$folder/$name")" ]]; then
      continue
    fi
    mv -T -- "$file" "$folder/$name" || return 1
    touch -- "$WORK/out/$1/$name"
  done
  for file in "$folder"/*; do
    [[ -e "$file" && ! -e "$WORK/out/$1/$(basename -- "$file")" ]] && rm -f -- "$file"
  done
  return 0
}
