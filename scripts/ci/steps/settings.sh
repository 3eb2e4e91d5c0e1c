#!/usr/bin/env bash
# Says which variables of the repository are missing. In: AWS_ACCOUNT_ID, STATE_NEEDED (true or false), TIERS_STATE.

missing=0
need() {
  echo "::error title=Setting missing::Set the repository variable $1: $2"
  missing=1
}
if [[ ! $AWS_ACCOUNT_ID =~ ^[0-9]{12}$ ]]; then
  need AWS_ACCOUNT_ID "the AWS account, 12 digits (output account_id of the ci stack)."
fi
if [[ $STATE_NEEDED == true && ! ${TIERS_STATE:-} =~ ^s3:// ]]; then
  need TIERS_STATE "where the states lie (output state_setting of the state stack)."
fi
exit "$missing"
