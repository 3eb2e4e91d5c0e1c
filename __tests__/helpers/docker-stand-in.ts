/**
 * A stand-in for Docker whose containers are files in the folder `containers` of a {@link ScriptHost}: `up` makes each
 * service's with the image of the moment, and one whose image is named in `bad` ends up unhealthy. What is named in
 * `unreachable` cannot be pulled, a job named in `bad-jobs` fails. A call that matches the regular expression in `pause`
 * makes the file `paused` and goes on when `pause` is gone. A job's container is there while it runs, with its labels below
 * the image; it stays when the client is killed, and its end is the client's.
 */
export const DOCKER_STAND_IN = String.raw`
mkdir -p "$root/containers"
images=/dev/null; for word in "$@"; do if [[ "$last" == --env-file ]]; then images="$word"; fi; last="$word"; done
job="$(sed -n 's/^compose .* run .* --name \([^ ]*\) .*/\1/p' <<<"$*")"
if [[ -n "$job" ]]; then
  if [[ -e "$root/containers/$job" ]]; then echo "the name $job is in use" >&2; exit 125; fi
  sed 's/.* --label tierstack.starter=\([^ ]*\) --label tierstack.by=\(.*\) [^ ]*$/running\n\n\1\n\2/' <<<"$*" >"$root/containers/$job"
fi
if [[ -e "$root/pause" && "$*" =~ $(<"$root/pause") ]]; then
  touch "$root/paused"
  while [[ -e "$root/pause" ]]; do
    if [[ -n "$job" && ! -e "$root/containers/$job" ]]; then exit 137; fi
    /bin/sleep 0.05
  done
fi
case "$*" in
  "image inspect "*) grep -qxF "$3" "$root/here" 2>/dev/null ;;
  "pull "*) if grep -qxF "$3" "$root/unreachable" 2>/dev/null; then exit 1; fi; echo "$3" >>"$root/here" ;;
  "compose "*" config --images")
    printf '%s\n' postgres:17 caddy:2; sed -n "s/^IMAGE_.*='\(.*\)'/\1/p" "$images" ;;
  "compose "*" run "*)
    if [[ -n "$job" ]]; then rm -f "$root/containers/$job"; fi
    if grep -qx "$last" "$root/bad-jobs" 2>/dev/null; then exit 1; fi ;;
  "compose "*" up "*)
    for name in $(printf '%s\n' "$*" | sed 's/.*--quiet-pull//; s/--remove-orphans//'); do
      image="$(sed -n "s/^IMAGE_$(printf %s "$name" | tr a-z- A-Z_)='\(.*\)'/\1/p" "$images")"
      state="running healthy"
      if [[ -n "$image" ]] && grep -qxF "$image" "$root/bad" 2>/dev/null; then state="running unhealthy"; failed=1; fi
      printf '%s\n%s\n' "$state" "$image" >"$root/containers/shop-$name"
    done
    exit "$((failed + 0))" ;;
  "rm --force "*) for name in "\${@:3}"; do rm -f "$root/containers/$name"; done ;;
  "rm "*) if ! grep -qx running "$root/containers/$2" 2>/dev/null; then rm -f "$root/containers/$2"; fi ;;
  "ps --all --quiet --filter label=tierstack.starter="*)
    cd "$root/containers"; grep --files-with-matches --line-regexp --fixed-strings -- "\${5##*=}" * ;;
  "inspect --format {{index .Config.Labels "*) sed -n 4p "$root/containers/$4" ;;
  "inspect --format {{.Id}}"*) echo "id-1 2026" ;;
  "inspect --format {{.Config.Image}} "*) sed -n 2p "$root/containers/$4" 2>/dev/null ;;
  "inspect "*) head -n 1 "$root/containers/$4" 2>/dev/null ;;
esac`.replaceAll("\\${", "${");
