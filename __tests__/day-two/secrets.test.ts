import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { childEnv } from "../../scripts/lib/environment";
import { onTerminal } from "../commands/linux";
import { MOTO_INSTALL_MS } from "../helpers/moto";
import { CREDENTIALS, type Deployment, ended, openDeployment, REGION, resetAgent, SECRET_PARAMETERS } from "./support";

let box: Deployment;
let store: SSMClient;

beforeAll(async () => {
  box = await openDeployment("day-two-secrets");
  box.changeApp((source) =>
    source
      .replace("  secrets: {\n", `  secrets: {\n    SMTP_PASSWORD: { source: "provided" },\n`)
      .replace(`secrets: ["MASTER`, `secrets: ["SMTP_PASSWORD", "MASTER`),
  );
  box.deploy({ secret_sources: [{ ...SECRET_PARAMETERS, SMTP_PASSWORD: SMTP }, ["map", "string"]] });
  store = new SSMClient({ endpoint: box.moto.url, region: REGION, credentials: CREDENTIALS });
}, MOTO_INSTALL_MS);
afterAll(async () => {
  store?.destroy();
  await box?.close();
});

const SMTP = "/webrana/mvp/secret/SMTP_PASSWORD";
const PASSWORD = SECRET_PARAMETERS.DB_PASSWORD ?? "";

/** All secrets but the provided one have a value at first, and the host takes up whatever it is given. */
beforeEach(async () => {
  resetAgent(box);
  for (const Name of [...Object.values(SECRET_PARAMETERS), SMTP]) {
    await store.send(new DeleteParameterCommand({ Name })).catch(() => undefined);
  }
  for (const [name, Name] of Object.entries(SECRET_PARAMETERS)) {
    await store.send(new PutParameterCommand({ Name, Value: `first-${name}`, Type: "SecureString" }));
  }
  fs.rmSync(box.file("took"), { force: true });
  hostDoes("exit 0");
});

/** The host's program writes down what it was asked for and which value it found in the store. */
function hostDoes(then: string): void {
  box.onHost("bin/secret", `echo "$*" >> "${box.file("took")}"\necho '{"services":["backend"]}'\n${then}`);
}

const took = (): string => (fs.existsSync(box.file("took")) ? box.read("took") : "");

async function valueOf(Name: string): Promise<string | undefined> {
  const answer = await store.send(new GetParameterCommand({ Name, WithDecryption: true })).catch(() => undefined);
  return answer?.Parameter?.Value;
}

/** Runs the command with something on its standard input. */
async function piped(args: string[], input: string) {
  const child = box.start(args);
  child.stdin.end(input);
  return ended(child);
}

describe("list", () => {
  test("shows where each secret lies and who gets it, never a value", async () => {
    const { code, stdout } = await box.tiers(["secrets", "list", "mvp"]);
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows.map(([name, version, , uses, where]) => [name, version, uses, where])).toEqual([
      ["name", "version", "used by", "where"],
      ["DB_PASSWORD", "1", "role webrana, backend", PASSWORD],
      ["JWT_SECRET", "1", "backend", SECRET_PARAMETERS.JWT_SECRET],
      ["MASTER_ENCRYPTION_KEY", "1", "backend", SECRET_PARAMETERS.MASTER_ENCRYPTION_KEY],
      ["POSTGRES_PASSWORD", "1", "role postgres", SECRET_PARAMETERS.POSTGRES_PASSWORD],
      ["SMTP_PASSWORD", "no value", "backend", SMTP],
    ]);
    expect(stdout).not.toContain("first-");
    const json = JSON.parse((await box.tiers(["secrets", "list", "mvp", "--json"])).stdout) as { secrets: object[] };
    expect(json.secrets[0]).toEqual({
      name: "DB_PASSWORD",
      store: "ssm",
      id: PASSWORD,
      version: "1",
      changedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      usedBy: ["backend"],
      databaseRole: "webrana",
    });
    expect(box.agent.sent).toEqual([]);
  });
});

