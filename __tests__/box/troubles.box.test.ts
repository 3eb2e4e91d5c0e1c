/** docs/guides/box.md: each fault is planted on a host, found by the commands that stand under it, and mended by them. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { ROOT } from "../helpers/folders";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";

const app = {
  name: "shop",
  region: "ap-southeast-1",
  services: {
    api: {
      image: { reference: "ghcr.io/shop/api:1" },
      port: 8080,
      healthCheck: { path: "/health", intervalSeconds: 5, timeoutSeconds: 3, graceSeconds: 10 },
      route: { hosts: ["shop.example.com"] },
      memoryMiB: 256,
    },
  },
  dns: { domain: "shop.example.com" },
  stacks: { mvp: { id: "shop" } },
  observability: { logs: "local" },
} satisfies AppInput;

interface Section {
  readonly title: string;
  readonly finds: readonly { commands: string; pattern: RegExp }[];
  readonly mends: readonly string[];
}

const GUIDE = fs.readFileSync(path.join(ROOT, "docs/guides/box.md"), "utf8");
const SECTIONS = GUIDE.split(/^##+ /m).map(sectionOf);

function sectionOf(text: string): Section {
  const blocks = [...text.matchAll(/<!-- (host, finds: (.*?)|mends) -->\s+```sh\n([\s\S]*?)```/g)];
  return {
    title: text.split("\n")[0] ?? "",
    finds: blocks.flatMap(([, , pattern, commands = ""]) =>
      pattern === undefined ? [] : [{ commands, pattern: new RegExp(pattern) }],
    ),
    mends: blocks.flatMap(([, kind, , commands = ""]) => (kind === "mends" ? [commands] : [])),
  };
}

/** What is done to the host before the section of that title is followed. */
const FAULTS: Readonly<Record<string, string>> = {
  "A container does not start": "docker stop shop-api",
  "An image cannot be pulled": "true",
  "A port of the host is taken": `docker rm --force shop-proxy && cp "$(readlink -f "$(command -v python3)")" /usr/local/bin/sleeper &&
    systemd-run --unit=sleeper /usr/local/bin/sleeper -m http.server 80 && sleep 2`,
  "The database does not answer": "docker stop shop-postgres",
  "A service cannot sign in to the database": `docker exec -i shop-postgres psql -XAtq -U postgres -c "ALTER ROLE shop PASSWORD 'other'"`,
  "The app cannot be reached": "docker stop shop-proxy",
  "Out of memory": `docker exec shop-api python3 -c 'x = bytearray(10 ** 9)' || true`,
  "The processor is busy": `docker exec --detach shop-api python3 -c 'busyloop = 1
while True: pass' && sleep 3`,
  "The disk is full": "dd if=/dev/zero of=/opt/shop/data/filler bs=1M status=none || true",
};

describe("the guide of the box", () => {
  let machine: Machine;
  const well = `docker exec shop-api curl -fsS http://127.0.0.1:8080/health | grep '"database": true'`;

  beforeAll(async () => {
    machine = await openMachine("troubles", app, { stack: "shop", mebibytes: 768 });
    await machine.cloud.release("api", "rehearsal/app:1");
    await machine.box.boot();
    await machine.firstBoot();
    await machine.box.waitFor(well, 120);
  }, ASSETS_MS);
  afterAll(() => machine?.close());

  test("its daily commands do what they say", { timeout: 300_000 }, async () => {
    const daily = GUIDE.split(/^## /m).find((text) => text.startsWith("Daily")) ?? "";
    const blocks = [...daily.matchAll(/<!-- host -->\s+```sh\n([\s\S]*?)```/g)].map(([, commands = ""]) => commands);
    expect(blocks).toHaveLength(2);
    for (const commands of blocks) {
      await machine.box.must(commands, { seconds: 200 });
      await machine.box.waitFor(well, 120);
    }
  });

  test("every trouble that commands stand under is planted", () => {
    expect(SECTIONS.filter(({ finds }) => finds.length > 0).map(({ title }) => title)).toEqual(Object.keys(FAULTS));
  });

  test.each(Object.keys(FAULTS))("%s", { timeout: 400_000 }, async (title) => {
    const { finds, mends } = SECTIONS.find((section) => section.title === title) as Section;
    const { box, cloud } = machine;
    if (title.startsWith("An image")) await cloud.release("api", "rehearsal/missing:1");
    await box.must(FAULTS[title] ?? "", { seconds: 120 });
    for (const { commands, pattern } of finds) {
      const { stdout, stderr } = await box.run(commands, { seconds: 240 });
      expect(`${stdout}\n${stderr}`).toMatch(pattern);
    }
    if (title.startsWith("An image")) await cloud.release("api", "rehearsal/app:1");
    for (const commands of mends) await box.must(commands, { seconds: 240 });
    await box.waitFor(well, 120);
    await box.waitFor("/opt/shop/bin/status | grep -v 'no backup' | (! grep ' is ')", 60);
  });

  test("times until the app is well again", { timeout: 600_000 }, async () => {
    const { box } = machine;
    const seconds = async (harm: () => Promise<unknown>): Promise<number> => {
      const started = Date.now();
      await harm();
      await box.waitFor(well, 300);
      return (Date.now() - started) / 1000;
    };
    const pid = `$(docker inspect --format '{{.State.Pid}}' shop-api)`;
    const process = await seconds(() => box.must(`pkill -9 --parent ${pid}`));
    const container = await seconds(() => box.must(`kill -9 ${pid}`));
    const power = await seconds(async () => {
      await box.kill();
      await box.boot();
    });
    console.log(`seconds until well again: process ${process}, container ${container}, power ${power}`);
    expect([process < 10, container < 30, power < 120]).toEqual([true, true, true]);
  });
});
