import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DOCKER_STAND_IN } from "../../helpers/docker-stand-in";
import { AWS_STAND_IN, ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost();
  host.standIn("docker", DOCKER_STAND_IN);
  host.standIn("aws", AWS_STAND_IN);
  for (const folder of ["env", "secrets"]) host.write(`run/shop/${folder}/.keep`, "");
});
afterEach(() => host.remove());

const release = (service: string, image: string) => host.write(`aws/_shop_mvp_image_${service}`, image);
const runsNow = (...images: string[]) =>
  host.write(
    "opt/shop/images.env",
    images.map((image) => `IMAGE_${image.split(":")[0]?.toUpperCase()}='${image}'\n`).join(""),
  );
const images = () => host.read("opt/shop/images.env");
/** What Compose was asked to do, without the options that are the same each time. */
const composed = () =>
  host
    .calls("docker")
    .filter((call) => / (up|run) /.test(call))
    .map((call) =>
      call
        .replace(/^.*? (up|run) /, "$1 ")
        .replace(/ ?--(detach|wait-timeout \d+|wait|quiet-pull|no-deps|rm|remove-orphans)\b/g, "")
        .replace(/ -T/, "")
        .replace(/ --label \S+=.* (?=\S+$)/, " "),
    );

describe("start", () => {
  test("before the first release: data, roles and proxy run, the services are left out by name", () => {
    runsNow();
    const { status, lines } = host.run("libexec/start");
    expect(status).toBe(0);
    expect(lines).toContain("start: left out until they are released: api web");
    expect(composed()).toEqual(["up postgres cache", "run db-init", "up proxy"]);
  });

  test("what needs a service that is not released is left out with it", () => {
    runsNow("web:1");
    expect(host.run("libexec/start").lines).toContain("start: left out until they are released: api web");
    expect(composed().at(-1)).toBe("up proxy");
    expect(host.calls("docker")).not.toContain("docker pull --quiet web:1");
  });

  test("pulls what is not here, runs the release's job, then the services", () => {
    runsNow("api:1", "web:1");
    expect(host.run("libexec/start").status).toBe(0);
    expect(host.calls("docker").filter((call) => call.startsWith("docker pull"))).toEqual(
      ["postgres:17", "caddy:2", "api:1", "web:1"].map((image) => `docker pull --quiet ${image}`),
    );
    expect(composed()).toEqual([
      "up postgres cache",
      "run db-init",
      "run --name shop-job-migrate job-migrate",
      "up api web proxy",
    ]);
  });

  test("a second start pulls nothing and repeats no job of the release", () => {
    runsNow("api:1", "web:1");
    host.run("libexec/start");
    host.forget();
    expect(host.run("libexec/start").status).toBe(0);
    expect(host.calls("docker").filter((call) => call.startsWith("docker pull"))).toEqual([]);
    expect(composed()).not.toContain("run --name shop-job-migrate job-migrate");
  });

  test("a job that failed leaves the services alone and is tried again", () => {
    runsNow("api:1", "web:1");
    host.write("bad-jobs", "job-migrate\n");
    const { status, lines } = host.run("libexec/start");
    expect(status).toBe(3);
    expect(lines.at(-1)).toBe(
      "start: job-migrate failed in api:1; the services were left as they were; its output is above and in the log of api",
    );
    expect(composed().at(-1)).toBe("run --name shop-job-migrate job-migrate");
    host.write("bad-jobs", "");
    expect(host.run("libexec/start").status).toBe(0);
  });

  test("names the service that is unwell; the others were started with it", () => {
    runsNow("api:1", "web:1");
    host.write("bad", "web:1\n");
    const { status, lines } = host.run("libexec/start");
    expect(status).toBe(3);
    expect(lines).toContain("start: web is running unhealthy");
    expect(host.read("containers/shop-api")).toMatch(/^running healthy\n/);
  });

  test("an image that cannot be pulled stops nothing that runs, and another try may help", () => {
    runsNow("api:1", "web:1");
    host.write("unreachable", "api:1\n");
    const { status, lines } = host.run("libexec/start");
    expect(status).toBe(1);
    expect(lines.at(-1)).toContain("start: api:1 could not be pulled");
    expect(composed()).toEqual([]);
  });

  test.each([
    ["the data volume", () => host.standIn("mountpoint", "exit 1"), "the data volume is not mounted at"],
    ["Docker", () => host.standIn("docker", "exit 1"), "Docker does not answer"],
    ["the images", () => undefined, "the released images are not known"],
  ])("without %s nothing is started", (_, prepare, message) => {
    prepare();
    const { status, lines } = host.run("libexec/start");
    expect(status).toBe(1);
    expect(lines.at(-1)).toContain(message);
    expect(composed()).toEqual([]);
  });

  test("a proxy whose file has changed reads it again; one that was made anew has it already", () => {
    runsNow("api:1", "web:1");
    const reloads = () => host.calls("docker").filter((call) => call.includes("caddy reload"));
    host.run("libexec/start");
    host.run("libexec/start");
    expect(reloads()).toHaveLength(0);
    host.write("opt/shop/caddy/Caddyfile", "# other ranges\n");
    host.run("libexec/start");
    expect(reloads()).toHaveLength(1);
    host.write("opt/shop/caddy/Caddyfile", "# and others\n");
    host.standIn("docker", DOCKER_STAND_IN.replace("id-1", "id-2"));
    host.run("libexec/start");
    expect(reloads()).toHaveLength(1);
  });
});

