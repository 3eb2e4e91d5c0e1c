# shellcheck shell=bash
# What became of a release, for people and programs, and the history of them on the data volume. Sourced after images.sh;
# RELEASE_* say which release it is, $WORK holds what is known of it.
# shellcheck disable=SC2154

readonly HISTORY="$STATE_DIR/releases.jsonl" HISTORY_KEPT=200
# Characters of a reason.
readonly REASON_LIMIT=600
# Bytes of an answer; Systems Manager keeps 24,000 characters of what a command prints.
readonly ANSWER_LIMIT=20000

# report <result> <reason> [<who holds the lock>]: one line of JSON.
report() {
  jq --null-input --compact-output --arg id "$RELEASE_ID" --arg action "$RELEASE_ACTION" --arg by "$RELEASE_BY" \
    --arg message "$RELEASE_MESSAGE" --arg startedAt "$RELEASE_STARTED" --arg result "$1" --arg reason "${2:0:REASON_LIMIT}" \
    --arg holder "${3:-}" --arg backup "$(known backup)" --arg jobs "$(known jobs)" --argjson seconds "$SECONDS" \
    --argjson images "$(images_before_and_after)" \
    '{ $id, $action, $by, $message, $startedAt, $seconds, $result, $reason, $images, $backup,
       jobs: ($jobs | split("\n")), $holder }'
}

known() { cat -- "$WORK/$1" 2>/dev/null || true; }

# By service. Nothing is known before the release has the lock.
images_before_and_after() {
  local service before after
  for service in $SERVICES; do
    before="$(image_in "$WORK/before.env" "$service")"
    after="$(image_in "$WORK/candidate.env" "$service")"
    if [[ -n "$before$after" ]]; then printf '%s %s %s\n' "$service" "${before:--}" "${after:--}"; fi
  done | jq --raw-input --null-input '
    [inputs | split(" ") | { key: .[0], value: { before: .[1], after: .[2] } | map_values(if . == "-" then "" else . end) }]
    | from_entries'
}

# remember_release <report>: where it outlives the host. Without the data volume there is no such place. Status 1: it could not
# be written, and the history is as it was.
remember_release() {
  [[ -d "$STATE_DIR" ]] || return 0
  {
    { [[ ! -e "$HISTORY" ]] || tail -n "$((HISTORY_KEPT - 1))" -- "$HISTORY"; } && printf '%s\n' "$1"
  } >"$HISTORY.new" || return 1
  mv -T -- "$HISTORY.new" "$HISTORY"
}

# history [<how many>]: as a list in JSON, the newest first.
history_json() {
  { tac -- "$HISTORY" 2>/dev/null || true; } | head -n "${1:-$HISTORY_KEPT}" | jq --slurp .
}

# history_answer <how many>: the same in one line, as many of the newest as Systems Manager brings over whole.
history_answer() {
  history_json "$1" | jq --compact-output --argjson limit "$ANSWER_LIMIT" '
    [foreach .[] as $one (2; . + ($one | tojson | utf8bytelength) + 1; select(. < $limit) | $one)]'
}

history_text() {
  history_json "$1" | jq --raw-output '
    if length == 0 then "nothing was released by this program yet" else
      .[] | "\(.startedAt)  \(.result)  \(.action) \(.id) by \(.by)\(if .message == "" then "" else ": \(.message)" end)",
        (.images | to_entries[] | select(.value.before != .value.after) | "  \(.key): \(.value.after)"),
        (if .reason == "" then empty else "  \(.reason)" end)
    end'
}

# report_text: the same as a report on standard input, for people.
report_text() {
  jq --raw-output '
    "\(.action) \(.id): \(.result) after \(.seconds) s\(if .reason == "" then "" else ": \(.reason)" end)",
    (.images | to_entries[] | "  \(.key): " +
      if .value.before == .value.after then "\(.value.after), as before" else
        "\(.value.before | if . == "" then "nothing" else . end) -> \(.value.after | if . == "" then "nothing" else . end)" end),
    (if .backup == "" then empty else "  backup: \(.backup)" end),
    (if .jobs == [] then empty else "  jobs: \(.jobs | join(", "))" end)'
}
