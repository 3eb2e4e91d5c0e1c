import { describe, expect, test } from "vitest";
import { changeSecret, type SecretStore } from "../../scripts/day-two";
import { UserError } from "../../scripts/lib/errors";
import { type HostResult, HostUnreached } from "../../scripts/lib/host-command";

/** A store in memory with faults; `values[n]` is version n + 1. */
class Store implements SecretStore {
  constructor(readonly values: string[]) {}
  /** What happens at each write, in turn. @default - it works */
  writes: ("works" | "refused" | "answer lost")[] = [];
  readsFail = false;
  /** Reads that still tell the value before. */
  staleReads = 0;

  describe = async () =>
    this.values.length === 0 ? undefined : { version: String(this.values.length), changedAt: "2026-11-21T00:00:00Z" };

  read = async () => {
    if (this.readsFail) throw new UserError("The store cannot be reached.");
    this.staleReads -= 1;
    return this.staleReads >= 0 ? this.values.at(-2) : this.values.at(-1);
  };

  write = async (value: string) => {
    const what = this.writes.shift() ?? "works";
    if (what === "refused") throw new UserError("The store refused.");
    this.values.push(value);
    if (what === "answer lost") throw new UserError("The store cannot be reached.");
    return String(this.values.length);
  };
}

const answer = (code: number, stderr = "", report: object = {}): HostResult => ({
  code,
  stdout: JSON.stringify(report),
  stderr,
});

const change = (store: Store, takeUp: (version: string) => Promise<HostResult>, value = "new") =>
  changeSecret({ name: "DB_PASSWORD", store, value, takeUp, pollMs: 1, busyMs: 25 });

describe("store and host end with the same value", () => {
  test("the host takes it up: both have the new one", async () => {
    const store = new Store(["old"]);
    let seen: string | undefined;
    const result = await change(store, async () => {
      seen = store.values.at(-1);
      return answer(0);
    });
    expect([seen, result.result, result.version, result.reason]).toEqual(["new", "taken up", "2", ""]);
    expect(store.values).toEqual(["old", "new"]);
  });

  test.each([
    ["fails", answer(1, "secret: working\nsecret: api did not become healthy\n"), "api did not become healthy"],
    [
      "is busy",
      answer(75, 'secret: the lock "deploy" is taken: deploy 7 by ana: release\n'),
      "The host is busy: secret: the lock",
    ],
    ["reports why", answer(1, "more words\n", { reason: "api is not well" }), "did not take it up: api is not well."],
    ["reports who is at work", answer(75, "", { reason: "r", holder: "deploy 7 by ana" }), "is busy: deploy 7 by ana."],
    ["knows no such program", answer(127), "exit code 127"],
  ])("the host %s: both have the old one", async (_what, host, why) => {
    const store = new Store(["older", "old"]);
    const { result, version, reason } = await change(store, async () => host);
    expect([result, version]).toEqual(["taken back", "4"]);
    expect(reason).toContain(why);
    expect(reason).toMatch(/ The old value counts again\.$/);
    expect(store.values).toEqual(["older", "old", "new", "old"]);
  });

  test("the host is busy for a while: it is asked again, for the version that was written", async () => {
    const store = new Store(["old"]);
    const asked: string[] = [];
    const result = await change(store, async (version) => {
      asked.push(version);
      return answer(asked.length < 3 ? 75 : 0);
    });
    expect([result.result, asked, store.values]).toEqual(["taken up", ["2", "2", "2"], ["old", "new"]]);
  });

  test("somebody else's value came in between: nothing is taken up that was not written", async () => {
    const store = new Store(["old"]);
    store.writes = ["refused"];
    const { read } = store;
    let looks = 0;
    store.read = async () => {
      looks += 1;
      return looks > 1 ? "theirs" : read();
    };
    await expect(change(store, async () => answer(0))).rejects.toThrow("The store refused.");
  });

  test("the host was not reached: both have the old one", async () => {
    const store = new Store(["old"]);
    const { result, reason } = await change(store, async () => {
      throw new HostUnreached("The host is not online.");
    });
    expect([result, reason]).toEqual(["taken back", "The host is not online. The old value counts again."]);
    expect(store.values.at(-1)).toBe("old");
  });

  test("the host is asked only once the store tells the new value", async () => {
    const store = new Store(["old"]);
    const write = store.write;
    store.write = async (value) => {
      const version = await write(value);
      store.staleReads = 3;
      return version;
    };
    let told: string | undefined;
    await change(store, async () => {
      told = await store.read();
      return answer(0);
    });
    expect(told).toBe("new");
  });

  test("the store refuses: nothing was changed, and the host is not asked", async () => {
    const store = new Store(["old"]);
    store.writes = ["refused"];
    await expect(change(store, () => Promise.reject(new Error("asked")))).rejects.toThrow("The store refused.");
    expect(store.values).toEqual(["old"]);
  });

  test("the answer of the store was lost, and the value had arrived: the host takes it up", async () => {
    const store = new Store(["old"]);
    store.writes = ["answer lost"];
    expect(await change(store, async () => answer(0))).toMatchObject({ result: "taken up", version: "2" });
  });

  test("the same value again changes nothing", async () => {
    const store = new Store(["old"]);
    const result = await change(store, () => Promise.reject(new Error("asked")), "old");
    expect(result).toMatchObject({ result: "unchanged", version: "1" });
    expect(store.values).toEqual(["old"]);
  });
});

