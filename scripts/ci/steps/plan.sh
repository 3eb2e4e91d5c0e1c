#!/usr/bin/env bash
# Compares the deployed stack with the code. In: STACK, GITHUB_OUTPUT. Out: result (same, changes or failed) and report.
# Nothing is locked, because the role may not write beside the state.

directory="cdktf.out/stacks/$STACK"
log=$(mktemp)
most=60000 # GitHub takes 65,536 characters in a comment.

code=0
{
  terraform -chdir="$directory" init -input=false -no-color &&
    terraform -chdir="$directory" plan -input=false -no-color -lock=false -detailed-exitcode -out=tfplan
} >"$log" 2>&1 || code=$?
cat "$log"

case $code in
  0) result=same ;;
  2) result=changes && terraform -chdir="$directory" show -no-color tfplan >"$log" ;;
  *) result=failed ;;
esac
headline=$(grep -m 1 -E '^(Plan: |No changes\.|Changes to Outputs:)' "$log" || true)

{
  delimiter="end-$(openssl rand -hex 16)"
  echo "result=$result"
  echo "report<<$delimiter"
  if [[ $result == failed ]]; then echo "**The plan failed.** The log of the run says more."; fi
  if [[ $result == same ]]; then echo "No changes: the stack is what the code says."; fi
  if [[ $result == changes ]]; then echo "**${headline:-Changes}**"; fi
  if [[ $result != same ]]; then
    printf '\n<details><summary>Output of Terraform</summary>\n\n~~~~~~text\n'
    # The end of a failed run says why; a plan is read from its beginning. A cut may go through a character.
    if [[ $result == failed ]]; then tail -c "$most" "$log"; else head -c "$most" "$log"; fi |
      { iconv -c -f UTF-8 -t UTF-8 2>/dev/null || true; } |
      sed 's/~~~/~ ~ ~/g'
    printf '\n~~~~~~\n</details>\n'
    if [[ $(wc -c <"$log") -gt $most ]]; then echo "Cut: the log of the run has all of it."; fi
  fi
  echo "$delimiter"
} >>"$GITHUB_OUTPUT"
[[ $result != failed ]]
