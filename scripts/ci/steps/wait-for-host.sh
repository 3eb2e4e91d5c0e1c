#!/usr/bin/env bash
# Waits until the host takes commands: a new one needs some minutes after its creation. In: AWS_REGION, APPLICATION,
# ENVIRONMENT, TIER, and WAIT_SECONDS between two looks (15).

looks=60
for ((look = 1; look <= looks; look++)); do
  online=$(aws ssm describe-instance-information --region "$AWS_REGION" --output text \
    --filters "Key=tag:Application,Values=$APPLICATION" "Key=tag:Environment,Values=$ENVIRONMENT" "Key=tag:Tier,Values=$TIER" \
    --query "InstanceInformationList[?PingStatus=='Online'].InstanceId")
  if [[ -n $online && $online != None ]]; then
    echo "Online: $online"
    exit 0
  fi
  sleep "${WAIT_SECONDS:-15}"
done
echo "::error title=Host not online::No host of $APPLICATION ($ENVIRONMENT, $TIER) is online in Systems Manager. Look whether it runs."
exit 1