describe("what cannot be put right is told", () => {
  test("a first value stays: the host has no other", async () => {
    const store = new Store([]);
    const { result, reason } = await change(store, async () => answer(1, "secret: api is not well\n"));
    expect([result, store.values]).toEqual(["kept", ["new"]]);
    expect(reason).toContain("DB_PASSWORD had no value before: the new one stays in the store");
  });

  test("the host began and did not tell how it ended: the new value stays", async () => {
    const store = new Store(["old"]);
    const { result, reason } = await change(store, async () => {
      throw new UserError("The command did not end on the host.");
    });
    expect([result, store.values.at(-1)]).toEqual(["unknown", "new"]);
    expect(reason).toContain("sudo bin/secret take-up DB_PASSWORD");
  });

  test("somebody else has written since: theirs stays", async () => {
    const store = new Store(["old"]);
    const { result, version, reason } = await change(store, async () => {
      store.values.push("theirs");
      return answer(1, "secret: no\n");
    });
    expect([result, version, store.values.at(-1)]).toEqual(["unknown", "3", "theirs"]);
    expect(reason).toContain("version 3, which somebody else wrote");
  });

  test("the store does not take the old value back", async () => {
    const store = new Store(["old"]);
    store.writes = ["works", "refused"];
    const { result, reason } = await change(store, async () => answer(1, "secret: no\n"));
    expect(result).toBe("unknown");
    expect(reason).toMatch(/could not be put back: The store refused\. .* before version 2 /);
  });

  test("the store does not tell whether it has the new value", async () => {
    const store = new Store(["old"]);
    store.writes = ["answer lost"];
    const write = store.write;
    store.write = (value) => {
      store.readsFail = true;
      return write(value);
    };
    const failure = change(store, () => Promise.reject(new Error("asked")));
    await expect(failure).rejects.toThrow("Whether DB_PASSWORD has a new value is not known");
    await expect(failure).rejects.toMatchObject({ exitCode: 3 });
  });

  test("no reason holds a value", async () => {
    const results = [
      await change(new Store(["the-old-value"]), async () => answer(1, "secret: no\n"), "the-new-value"),
      await change(new Store([]), async () => answer(1), "the-new-value"),
    ];
    expect(JSON.stringify(results)).not.toMatch(/the-(old|new)-value/);
  });
});
