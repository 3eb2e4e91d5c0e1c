/**
 * Commands that open a session. The plugin here is a stand-in that writes down how it was called: these tests show the
 * wiring up to it, not that Session Manager carries what is asked.
 */
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MOTO_INSTALL_MS } from "../helpers/moto";
import { INSTANCE } from "../helpers/ssm-agent";
import { type Deployment, ended, openDeployment, REGION, resetAgent } from "./support";

let box: Deployment;
beforeAll(async () => {
  box = await openDeployment("day-two-sessions");
  box.deploy();
  box.onHost(
    "path/docker",
    `case "$*" in "network inspect webrana-mvp_"*) cat "${box.file("networks")}";; *) exit 64;; esac`,
  );
}, MOTO_INSTALL_MS);
afterAll(() => box?.close());
beforeEach(() => {
  plugin("1.2.650.0");
  networks({
    a: { Name: "webrana-postgres", IPv4Address: "172.18.0.2/16" },
    b: { Name: "webrana-backend", IPv4Address: "172.19.0.5/16" },
  });
});
afterEach(() => {
  resetAgent(box);
  fs.rmSync(box.file("called"), { force: true });
});

/** A plugin that writes its arguments and its token's variable down, then does something. */
function plugin(version: string, then = "exit 0"): void {
  box.here(
    "session-manager-plugin",
    `if [ "$1" = --version ]; then echo ${version}; exit 0; fi
{ printf '%s\\n' "$@"; printf '%s\\n' "$AWS_SSM_START_SESSION_RESPONSE"; } > "${box.file("called.new")}"
mv "${box.file("called.new")}" "${box.file("called")}"
${then}`,
  );
}

const networks = (containers: object): void =>
  fs.writeFileSync(box.file("networks"), JSON.stringify([{ Name: "a network", Containers: containers }]));

/** What the plugin was called with. */
function called() {
  const [response, region, operation, profile, request = "", endpoint, variable = ""] = box.read("called").split("\n");
  return { response, region, operation, profile, request: JSON.parse(request) as object, endpoint, variable };
}

const TOKEN = { SessionId: "session-1", TokenValue: "the-token", StreamUrl: "wss://127.0.0.1/session-1" };

