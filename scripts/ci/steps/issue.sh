#!/usr/bin/env bash
# Keeps one issue open for as long as the deployed stack differs from the code. In: STACK, RESULT (same or changes), REPORT,
# GH_TOKEN, and what every run has: GITHUB_REPOSITORY, GITHUB_SERVER_URL, GITHUB_RUN_ID.

title="Drift: $STACK is not what the code says"
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
body=$(printf '%s\n\n[Run](%s)\n' "$REPORT" "$run")

issues="repos/$GITHUB_REPOSITORY/issues"
own=$(gh api --paginate "$issues?state=open&creator=github-actions%5Bbot%5D" \
  --jq ".[] | select(.title == \"$title\" and (has(\"pull_request\") | not)) | .number" | sed -n 1p)

if [[ $RESULT == changes && -n $own ]]; then
  gh api --silent --method PATCH "$issues/$own" --raw-field body="$body"
  echo "::warning title=Drift::Issue $own says what differs."
elif [[ $RESULT == changes ]]; then
  gh api --silent --method POST "$issues" --raw-field title="$title" --raw-field body="$body"
  echo "::warning title=Drift::A new issue says what differs."
elif [[ -n $own ]]; then
  gh api --silent --method PATCH "$issues/$own" --raw-field state=closed --raw-field state_reason=completed
  echo "Issue $own is closed: nothing differs any more."
fi
