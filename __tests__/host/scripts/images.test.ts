import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AWS_STAND_IN, ScriptHost } from "../../helpers/script-host";

const ECR = "123456789012.dkr.ecr.eu-west-3.amazonaws.com/shop/mvp/api@sha256:1";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost();
  host.standIn("aws", AWS_STAND_IN);
  host.standIn("docker", "cat >/dev/null");
  release("api", ECR);
  release("web", "ghcr.io/shop/web:2");
});
afterEach(() => host.remove());

const release = (service: string, image: string) => host.write(`aws/_shop_mvp_image_${service}`, image);
const images = () => host.read("opt/shop/images.env");

test("what is released is written down for Compose; its registry is signed in to with a token that no command shows", () => {
  expect(host.run("libexec/images")).toMatchObject({ status: 0 });
  expect(images()).toBe(`IMAGE_API='${ECR}'\nIMAGE_WEB='ghcr.io/shop/web:2'\n`);
  expect(host.calls("docker")).toEqual([
    "docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-3.amazonaws.com",
  ]);
  expect(host.calls("aws").at(-1)).toContain("ecr get-login-password --region eu-west-3");
});

test("a service that was never released is left out and named", () => {
  release("web", "none");
  const { status, lines } = host.run("libexec/images");
  expect([status, lines]).toEqual([0, ["images: web is left out: nothing has been released"]]);
  expect(images()).toBe(`IMAGE_API='${ECR}'\n`);
});

test("while AWS is down the last known image counts, also for one service alone", () => {
  host.run("libexec/images");
  release("api", "ghcr.io/shop/api:9");
  host.write("aws/fails", "image/web");
  const { status, lines } = host.run("libexec/images");
  expect(status).toBe(0);
  expect(lines.at(-1)).toBe("images: AWS does not tell the images of web: the last known ones count");
  expect(images()).toBe("IMAGE_API='ghcr.io/shop/api:9'\nIMAGE_WEB='ghcr.io/shop/web:2'\n");
});

test("while AWS answers nothing at all it ends in the time that its unit has, with the last known images; the next start has the new ones", () => {
  host.run("libexec/images");
  release("api", "ghcr.io/shop/api:9");
  release("web", "ghcr.io/shop/web:9");
  // Time passes in what is waited for, and nowhere else.
  host.write("clock", "1000");
  host.standIn("date", 'if [[ "$*" == +%s ]]; then cat "$root/clock"; else exec /bin/date "$@"; fi');
  const passes = 'echo "$(($(<"$root/clock") + $seconds))" >"$root/clock"';
  host.standIn("sleep", `seconds="$1"; ${passes}`);
  host.standIn("timeout", `after="\${1#*=}"; seconds="$(($2 + after))"; ${passes}; cat >/dev/null; exit 124`);
  host.standIn("flock", `seconds="$2"; ${passes}`);
  const { status, lines } = host.run("libexec/images");
  expect(status).toBe(0);
  expect(lines).toContain("images: AWS does not tell the images of api web: the last known ones count");
  expect(images()).toBe(`IMAGE_API='${ECR}'\nIMAGE_WEB='ghcr.io/shop/web:2'\n`);
  const limit = Number(/TimeoutStartSec=(\d+)/.exec(host.read("opt/shop/systemd/shop-images.service"))?.[1]);
  expect(Number(host.read("clock")) - 1000).toBeLessThanOrEqual(limit);
  for (const back of ["timeout", "sleep", "date", "flock"]) {
    fs.rmSync(path.join(host.root, "stand-ins", back));
  }
  expect(host.run("libexec/images").status).toBe(0);
  expect(images()).toBe("IMAGE_API='ghcr.io/shop/api:9'\nIMAGE_WEB='ghcr.io/shop/web:9'\n");
});

test("at the first boot without AWS nothing is written, and the message says what to do", () => {
  host.write("aws/fails", "ssm");
  const { status, lines } = host.run("libexec/images");
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe(
    "images: AWS does not tell the images of api web, and none are known here; try again: systemctl start shop-images",
  );
  expect(host.has("opt/shop/images.env")).toBe(false);
  expect(host.has("opt/shop/images.env.new")).toBe(false);
});

test("a release that was taken back here is not taken again; the next one is", () => {
  host.write("opt/shop/images.env", "IMAGE_API='old'\n");
  host.write("opt/shop/images.refused.env", `IMAGE_API='${ECR}'\n`);
  expect(host.run("libexec/images").lines).toContain(`images: api stays at old: ${ECR} was taken back on this host`);
  expect(images()).toContain("IMAGE_API='old'\n");
  release("api", "ghcr.io/shop/api:3");
  host.run("libexec/images");
  expect(images()).toContain("IMAGE_API='ghcr.io/shop/api:3'\n");
});

test("a registry that refuses is said and stops nothing: the images may be here already", () => {
  host.standIn("docker", "cat >/dev/null; exit 1");
  expect(host.run("libexec/images")).toMatchObject({
    status: 0,
    lines: [
      "images: could not sign in to 123456789012.dkr.ecr.eu-west-3.amazonaws.com: images that are not here yet cannot be pulled",
    ],
  });
});

test("a registry that does not answer is left after a minute", () => {
  const login = 'if [[ "$*" == *"docker login"* ]]; then exit 124; fi';
  host.standIn("timeout", `${login}; while [[ "$1" == --* ]]; do shift; done; shift; "$@"`);
  expect(host.run("libexec/images").lines.join()).toContain("could not sign in to 123456789012");
  expect(host.calls("timeout")).toContainEqual(expect.stringMatching(/^timeout --kill-after=10 60 docker login /));
});

test("its lock can be opened by root alone, also when an earlier version has made it for everybody", () => {
  host.run("libexec/images");
  expect(host.mode("run/shop/deploy.lock")).toBe("600");
  fs.chmodSync(path.join(host.runDir, "deploy.lock"), 0o644);
  host.run("libexec/images");
  expect(host.mode("run/shop/deploy.lock")).toBe("600");
  expect(host.read("run/shop/deploy.lock")).toMatch(/^images, process \d+, since 20\S+Z\n$/);
});