describe("update", () => {
  beforeEach(() => {
    runsNow("api:1", "web:1");
    host.run("libexec/start");
    release("api", "api:2");
    release("web", "web:1");
    host.forget();
  });

  test("takes up what is released, and remembers what ran before", () => {
    const { status, lines } = host.run("bin/update");
    expect([status, lines.at(-1)]).toEqual([0, "update: done: api runs api:2"]);
    expect(host.read("opt/shop/images.previous.env")).toBe("IMAGE_API='api:1'\nIMAGE_WEB='web:1'\n");
    expect(composed()).toContain("run --name shop-job-migrate job-migrate");
  });

  test("without anything new it changes nothing", () => {
    host.run("bin/update");
    const previous = host.read("opt/shop/images.previous.env");
    expect(host.run("bin/update")).toMatchObject({ status: 0 });
    expect(host.run("bin/update").lines.at(-1)).toBe("update: done: nothing has changed");
    expect(host.read("opt/shop/images.previous.env")).toBe(previous);
  });

  test.each([
    ["its service is unwell", () => host.write("bad", "api:2\n")],
    ["its job fails", () => host.write("bad-jobs", "job-migrate\n")],
    ["its image cannot be pulled", () => host.write("unreachable", "api:2\n")],
  ])("a release is taken back when %s, and a reboot does not take it up", (_, spoil) => {
    spoil();
    const { status, lines } = host.run("bin/update");
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe(
      `update: the release was taken back; the images before run again; release a better one, then run: ${host.appDir}/bin/update`,
    );
    expect(images()).toBe("IMAGE_API='api:1'\nIMAGE_WEB='web:1'\n");
    expect(host.read("containers/shop-api")).toMatch(/^running healthy\n/);
    host.run("libexec/images");
    expect(images()).toContain("IMAGE_API='api:1'");
  });

  test("whose session is gone has left the images before, which the next start takes up", async () => {
    host.write("pause", " up .* api web");
    const update = host.start("bin/update");
    await host.until("paused");
    process.kill(-update.pid, "SIGKILL");
    host.write("pause", "nothing");
    await update.ended;
    expect(images()).toBe("IMAGE_API='api:1'\nIMAGE_WEB='web:1'\n");
    expect(host.run("libexec/start").status).toBe(0);
    expect(host.read("containers/shop-api")).toBe("running healthy\napi:1\n");
  });

  test("the first images of all are kept also when they are not well", () => {
    host.write("opt/shop/images.env", "");
    host.write("bad", "api:2\n");
    const { status, lines } = host.run("bin/update");
    expect([status, lines.at(-1)]).toEqual([1, expect.stringContaining("there is nothing to go back to")]);
    expect(images()).toBe("IMAGE_API='api:2'\nIMAGE_WEB='web:1'\n");
  });

  test.each([
    ["is down", "ssm"],
    ["tells of one service only", "image/web"],
  ])("while AWS %s it says so and changes nothing, also not what was taken back", (_, fails) => {
    host.write("opt/shop/images.refused.env", "IMAGE_API='api:2'\n");
    host.write("aws/fails", fails);
    expect(host.run("bin/update").lines.at(-1)).toBe(
      "update: AWS does not tell what is released; nothing was changed; try again",
    );
    expect(composed()).toEqual([]);
    expect(images()).toBe("IMAGE_API='api:1'\nIMAGE_WEB='web:1'\n");
    expect(host.has("opt/shop/images.env.new")).toBe(false);
    host.write("aws/fails", "nothing-fails");
    expect(host.run("libexec/images").lines).toContain("images: api stays at api:1: api:2 was taken back on this host");
  });

  test("takes up what was taken back here before, when it is asked for", () => {
    host.write("opt/shop/images.refused.env", "IMAGE_API='api:2'\n");
    expect(host.run("bin/update").lines.at(-1)).toBe("update: done: api runs api:2");
    expect(host.has("opt/shop/images.refused.env")).toBe(false);
  });

  test("a unit that failed at boot is started after a good update, outside of its lock", () => {
    const unit = () => host.calls("systemctl").filter((call) => / (reset-failed|start) /.test(call));
    host.run("bin/update");
    expect(unit()).toEqual([]);
    host.standIn(
      "systemctl",
      'case "$1" in is-active) exit 3 ;; start) flock --nonblock "$root/run/shop/deploy.lock" true ;; esac',
    );
    expect(host.run("bin/update").lines.at(-1)).toMatch(/: done: /);
    expect(unit()).toEqual(["systemctl reset-failed shop.service", "systemctl start --no-block shop.service"]);
  });

  test("removes images of the services that neither run nor can be asked back, and no others", () => {
    const known: Record<string, string> = {
      "postgres:17": "0",
      "caddy:2": "0",
      "api:1": "1",
      "api:2": "2",
      "web:1": "3",
    };
    const ids = Object.entries(known).map(
      ([image, id]) => `"image inspect --format {{.Id}} ${image}") echo sha256:${id} ;;`,
    );
    const listed = '"image ls "*" api") printf "sha256:%s\\n" 0 1 2 9 8 ;; "image ls "*" web") echo sha256:3 ;;';
    host.standIn("docker", DOCKER_STAND_IN.replace('case "$*" in', `case "$*" in ${ids.join(" ")} ${listed}`));
    expect(host.run("bin/update").status).toBe(0);
    expect(host.calls("docker").filter((call) => /image (ls|rm|prune)/.test(call))).toEqual([
      "docker image ls --no-trunc --format {{.ID}} api",
      "docker image rm sha256:8",
      "docker image rm sha256:9",
      "docker image ls --no-trunc --format {{.ID}} web",
    ]);
  });

  test("two at once: the second is refused and told who is at work", () => {
    host.standIn(
      "docker",
      `if [[ "$*" == *" up "* ]]; then bash "$root/opt/shop/bin/update" 2>"$root/second"; fi\n${DOCKER_STAND_IN}`,
    );
    host.standIn("flock", 'if [[ "$1" == --wait ]]; then shift 2; fi; exec /usr/bin/flock --nonblock "$@"');
    host.run("bin/update");
    expect(host.read("second")).toMatch(/^update: the lock "deploy" is taken: update, process \d+, since 2/);
  });
});

describe("stop", () => {
  test("leaves an engine that is off alone: asking it would start it", () => {
    host.standIn("systemctl", "exit 3");
    expect(host.run("libexec/stop").status).toBe(0);
    expect(host.calls("docker")).toEqual([]);
  });

  test("asks Compose, and goes by label when Compose cannot read its file", () => {
    host.standIn("docker", 'case "$*" in "compose "*) exit 1 ;; "ps "*) echo one; echo two ;; esac');
    expect(host.run("libexec/stop").status).toBe(0);
    expect(host.calls("docker").at(-1)).toBe("docker stop one two");
    expect(host.calls("docker")).toContain("docker ps --quiet --filter label=com.docker.compose.project=shop-mvp");
  });
});
