#!/usr/bin/env bash
# Keeps one issue open for as long as the deployed stack differs from the code, or nobody can tell. In: STACK, RESULT (same or
# changes; anything else says that the comparison did not come to an end), REPORT, GH_TOKEN, and what every run has:
# GITHUB_REPOSITORY, GITHUB_SERVER_URL, GITHUB_RUN_ID.

title="Drift check of $STACK needs a look"
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
case $RESULT in
  same | changes) says="says what differs" ;;
  *)
    says="says that the comparison could not run"
    REPORT="**Whether the stack is what the code says is not known: the comparison did not come to an end.** $REPORT"
    ;;
esac
body=$(printf '%s\n\n[Run](%s)\n' "$REPORT" "$run")

issues="repos/$GITHUB_REPOSITORY/issues"
own=$(gh api --paginate "$issues?state=open&creator=github-actions%5Bbot%5D" \
  --jq ".[] | select(.title == \"$title\" and (has(\"pull_request\") | not)) | .number" | sed -n 1p)

if [[ $RESULT == same && -n $own ]]; then
  gh api --silent --method PATCH "$issues/$own" --raw-field state=closed --raw-field state_reason=completed
  echo "Issue $own is closed: nothing differs any more."
elif [[ $RESULT == same ]]; then
  echo "Nothing differs."
elif [[ -n $own ]]; then
  gh api --silent --method PATCH "$issues/$own" --raw-field body="$body"
  echo "::warning title=Drift::Issue $own $says."
else
  gh api --silent --method POST "$issues" --raw-field title="$title" --raw-field body="$body"
  echo "::warning title=Drift::A new issue $says."
fi
