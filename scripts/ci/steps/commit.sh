#!/usr/bin/env bash
# Refuses a repeated run whose branch has moved on: it would take back what was released since, also when it was of an earlier
# commit that somebody asked for.
# A first attempt is never too old, because runs wait for each other. In: GH_TOKEN, COMMIT (empty, or that earlier commit),
# and what every run has: GITHUB_REPOSITORY, GITHUB_REF_NAME, GITHUB_RUN_ATTEMPT, GITHUB_SHA.

if [[ -n $COMMIT && ! $COMMIT =~ ^[0-9a-f]{40}$ ]]; then
  echo "::error title=No commit::commit is \"$COMMIT\"; allowed: all 40 digits of a commit that was released from $GITHUB_REF_NAME."
  exit 1
fi
if [[ $GITHUB_RUN_ATTEMPT == 1 ]]; then exit 0; fi
newest=$(gh api "repos/$GITHUB_REPOSITORY/git/ref/heads/$GITHUB_REF_NAME" --jq .object.sha)
if [[ $newest == "$GITHUB_SHA" ]]; then exit 0; fi
echo "::error title=An older run::This run began at $GITHUB_SHA, and $GITHUB_REF_NAME is at $newest by now: repeating it could take back what was released since. Repeat the newest run. If you mean the older commit, start this workflow by hand with commit ${COMMIT:-$GITHUB_SHA}."
exit 1
