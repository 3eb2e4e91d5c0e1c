#!/usr/bin/env bash
# Writes the plan into one comment of the pull request, the same one each time. In: STACK, NUMBER, REPORT, GH_TOKEN, and
# what every run has: GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_SERVER_URL, GITHUB_RUN_ID.

mark="<!-- tiers ci: plan of $STACK -->"
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
body=$(printf '%s\n### Plan of %s\n\n%s\n\n[Run](%s)\n' "$mark" "$STACK" "$REPORT" "$run")

comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
# Anybody may write the mark into a comment; only this bot's own is rewritten.
own=$(gh api --paginate "$comments" \
  --jq ".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$mark\"))) | .id" | sed -n 1p)
if [[ -n $own ]]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$own" --raw-field body="$body"
else
  gh api --silent --method POST "$comments" --raw-field body="$body"
fi
