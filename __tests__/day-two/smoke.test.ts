import * as net from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  checkBackup,
  checkFromHere,
  checksOfHost,
  describeSmoke,
  parseHostSmoke,
  smokeCode,
  type SmokeReport,
} from "../../scripts/day-two";
import { makeFolder, removeFolder } from "../helpers/folders";
import { type Authority, makeAuthority, startWeb, type Web, type WebBehaviour } from "./web-server";

const NAME = "api.shop.test";
let folder: string;
let authority: Authority;
let web: Web | undefined;

beforeAll(() => {
  folder = makeFolder("smoke");
  authority = makeAuthority(folder);
});
afterAll(() => removeFolder(folder));
afterEach(async () => {
  await web?.stop();
  web = undefined;
});

type Options = Parameters<typeof checkFromHere>[1];

const PLAN = {
  names: [{ name: NAME, paths: [{ path: "/health", shows: "health of api" }] }],
  directPorts: [],
  leftToHost: [],
};

/** Asks a proxy that is played here; the name leads to it. */
async function ask(behaviour: Partial<WebBehaviour>, options: Partial<Options> = {}) {
  web = await startWeb({ keys: authority.sign([NAME], -1, 89), ...behaviour });
  return checkFromHere(PLAN, {
    publicIp: "127.0.0.1",
    tls: true,
    behindCdn: false,
    direct: false,
    now: new Date(),
    resolve: async () => ["127.0.0.1"],
    ca: authority.ca,
    ports: web.ports,
    timeoutMs: 2000,
    ...options,
  });
}

/** "ok name of the check: its words", one line each. */
const lines = (checks: Awaited<ReturnType<typeof ask>>): string[] =>
  checks.map(({ result, name, detail }) => `${result} ${name}: ${detail}`);

describe("an app that is well", () => {
  test("passes, and was asked by its public name", async () => {
    expect(lines(await ask({}))).toEqual([
      `ok name ${NAME}: leads to 127.0.0.1`,
      expect.stringMatching(new RegExp(`^ok certificate of ${NAME}: valid for 8[89] more days, until \\d{4}-`)),
      `ok redirect of ${NAME}: 308 to https://${NAME}/`,
      `ok health of api at ${NAME}: /health answers 200`,
    ]);
    expect(web?.asked).toEqual([`${NAME}/health`]);
  });

  test("without TLS it is asked on port 80 alone", async () => {
    const checks = await ask({ redirect: "none" }, { tls: false });
    expect(lines(checks).slice(1)).toEqual([`ok health of api at ${NAME}: /health answers 200`]);
  });
});

