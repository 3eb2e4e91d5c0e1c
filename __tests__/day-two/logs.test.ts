import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeLine, followLogs, type LogGroup, type LogLine, readLogs } from "../../scripts/day-two";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";

const REGION = "eu-central-1";
const START = Date.now() - 600_000;
let moto: Moto;
let number = 0;
let groups: LogGroup[];

beforeAll(async () => void (moto = await startMoto()), MOTO_INSTALL_MS);
afterAll(() => moto?.stop());

const connect = (): CloudWatchLogsClient =>
  new CloudWatchLogsClient({
    endpoint: moto.url,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

/** Two empty groups of their own for each test. */
beforeEach(async () => {
  number += 1;
  groups = ["api", "postgres"].map((service) => ({ service, name: `/shop/${number}/${service}` }));
  const client = connect();
  for (const { name } of groups) {
    await client.send(new CreateLogGroupCommand({ logGroupName: name }));
    for (const stream of ["one", "two"]) {
      await client.send(new CreateLogStreamCommand({ logGroupName: name, logStreamName: stream }));
    }
  }
  client.destroy();
});

/** Writes messages at seconds after the start. */
async function write(service: string, stream: string, lines: readonly [number, string][]): Promise<void> {
  const client = connect();
  const logEvents = lines.map(([second, message]) => ({ timestamp: START + second * 1000, message }));
  const logGroupName = groups.find((group) => group.service === service)?.name;
  await client.send(new PutLogEventsCommand({ logGroupName, logStreamName: stream, logEvents }));
  client.destroy();
}

async function collect(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const found: string[] = [];
  for await (const { service, message } of lines) found.push(`${service} ${message}`);
  return found;
}

describe("reading", () => {
  test("brings the lines of all groups and streams in the order of time", async () => {
    await write("api", "one", [
      [1, "a"],
      [4, "d"],
    ]);
    await write("api", "two", [[3, "c"]]);
    await write("postgres", "one", [
      [2, "b\n"],
      [5, "e"],
    ]);
    const lines = await collect(readLogs(groups, { region: REGION, from: START, client: connect() }));
    expect(lines).toEqual(["api a", "postgres b", "api c", "api d", "postgres e"]);
  });

  test("leaves out what was before the moment", async () => {
    await write("api", "one", [
      [1, "old"],
      [10, "new"],
    ]);
    expect(await collect(readLogs(groups, { region: REGION, from: START + 5000, client: connect() }))).toEqual([
      "api new",
    ]);
  });

  test("goes through every page", async () => {
    const many = Array.from({ length: 10_500 }, (_, at): [number, string] => [at / 100, `line ${at}`]);
    await write("api", "one", many.slice(0, 6000));
    await write("api", "one", many.slice(6000));
    const lines = await collect(readLogs(groups, { region: REGION, from: START, client: connect() }));
    expect(lines).toEqual(many.map(([, message]) => `api ${message}`));
  });

  test("a group that is gone is told in one line", async () => {
    const gone = [{ service: "api", name: "/gone" }];
    await expect(collect(readLogs(gone, { region: REGION, from: START, client: connect() }))).rejects.toThrow(
      "The log group /gone: it does not exist; apply the stack to make it anew.",
    );
  });
});

describe("following", () => {
  /** Follows until as many lines have come, or the time is up; does something after each line. */
  async function follow(
    wanted: number,
    options: { after?: (line: string) => Promise<void>; client?: CloudWatchLogsClient },
  ) {
    const ending = new AbortController();
    const found: string[] = [];
    const troubles: unknown[] = [];
    const lines = followLogs(groups, {
      region: REGION,
      from: START,
      client: options.client ?? connect(),
      pollMs: 20,
      now: () => START + 60_000,
      signal: ending.signal,
      onTrouble: (error) => void troubles.push(error),
    });
    const limit = setTimeout(() => ending.abort(), 20_000);
    for await (const { message } of lines) {
      found.push(message);
      await options.after?.(message);
      // Some more looks, in which nothing may come twice.
      if (found.length === wanted) setTimeout(() => ending.abort(), 300);
    }
    clearTimeout(limit);
    return { found, troubles };
  }

  test("brings each line once, also those that reach CloudWatch after younger ones", async () => {
    await write("api", "one", [
      [1, "first"],
      [9, "second"],
    ]);
    const { found } = await follow(4, {
      after: async (line) => {
        if (line === "second") await write("api", "two", [[5, "late"]]);
        if (line === "late") await write("postgres", "one", [[20, "last"]]);
      },
    });
    expect(found).toEqual(["first", "second", "late", "last"]);
  });

  test("brings two lines of the same moment and the same words both", async () => {
    await write("api", "one", [
      [1, "again"],
      [1, "again"],
    ]);
    expect((await follow(2, {})).found).toEqual(["again", "again"]);
  });

  test("goes on when CloudWatch does not answer for a while, and loses nothing", async () => {
    await write("api", "one", [[1, "before"]]);
    const client = connect();
    let fail = false;
    client.middlewareStack.add(
      (next) => (args) => {
        if (!fail) return next(args);
        fail = false;
        return Promise.reject(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
      },
      { step: "finalizeRequest" },
    );
    const { found, troubles } = await follow(2, {
      client,
      after: async (line) => {
        if (line !== "before") return;
        await write("api", "one", [[2, "meanwhile"]]);
        fail = true;
      },
    });
    expect(found).toEqual(["before", "meanwhile"]);
    expect(troubles.map((error) => (error as Error).message)).toEqual([
      expect.stringContaining("CloudWatch cannot be reached (ECONNRESET)"),
    ]);
  });

  test("a first look that fails ends it", async () => {
    groups = [{ service: "api", name: "/gone" }];
    await expect(follow(1, {})).rejects.toThrow("it does not exist");
  });
});

test("a line for people has its container only when there are several", () => {
  const line = { time: 1_763_700_000_000, service: "api", message: "hello", id: "1" };
  expect(describeLine(line, 8)).toBe("2025-11-21T04:40:00.000Z api      | hello");
  expect(describeLine(line, 0)).toBe("2025-11-21T04:40:00.000Z hello");
});
