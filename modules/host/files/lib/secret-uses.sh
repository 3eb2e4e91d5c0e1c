# shellcheck shell=bash
# What has a secret: services, jobs, a role of the database. Sourced after common.sh, images.sh and deploy.sh; PLAN is the
# list of the app's secrets.
# shellcheck disable=SC2153,SC2154

# used_by_environment <secret>: the services and jobs that are given it.
used_by_environment() {
  jq --raw-output --arg name "$1" '.environments[] | select([.variables[][] | select(.secret == $name)] | length > 0)
    | .path | split("/") | last | rtrimstr(".env")' "$PLAN"
}

# services_using <secret>: those that are given it, the ones that others need first.
services_using() {
  local users service
  users=" $(used_by_environment "$1" | tr '\n' ' ')"
  for service in $SERVICES; do with_needed "$service"; done | awk '!seen[$0]++' | while read -r service; do
    if [[ "$users" == *" $service "* ]]; then printf '%s\n' "$service"; fi
  done
}

with_needed() {
  local needed
  for needed in $(setting NEEDS "$1"); do with_needed "$needed"; done
  printf '%s\n' "$1"
}

# jobs_using <secret>: those that are given it besides their services; the next run has the new value by itself.
jobs_using() {
  local users job
  users=" $(used_by_environment "$1" | tr '\n' ' ')"
  for job in $JOBS; do
    if [[ "$users" == *" $job "* ]]; then printf '%s\n' "${job#job-}"; fi
  done
}

# services_to_restart <secret>: those among them that have a container.
services_to_restart() {
  local service
  services_using "$1" | while read -r service; do
    if [[ -n "$(state_of "$service")" ]]; then printf '%s\n' "$service"; fi
  done
}

# role_of_secret <secret>: the role of PostgreSQL whose password it is; empty when it is none.
role_of_secret() { jq --raw-output --arg name "$1" '.files[] | select(.secret == $name) | .role // empty' "$PLAN"; }
