#!/usr/bin/env bash
# Looks at the app from outside. What cannot be told, such as a name that does not lead to the host yet, fails no release:
# the host itself has looked already. In: STACK.

code=0
npm run -s tiers -- smoke "$STACK" || code=$?
if [[ $code == 3 ]]; then
  echo "::warning title=Smoke test::Not everything could be told; the log says what."
  exit 0
fi
exit "$code"