describe("each fault is found, and the rest is still looked at", () => {
  const found = async (behaviour: Partial<WebBehaviour>, options: Partial<Options> = {}): Promise<string[]> =>
    lines(await ask(behaviour, options)).filter((line) => !line.startsWith("ok "));

  test("a certificate that has expired", async () => {
    expect(await found({ keys: authority.sign([NAME], -100, -10) })).toEqual([
      expect.stringMatching(new RegExp(`^failed certificate of ${NAME}: expired on \\d{4}-\\d\\d-\\d\\d$`)),
    ]);
  });

  test("a certificate for another name", async () => {
    expect(await found({ keys: authority.sign(["other.test", "more.test"], -1, 89) })).toEqual([
      `failed certificate of ${NAME}: is for other.test, more.test`,
    ]);
  });

  test("a certificate of nobody's", async () => {
    expect(await found({}, { ca: undefined })).toEqual([
      expect.stringMatching(/^failed certificate of .*: browsers do not trust it \((SELF_SIGNED|UNABLE_TO)/),
    ]);
  });

  test.each([
    [-76, 14, "failed", "it should have been renewed by now"],
    [-74, 16, "ok", "valid for 1[56] more days"],
    [-2, 4, "ok", "valid for [34] more days"],
    [-5.2, 0.8, "failed", "it should have been renewed by now"],
  ])("a certificate from day %d to day %d is %s", async (from, to, result, words) => {
    const [, certificate = ""] = lines(await ask({ keys: authority.sign([NAME], from, to) }));
    expect(certificate).toMatch(new RegExp(`^${result} certificate of .*${words}`));
  });

  test("no redirect to https", async () => {
    expect(await found({ redirect: "none" })).toEqual([
      `failed redirect of ${NAME}: http:// answers 200, not a redirect to https://`,
    ]);
    await web?.stop();
    expect(await found({ redirect: "http://elsewhere.test/" })).toEqual([
      `failed redirect of ${NAME}: http:// answers 308 to http://elsewhere.test/, not a redirect to https://`,
    ]);
  });

  test("a service that is not well", async () => {
    expect(await found({ status: { "/health": 500 } })).toEqual([
      `failed health of api at ${NAME}: /health answers 500`,
    ]);
  });

  test("the page for times when the app is closed", async () => {
    expect(await found({ status: { "/health": 503 }, headers: { "retry-after": "60" } })).toEqual([
      `failed health of api at ${NAME}: /health answers 503; the maintenance page may be on: tiers status`,
    ]);
  });

  test("nobody there", async () => {
    const closed = await closedPort();
    expect(await found({}, { ports: { http: closed, https: closed } })).toEqual([
      `failed certificate of ${NAME}: no answer (ECONNREFUSED)`,
      `failed redirect of ${NAME}: no answer (ECONNREFUSED)`,
      `failed health of api at ${NAME}: no answer (ECONNREFUSED)`,
    ]);
  });
});

describe("what cannot be told from here is not called a fault", () => {
  test("a name that does not lead here yet: the host is asked directly", async () => {
    for (const [addresses, words] of [
      [["203.0.113.9"], "leads to 203.0.113.9, not to 127.0.0.1 yet"],
      [[], "has no address, not to 127.0.0.1 yet"],
    ] as const) {
      const checks = await ask({}, { resolve: async () => addresses });
      expect(checks.map(({ result }) => result)).toEqual(["unknown", "ok", "ok", "ok"]);
      expect(checks[0]?.detail).toContain(words);
      await web?.stop();
    }
  });

  test("--direct asks the host whatever the names lead to", async () => {
    const checks = await ask({}, { direct: true, resolve: () => Promise.reject(new Error("asked")) });
    expect(checks.map(({ result }) => result)).toEqual(["ok", "ok", "ok"]);
  });

  test("a silent firewall: a fault of an app that is open to the world, unknown of one behind a CDN", async () => {
    const silent = await silentServer();
    const ports = { http: silent.port, https: silent.port };
    const results = async (behindCdn: boolean) =>
      (await ask({}, { ports, behindCdn, timeoutMs: 100 })).slice(1).map(({ result }) => result);
    expect(await results(false)).toEqual(["failed", "failed", "failed"]);
    await web?.stop();
    expect(await results(true)).toEqual(["unknown", "unknown", "unknown"]);
    await silent.stop();
  });

  test("behind a CDN the name is asked where it leads, and one without an address has failed", async () => {
    const checks = await ask({}, { behindCdn: true, publicIp: "203.0.113.9" });
    expect(checks.map(({ result }) => result)).toEqual(["ok", "ok", "ok", "ok"]);
    await web?.stop();
    expect(lines(await ask({}, { behindCdn: true, resolve: async () => [] }))).toEqual([
      `failed name ${NAME}: has no address`,
    ]);
  });

  test("a port beside the proxy that does not answer may be closed to this machine", async () => {
    const silent = await silentServer();
    const plan = { names: [], directPorts: [{ service: "api", port: silent.port, path: "/health" }], leftToHost: [] };
    const options = { publicIp: "127.0.0.1", tls: true, behindCdn: false, direct: false, now: new Date() };
    const resolve = async () => [];
    const [check] = await checkFromHere(plan, { ...options, resolve, timeoutMs: 100 });
    expect(check).toMatchObject({ name: `health of api at port ${silent.port}`, result: "unknown" });
    await silent.stop();
  });
});

describe("the report", () => {
  const report = (...results: ("ok" | "failed" | "unknown")[]): SmokeReport => ({
    stack: "shop",
    checks: results.map((result, at) => ({ from: "here", name: `check ${at}`, result, detail: "words" })),
    leftToHost: [{ what: "health of worker", why: "no public name leads to its /health" }],
  });

  test.each([
    [["ok", "ok"], 0],
    [["ok", "unknown"], 3],
    [["unknown", "failed"], 1],
  ] as const)("%j ends with %d", (results, code) => expect(smokeCode(report(...results))).toBe(code));

  test("has a line for each check, and what only the host is asked", () => {
    expect(describeSmoke(report("ok", "failed", "unknown"))).toBe(
      [
        "shop",
        "  ok      check 0  from here  words",
        "  FAILED  check 1  from here  words",
        "  ?       check 2  from here  words",
        "",
        "asked on the host only:",
        "  health of worker: no public name leads to its /health",
      ].join("\n"),
    );
  });

  test.each([
    [{ value: 3600 }, "ok", "1 h 0 min ago"],
    [{ value: 93_601 }, "failed", "26 h 0 min ago; at most 26 h"],
    [{ trouble: "S3 refused." }, "unknown", "S3 refused."],
  ] as const)("the last backup %j is %s", (age, result, detail) => {
    for (const hostTold of [true, false]) {
      expect(checkBackup(age, 26, hostTold)).toEqual([{ name: "last verified backup", result, detail }]);
    }
  });

  test("a backup that is not there yet is the host's to judge, and not known when the host is silent", () => {
    expect(checkBackup({ value: null }, 26, true)).toEqual([]);
    expect(checkBackup({ value: null }, 26, false)).toEqual([
      {
        name: "last verified backup",
        result: "unknown",
        detail: "there is none yet; only the host knows whether one is due",
      },
    ]);
  });

  test("a host that does not answer is one check that could not tell", () => {
    expect(checksOfHost({ trouble: "It is offline." })).toEqual([
      { name: "the host", result: "unknown", detail: "It is offline." },
    ]);
  });

  test("the host's own report is read, and nothing else is taken for one", () => {
    const checks = [{ name: "cache", result: "ok", detail: "PONG" }];
    expect(parseHostSmoke({ code: 0, stdout: JSON.stringify({ checks }), stderr: "" })).toEqual(checks);
    for (const stdout of ["", "well", `{"checks":[{"name":"cache","result":"fine","detail":""}]}`]) {
      expect(() => parseHostSmoke({ code: 127, stdout, stderr: "sh: not found\n" })).toThrow(
        "smoke on the host gave no report (exit code 127): sh: not found",
      );
    }
  });
});

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = await silentServer();
  await server.stop();
  return server.port;
}

/** A server that takes connections and says nothing. */
async function silentServer(): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