describe("rotate", () => {
  test("makes a value as the specification says, and has the host take it up", async () => {
    const { code, stdout, stderr } = await box.tiers(["secrets", "rotate", "mvp", "DB_PASSWORD"]);
    expect([code, stdout]).toEqual([0, "DB_PASSWORD: version 2, taken up by webrana-mvp.\n"]);
    const value = (await valueOf(PASSWORD)) ?? "";
    // 24 bytes in base64url.
    expect(value).toMatch(/^[\w-]{32}$/);
    expect(took()).toMatch(/^take-up DB_PASSWORD --by \S+@\S+ --version \d+ --json\n$/);
    for (const { command } of box.agent.sent) expect(command).not.toContain(value);
    expect(stdout + stderr).not.toContain(value);
  });

  test("the host refuses: the old value is put back, and that is said", async () => {
    hostDoes(`echo "secret: backend did not become healthy; the old value counts" >&2; exit 1`);
    const { code, stdout, stderr } = await box.tiers(["secrets", "rotate", "mvp", "DB_PASSWORD", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ result: "taken back", version: "3", host: { services: ["backend"] } });
    expect(stderr).toContain("backend did not become healthy");
    expect(stderr).toContain("The old value counts again.");
    expect(await valueOf(PASSWORD)).toBe("first-DB_PASSWORD");
  });

  test("somebody is at work on the host: nothing is written, and who it is is told", async () => {
    const lock = box.file("host/run/deploy.lock");
    fs.writeFileSync(lock, "deploy 7 by ana: fix, process 12, since now\n");
    const holder = spawn("sh", ["-c", `exec flock ${lock} sleep 60`], { detached: true });
    await pause(300);
    const { code, stderr } = await box.tiers(["secrets", "rotate", "mvp", "DB_PASSWORD"]);
    process.kill(-(holder.pid ?? 0), "SIGKILL");
    expect([code, stderr]).toEqual([1, expect.stringContaining("webrana-mvp is busy: deploy 7 by ana: fix")]);
    expect([await valueOf(PASSWORD), took()]).toEqual(["first-DB_PASSWORD", ""]);
  });

  test("a host that is offline: nothing is written", async () => {
    box.agent.behaviour.ping = "ConnectionLost";
    const { code, stderr } = await box.tiers(["secrets", "rotate", "mvp", "DB_PASSWORD"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("is not online in Systems Manager")]);
    expect(await valueOf(PASSWORD)).toBe("first-DB_PASSWORD");
  });

  test("a secret that data is encrypted with needs another word", async () => {
    const refused = await box.tiers(["secrets", "rotate", "mvp", "MASTER_ENCRYPTION_KEY"]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/is marked carry: .* add --carry-too\.\n$/),
    ]);
    expect(box.agent.sent).toEqual([]);
    const { code } = await box.tiers(["secrets", "rotate", "mvp", "MASTER_ENCRYPTION_KEY", "--carry-too"]);
    // 32 bytes in base64.
    expect([code, await valueOf(SECRET_PARAMETERS.MASTER_ENCRYPTION_KEY ?? "")]).toEqual([
      0,
      expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    ]);
  });

  test.each([
    ["a provided secret", ["SMTP_PASSWORD"], "SMTP_PASSWORD is provided by a person, so no value can be made for it."],
    ["a secret that is none", ["DB_PASSWORT"], `webrana has no secret "DB_PASSWORT"; secrets: DB_PASSWORD, `],
  ])("wrong usage: %s", async (_what, args, message) => {
    const { code, stderr } = await box.tiers(["secrets", "rotate", "mvp", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(box.agent.sent).toEqual([]);
  });

  test("a host that refuses AWS's word is no fault of tiers", async () => {
    box.agent.behaviour.refuse = { status: 400, type: "AccessDeniedException" };
    const { code, stderr } = await box.tiers(["secrets", "rotate", "mvp", "DB_PASSWORD"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("AWS refused access; needed: ")]);
  });
});

