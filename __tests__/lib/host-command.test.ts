import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runOnHost } from "../../scripts/lib/host-command";
import { type Agent, INSTANCE, startAgent } from "../helpers/ssm-agent";

let agent: Agent;

beforeAll(async () => void (agent = await startAgent()));
afterEach(() => {
  agent.behaviour = { ping: "Online" };
  agent.sent.length = 0;
});
afterAll(() => agent.stop());

const HOST = { region: "eu-central-1", bucket: "b", instanceId: INSTANCE };

const runWords = (...words: string[]) =>
  runOnHost(HOST, { words, comment: "a test", timeoutSeconds: 60 }, { client: agent.client(), pollMs: 10 });

describe("a command on the host", () => {
  test("brings back its output and its exit code", async () => {
    expect(await runWords("sh", "-c", "echo out; echo err >&2; exit 7")).toEqual({
      code: 7,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(await runWords("true")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("gets its words as they are, whatever a shell would make of them", async () => {
    const words = ["a b", "it's", "$HOME", "`id`", "x;y", '"', "\\"];
    expect((await runWords("printf", "%s\\n", ...words)).stdout).toBe(`${words.join("\n")}\n`);
  });

  test("has bounded times: to be fetched, and to run", async () => {
    await runWords("true");
    expect(agent.sent).toEqual([{ command: "true", executionTimeout: "60", deliverySeconds: 60 }]);
  });

  test("may be unknown for a moment after it was sent", async () => {
    agent.behaviour.unknownLooks = 3;
    expect((await runWords("echo", "later")).stdout).toBe("later\n");
  });
});

describe("a look that fails", () => {
  test.each([
    ["the connection is cut", 0, ""],
    ["AWS has a fault", 500, "InternalServerError"],
    ["a gateway is in the way", 502, "BadGateway"],
    ["AWS is asked too often", 400, "ThrottlingException"],
    ["AWS is asked too often, by status", 429, "Slower"],
  ])("is followed by the next: %s", async (_what, status, type) => {
    agent.behaviour.troubledLooks = [
      { status, type },
      { status, type },
    ];
    expect(await runWords("echo", "done")).toMatchObject({ code: 0, stdout: "done\n" });
    expect(agent.behaviour.troubledLooks).toEqual([]);
  });

  test.each([
    [400, "AccessDeniedException", "AWS refused access; needed: "],
    [403, "Forbidden", "AWS refused access; needed: "],
    [400, "ExpiredTokenException", "the AWS credentials have expired; sign in again."],
    [400, "ValidationException", "AWS refused: trouble."],
  ])("with %d %s ends the wait", async (status, type, message) => {
    agent.behaviour.troubledLooks = [{ status, type }];
    await expect(runWords("true")).rejects.toThrow(message);
  });
});

describe("a host that cannot be asked is told in one line, and nothing is sent", () => {
  test.each([
    ["was never registered", { ping: undefined }, /not known to Systems Manager\. A new host takes some minutes/],
    ["is offline", { ping: "ConnectionLost" }, /not online in Systems Manager \(ConnectionLost, last heard of 2023-/],
    [
      "is not the user's to ask",
      { refuse: { status: 400, type: "AccessDeniedException" } },
      /AWS refused access; needed: ssm:DescribeInstanceInformation, ssm:SendCommand/,
    ],
    [
      "knows the key no more",
      { refuse: { status: 400, type: "ExpiredTokenException" } },
      /the AWS credentials have expired; sign in again\.$/,
    ],
  ] as const)("%s", async (_what, behaviour, message) => {
    agent.behaviour = behaviour;
    await expect(runWords("true")).rejects.toThrow(message);
    expect(agent.sent).toEqual([]);
  });

  test("AWS is not there at all", async () => {
    const gone = await startAgent();
    await gone.stop();
    const options = { client: gone.client(), pollMs: 10 };
    await expect(runOnHost(HOST, { words: ["true"], comment: "", timeoutSeconds: 60 }, options)).rejects.toThrow(
      /^The host i-0123456789abcdef0: AWS cannot be reached \(ECONNREFUSED\); try again when it can\.$/,
    );
  });
});

test("a command that the host never fetched did not end", async () => {
  agent.behaviour.deaf = true;
  await expect(runWords("true")).rejects.toThrow(/did not end on the host .*: DeliveryTimedOut \(command command-1/);
});
