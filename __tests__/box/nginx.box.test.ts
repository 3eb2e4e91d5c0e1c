/** An app behind nginx, with a secret that a person has to give: certificates by certbot, their renewal, a reboot. */
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";
import { certificateSerial, outside, OUTSIDE } from "./rig/outside";

const app: AppInput = {
  name: "edge",
  region: "ap-southeast-1",
  services: {
    api: {
      image: { reference: "ghcr.io/edge/api:1" },
      port: 8080,
      healthCheck: { intervalSeconds: 5, timeoutSeconds: 3, graceSeconds: 10 },
      route: { hosts: ["edge.example.com", "www.edge.example.com"] },
      secrets: ["API_KEY"],
    },
  },
  secrets: { API_KEY: { source: "provided" } },
  ingress: { proxy: "nginx", acmeEmail: "ops@example.com" },
  dns: { domain: "edge.example.com" },
  stacks: { mvp: { id: "edge" } },
  observability: { logs: "local" },
};
const HOST = "edge.example.com";

describe("an app behind nginx", () => {
  let machine: Machine;
  const box = () => machine.box;
  const serial = () => certificateSerial(box(), HOST);
  const proxy = () => box().must("docker inspect --format '{{.Id}} {{.State.StartedAt}}' edge-proxy");
  /** Asks for certificates, or for their renewal, as the timer does. */
  const certificates = () => box().must("systemctl start edge-certificates.service", { seconds: 200 });

  beforeAll(async () => {
    machine = await openMachine("nginx", app, { stack: "edge", mebibytes: 512 });
    await machine.cloud.release("api", "rehearsal/app:1");
    await box().boot();
  }, ASSETS_MS);
  afterAll(() => machine?.close());

  let said = "";

  test(
    "without the secret that a person gives nothing starts, and the command that gives it is named",
    {
      timeout: 240_000,
    },
    async () => {
      said = await machine.firstBoot();
      expect(said).toContain("not done: see above");
      expect(said).toContain("secrets: API_KEY has no value; give it one, from a file: aws ssm put-parameter");
      expect(await box().must("docker ps --all --quiet")).toBe("");
      expect((await box().run("/opt/edge/bin/status")).stdout).toContain(
        "edge-secrets is failed: secrets: 1 secret(s) are missing",
      );
    },
  );

  test("that command and the next bring the app up", { timeout: 240_000 }, async () => {
    const command = /from a file: (aws ssm put-parameter .*)/.exec(said)?.[1] ?? "";
    const next = /no file was changed; then run: (systemctl .*)/.exec(said)?.[1] ?? "";
    await box().must("systemctl stop edge-certificates.timer");
    await box().must(`cd /run && printf given > value.txt && ${command} && rm value.txt && ${next}`, { seconds: 200 });
    expect(await box().must("docker exec edge-api printenv API_KEY")).toBe("given");
    const found = await machine.cloud.ssm.send(new GetParameterCommand({ Name: "/edge/mvp/secret/API_KEY" }));
    expect(found.Parameter?.Type).toBe("SecureString");
  });

  test("nginx starts with a certificate of its own, which nobody trusts", async () => {
    expect((await outside(box(), `curl -sS https://${HOST}/`)).stderr).toContain("certificate");
    expect((await outside(box(), `curl -fsSk https://${HOST}/`)).stdout).toContain('"version": "1"');
    expect((await outside(box(), `curl -sS -o /dev/null -w '%{redirect_url}' http://${HOST}/a`)).stdout).toBe(
      `https://${HOST}/a`,
    );
  });

  test("certbot brings one for all names, and nginx takes it up without a break", { timeout: 240_000 }, async () => {
    const before = await proxy();
    await certificates();
    // Workers of nginx are replaced one by one.
    for (const host of [HOST, `www.${HOST}`]) {
      const answer = async () => (await outside(box(), `curl -fsS https://${host}/`)).stdout;
      await expect.poll(answer, { timeout: 10_000 }).toContain(`"client": "${OUTSIDE}"`);
    }
    expect(await proxy()).toBe(before);
    expect(await box().must("stat --format '%a %u' /opt/edge/data/certs/privkey.pem")).toBe("400 101");
  });

  test("one that is not due stays, one that is due is renewed", { timeout: 240_000 }, async () => {
    const [container, first] = await Promise.all([proxy(), serial()]);
    await certificates();
    expect(await serial()).toBe(first);
    // Due ten years before its end: at once.
    await box().must("sed -i '1i renew_before_expiry = 3650 days' /opt/edge/data/letsencrypt/renewal/app.conf");
    await certificates();
    await expect.poll(serial).not.toBe(first);
    expect(await proxy()).toBe(container);
    await box().must("sed -i 1d /opt/edge/data/letsencrypt/renewal/app.conf");
  });

  test("a closed app answers everybody with its page, and the certificate authority as before", async () => {
    await box().must("/opt/edge/bin/release maintenance on --message 'Back <soon>'");
    const { stdout } = await outside(box(), `curl -sSk -i -X POST --data x https://www.${HOST}/notes`);
    expect(stdout).toMatch(/^HTTP\/\S+ 503/);
    expect(stdout.toLowerCase()).toContain("retry-after: 120");
    expect(stdout).toContain("<p>Back &lt;soon&gt;</p>");
    const question = `http://${HOST}/.well-known/acme-challenge/nothing`;
    expect((await outside(box(), `curl -sS -o /dev/null -w '%{http_code}' ${question}`)).stdout).toBe("404");
  });

  test("after a reboot it is the same certificate, and the app is still closed", { timeout: 240_000 }, async () => {
    const before = await serial();
    await box().reboot();
    await box().waitFor(`docker exec edge-api curl -fsS http://127.0.0.1:8080/health`, 180);
    const status = `ip netns exec internet curl -sSk -o /dev/null -w '%{http_code}' https://${HOST}/`;
    await box().waitFor(`[ "$(${status})" = 503 ]`, 30);
    await box().must("/opt/edge/bin/release maintenance off");
    expect(await box().must(status)).toBe("200");
    expect(await serial()).toBe(before);
  });
});