describe("exec", () => {
  test("without a service it is the account's own shell document, and the session is closed at the end", async () => {
    const { code, stderr } = await box.tiers(["exec", "mvp"], { AWS_PROFILE: undefined });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
    const request = { Target: INSTANCE, Reason: "tiers: a shell on the host" };
    expect(box.agent.opened).toEqual([request]);
    expect(box.agent.ended).toEqual(["session-1"]);
    expect(called()).toEqual({
      response: "AWS_SSM_START_SESSION_RESPONSE",
      region: REGION,
      operation: "StartSession",
      profile: "",
      request,
      endpoint: box.agent.url,
      variable: JSON.stringify(TOKEN),
    });
  });

  test.each([
    [["mvp", "backend"], "sudo docker exec --interactive --tty webrana-backend sh"],
    [
      ["mvp", "postgres", "--", "psql", "-U", "postgres"],
      "sudo docker exec --interactive --tty webrana-postgres psql -U postgres",
    ],
    [["mvp", "--", "sudo", "cat", "/etc/it's mine"], `sudo cat '/etc/it'\\''s mine'`],
    [
      ["mvp", "backend", "--", "echo", "--json", "$HOME"],
      "sudo docker exec --interactive --tty webrana-backend echo --json '$HOME'",
    ],
  ])("%j runs one command with a terminal", async (args, command) => {
    const { code } = await box.tiers(["exec", ...args]);
    expect(code).toBe(0);
    expect(box.agent.opened).toEqual([
      expect.objectContaining({ DocumentName: "AWS-StartInteractiveCommand", Parameters: { command: [command] } }),
    ]);
  });

  test("a plugin that knows no variable gets the token as the AWS CLI gave it then", async () => {
    plugin("1.2.497.0");
    expect((await box.tiers(["exec", "mvp"])).code).toBe(0);
    expect(called()).toMatchObject({ response: JSON.stringify(TOKEN), variable: "" });
  });

  test("a plugin that fails is told, and the session is closed all the same", async () => {
    plugin("1.2.650.0", "echo broken >&2; exit 5");
    const { code, stderr } = await box.tiers(["exec", "mvp"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/broken\nerror: session-manager-plugin ended with code 5/),
    ]);
    expect(box.agent.ended).toEqual(["session-1"]);
  });

  test("without the plugin it says how to get it, and asks AWS nothing", async () => {
    fs.rmSync(box.file("path/session-manager-plugin"));
    const { code, stderr } = await box.tiers(["exec", "mvp"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: session-manager-plugin is not on PATH; sessions need it\. Install it \(.*\), then try again\.\n$/,
    );
    expect(box.agent.opened).toEqual([]);
  });

  test.each([
    [
      "a service that is none",
      ["mvp", "backnd"],
      `webrana runs no "backnd"; it runs: postgres, cache, backend, frontend, proxy; did you mean "backend"?`,
    ],
    ["two services", ["mvp", "backend", "frontend"], `"frontend" is too much: one service; a command stands after --`],
    ["another stack", ["prod"], `There is no stack "prod"`],
  ])("wrong usage: %s", async (_what, args, message) => {
    const { code, stderr } = await box.tiers(["exec", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(box.agent.opened).toEqual([]);
  });
});

describe("tunnel", () => {
  test("to the database: the container's address, and what to connect with but no password", async () => {
    const port = await freePort();
    const { code, stdout } = await box.tiers(["tunnel", "mvp", "db", "--local-port", String(port)]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `psql "host=127.0.0.1 port=${port} dbname=webrana user=webrana"\n` +
        `  its password: aws ssm get-parameter --region ${REGION} --with-decryption --query Parameter.Value --output text ` +
        `--name /webrana/mvp/secret/DB_PASSWORD\n`,
    );
    expect(box.agent.sent.map(({ command }) => command)).toEqual(["docker network inspect webrana-mvp_internal"]);
    expect(box.agent.opened).toEqual([
      {
        Target: INSTANCE,
        DocumentName: "AWS-StartPortForwardingSessionToRemoteHost",
        Parameters: { host: ["172.18.0.2"], portNumber: ["5432"], localPortNumber: [String(port)] },
        Reason: "tiers: tunnel to db",
      },
    ]);
    expect(box.agent.ended).toEqual(["session-1"]);
  });

  test("to the cache: what to connect with", async () => {
    networks({ c: { Name: "webrana-cache", IPv4Address: "172.18.0.3/16" } });
    const port = await freePort();
    const { code, stdout } = await box.tiers(["tunnel", "mvp", "cache", "--local-port", String(port)]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^(redis|valkey)-cli -h 127.0.0.1 -p ${port}\n$`)),
    ]);
    expect(box.agent.opened).toEqual([
      expect.objectContaining({
        Parameters: { host: ["172.18.0.3"], portNumber: ["6379"], localPortNumber: [String(port)] },
      }),
    ]);
  });

  test("to a service, at its own port or the next free one", async () => {
    const taken = await occupy(8080);
    const { code, stdout } = await box.tiers(["tunnel", "mvp", "backend"]);
    await taken?.();
    const [, port = ""] = /^http:\/\/127\.0\.0\.1:(\d+)\/\n$/.exec(stdout) ?? [];
    expect([code, Number(port)]).toEqual([0, expect.toSatisfy((number: number) => number > 8080 && number < 8130)]);
    expect(box.agent.opened).toEqual([
      expect.objectContaining({ Parameters: { host: ["172.19.0.5"], portNumber: ["8080"], localPortNumber: [port] } }),
    ]);
  });

  test("a port that was asked for and is taken is refused", async () => {
    const port = await freePort();
    const free = await occupy(port);
    const { code, stderr } = await box.tiers(["tunnel", "mvp", "db", "--local-port", String(port)]);
    await free?.();
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Port ${port} of this machine is taken.`)]);
    expect(box.agent.opened).toEqual([]);
  });

  test("a container that does not run is told", async () => {
    networks({});
    const { code, stderr } = await box.tiers(["tunnel", "mvp", "cache"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        "cache does not run: the network webrana-mvp_internal of the host has no container webrana-cache.",
      ),
    ]);
  });

  test.each([
    ["the proxy", ["proxy"], "proxy listens on no port that the specification knows"],
    ["nothing of the app", ["nosuch"], `webrana runs no "nosuch"`],
    ["no port", ["db", "--local-port", "70000"], `--local-port is "70000"; allowed: 1 to 65535.`],
  ])("wrong usage: %s", async (_what, args, message) => {
    const { code, stderr } = await box.tiers(["tunnel", "mvp", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends the plugin and the session", async (signal) => {
    plugin("1.2.650.0", `trap 'echo stopped >> "${box.file("called")}"; exit 0' INT TERM\nwhile :; do sleep 0.1; done`);
    const { code, stderr } = await whileItRuns(["tunnel", "mvp", "db"], (child) => child.kill(signal));
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
    expect(box.read("called")).toMatch(/\nstopped\n$/);
    expect(box.agent.ended).toEqual(["session-1"]);
  });
});

describe("logs that stay on the host", () => {
  beforeAll(() => {
    box.changeApp((source) => source.replace("ingress: {", 'observability: { logs: "local" },\n  ingress: {'));
    box.onHost("bin/logs", `echo "webrana-backend  | asked $*"`);
  });
  afterAll(() => box.changeApp((source) => source.replace('  observability: { logs: "local" },\n', "")));

  test("are the host's last lines", async () => {
    expect(await box.tiers(["logs", "mvp", "backend"])).toMatchObject({
      code: 0,
      stdout: "webrana-backend  | asked backend\n",
    });
    const { stdout } = await box.tiers(["logs", "mvp", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ service: "webrana-backend", message: "asked" });
  });

  test("are followed in a session", async () => {
    expect((await box.tiers(["logs", "mvp", "backend", "--follow"])).code).toBe(0);
    expect(box.agent.opened).toEqual([
      expect.objectContaining({ Parameters: { command: ["sudo /opt/webrana/bin/logs --follow backend"] } }),
    ]);
  });

  test("know no --since, and no JSON while they are followed", async () => {
    for (const [args, message] of [
      [["--since", "1h"], "--since is for logs in CloudWatch"],
      [["--follow", "--json"], "--json does not go with --follow"],
    ] as const) {
      const { code, stderr } = await box.tiers(["logs", "mvp", ...args]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});

/** Starts `tiers`, does something once the plugin runs, and waits for the end. */
async function whileItRuns(args: string[], act: (child: ChildProcess) => void) {
  const child = box.start(args);
  const end = ended(child);
  while (!fs.existsSync(box.file("called")) && child.exitCode === null) await pause(20);
  await pause(100);
  act(child);
  return end;
}

function listen(port: number): Promise<net.Server> {
  const server = net.createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

const close = (server: net.Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

async function freePort(): Promise<number> {
  const server = await listen(0);
  const { port } = server.address() as net.AddressInfo;
  await close(server);
  return port;
}

/** Holds a port, or finds it held; returns how to let it go. */
async function occupy(port: number): Promise<(() => Promise<void>) | undefined> {
  const server = await listen(port).catch(() => undefined);
  return server && (() => close(server));
}