describe("set", () => {
  test("takes a first value from standard input, without the line's end, and marks it as the host would", async () => {
    const { code, stdout } = await piped(["secrets", "set", "mvp", "SMTP_PASSWORD"], "it's $ecret\n");
    expect([code, stdout]).toEqual([0, "SMTP_PASSWORD: version 1, taken up by webrana-mvp.\n"]);
    expect(await valueOf(SMTP)).toBe("it's $ecret");
    expect(took()).toContain("take-up SMTP_PASSWORD");
  });

  test("refuses what no container's environment can carry", async () => {
    const { code, stderr } = await piped(["secrets", "set", "mvp", "SMTP_PASSWORD"], "a\nb\n");
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("The value of SMTP_PASSWORD cannot be used: it has a line break"),
    ]);
    expect([await valueOf(SMTP), box.agent.sent]).toEqual([undefined, []]);
  });

  test("takes what only a URL and a file carry as it is", async () => {
    const { code } = await piped(["secrets", "set", "mvp", "POSTGRES_PASSWORD"], "ends with \\");
    expect([code, await valueOf(SECRET_PARAMETERS.POSTGRES_PASSWORD ?? "")]).toEqual([0, "ends with \\"]);
  });

  test("on a terminal it asks twice and shows nothing", async () => {
    const child = onTerminal(box.words(["secrets", "set", "mvp", "SMTP_PASSWORD"]), {
      cwd: box.project.root,
      env: childEnv(process.env, { ...box.env, TERM: "dumb" }),
    });
    let screen = "";
    child.stdout.on("data", (text: Buffer) => {
      const before = screen;
      screen += text.toString();
      const asked = (question: string): boolean => screen.includes(question) && !before.includes(question);
      if (asked("(not shown): ")) child.stdin.write("typ\u007fped-secret\r");
      if (asked("The same again: ")) child.stdin.write("typed-secret\u007ft\r");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, screen]).toEqual([0, expect.stringContaining("SMTP_PASSWORD: version 1, taken up")]);
    expect(await valueOf(SMTP)).toBe("typed-secret");
    expect(screen).not.toContain("typ");
  });
});

describe("Ctrl-C leaves store and host with the same value", () => {
  /** Rotates with a slow host, sends as many interrupts while it decides, and says how it ended. */
  async function interrupted(times: number, signal: NodeJS.Signals) {
    const child = box.start(["secrets", "rotate", "mvp", "DB_PASSWORD"]);
    const end = ended(child);
    while (took() === "" && child.exitCode === null) await pause(20);
    for (let sent = 0; sent < times; sent += 1) {
      child.kill(signal);
      await pause(50);
    }
    return end;
  }

  test.each([
    [1, "SIGINT"],
    [4, "SIGINT"],
    [1, "SIGTERM"],
  ] as const)("%d x %s while the host takes it up: both have the new one", async (times, signal) => {
    hostDoes("sleep 1; exit 0");
    const { code, stdout, stderr } = await interrupted(times, signal);
    expect([code, stdout]).toEqual([0, "DB_PASSWORD: version 2, taken up by webrana-mvp.\n"]);
    expect(stderr).toContain("The host decides now; its answer is waited for");
    expect(await valueOf(PASSWORD)).toMatch(/^[\w-]{32}$/);
  });

  test("while the host goes back: both have the old one", async () => {
    hostDoes("sleep 1; echo 'secret: no' >&2; exit 1");
    const { code, stderr } = await interrupted(3, "SIGINT");
    expect([code, stderr]).toEqual([1, expect.stringContaining("The old value counts again.")]);
    expect(await valueOf(PASSWORD)).toBe("first-DB_PASSWORD");
  });

  test("before anything was written: nothing is", async () => {
    const child = box.start(["secrets", "set", "mvp", "SMTP_PASSWORD"]);
    const end = ended(child);
    await pause(800);
    child.kill("SIGINT");
    child.stdin.end("a-value");
    expect((await end).code).toBe(1);
    expect([await valueOf(SMTP), took()]).toEqual([undefined, ""]);
  });
});
