/**
 * Changes a secret in its store and on the host as one step: in the end both have the new value, or both the old one.
 * The store is written first, because the host reads the value from there; it decides, and a refusal puts the old value
 * back. A machine that dies in between leaves a host that takes up the store's value at its next start.
 */
import { setTimeout as pause } from "node:timers/promises";
import { HOST_BUSY, type HostResult, HostUnreached, jsonIn } from "../lib/host-command";
import { uninterrupted } from "../lib/process";
import { UserError } from "../lib/errors";
import type { SecretStore } from "./secret-store";

export interface SecretChange {
  name: string;
  store: SecretStore;
  value: string;
  /** Asks the host to take up a version; an empty one stands for the newest. */
  takeUp: (version: string) => Promise<HostResult>;
  /** Milliseconds between two looks at a store that does not tell the new value yet. @default 1000 */
  pollMs?: number;
  /** Milliseconds that a host which is at work otherwise is waited for. @default 20 minutes */
  busyMs?: number;
}

export interface SecretChanged {
  /** "unchanged": the store had this value already, and the host was not asked. */
  result: "taken up" | "taken back" | "kept" | "unknown" | "unchanged";
  /** The store's version that counts now; empty when it is not known. */
  version: string;
  /** One sentence for people; empty when all is well. */
  reason: string;
  /** What the host answered. @default - nothing */
  host?: HostResult;
}

/** What the store held before. */
interface Before {
  version: string;
  /** Undefined when the secret had no value. */
  value: string | undefined;
}

/** Looks at the store until it tells the new value; it may answer from a place that has not heard of it. */
const LOOKS = 10;

/**
 * Writes the value and has the host take it up. From the first write on the work goes on to its end, whatever signals come.
 *
 * @throws UserError when nothing was changed, or (exit 3) when the store does not tell what it holds
 */
export async function changeSecret(change: SecretChange): Promise<SecretChanged> {
  const { store, value } = change;
  const before: Before = { version: (await store.describe())?.version ?? "", value: await store.read() };
  if (before.value === value) {
    return { result: "unchanged", version: before.version, reason: "The store holds this value already." };
  }
  return uninterrupted(async () => {
    const version = await written(change);
    try {
      const host = await whenFree(change, version);
      if (host.code === 0) return { result: "taken up", version, reason: "", host };
      return { ...(await takenBack(change, version, before, refusalOf(host))), host };
    } catch (error) {
      if (error instanceof HostUnreached) return takenBack(change, version, before, error.message);
      if (!(error instanceof UserError)) throw error;
      return unknown(change, version, error.message);
    }
  });
}

/** The version of the new value. A write whose answer was lost may have arrived: then it counts. */
async function written(change: SecretChange): Promise<string> {
  const { name, store, value } = change;
  try {
    const version = await store.write(value);
    await seen(change).catch(() => undefined);
    return version;
  } catch (error) {
    const now = await store.read().catch(() => {
      throw new UserError(
        `${(error as Error).message} Whether ${name} has a new value is not known; when the store answers again, look ` +
          "with tiers secrets list, and repeat this.",
        3,
      );
    });
    if (now !== value) throw error;
    return (await store.describe())?.version ?? "";
  }
}

/**
 * Somebody who has begun after the host was found free may be at work there, perhaps with another value of the same secret:
 * putting the old value back would undo theirs.
 */
async function whenFree(
  { takeUp, busyMs = 20 * 60_000, pollMs = 1000 }: SecretChange,
  version: string,
): Promise<HostResult> {
  const until = Date.now() + busyMs;
  for (;;) {
    const host = await takeUp(version);
    if (host.code !== HOST_BUSY || Date.now() >= until) return host;
    await pause(10 * pollMs);
  }
}

/** Waits until the store tells the new value, so that the host does not read the old one. */
async function seen({ store, value, pollMs = 1000 }: SecretChange): Promise<void> {
  for (let look = 1; look < LOOKS && (await store.read()) !== value; look += 1) await pause(pollMs);
}

/** The host's report says it; without one, the last of its words. */
function refusalOf({ code, stdout, stderr }: HostResult): string {
  const { reason, holder } = reportIn(stdout);
  return code === HOST_BUSY
    ? `The host is busy: ${holder || lastLine(stderr) || "its lock is taken"}.`
    : `The host did not take it up: ${reason || lastLine(stderr) || `exit code ${code}`}.`;
}

const reportIn = (stdout: string) => (jsonIn(stdout) ?? {}) as { reason?: string; holder?: string };

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1)?.replace(/\.$/, "") ?? "";

/** Puts the old value back, unless somebody else has written a newer one. */
async function takenBack(
  { name, store }: SecretChange,
  version: string,
  before: Before,
  why: string,
): Promise<SecretChanged> {
  if (before.value === undefined) {
    const reason = `${why} ${name} had no value before: the new one stays in the store, and the host's next start takes it up.`;
    return { result: "kept", version, reason };
  }
  try {
    const now = (await store.describe())?.version ?? "";
    if (now !== version && now !== before.version) {
      const reason = `${why} Meanwhile the store holds version ${now}, which somebody else wrote: it stays.`;
      return { result: "unknown", version: now, reason };
    }
    const back = await store.write(before.value);
    return { result: "taken back", version: back, reason: `${why} The old value counts again.` };
  } catch (error) {
    return {
      result: "unknown",
      version,
      reason:
        `${why} The old value could not be put back: ${(error as Error).message} The host uses the value before version ` +
        `${version || "the newest"} of the store; put that one back before the host starts anew.`,
    };
  }
}

/** The host began and did not tell how it ended. The store's value is the one that its next start takes up. */
function unknown({ name }: SecretChange, version: string, why: string): SecretChanged {
  return {
    result: "unknown",
    version,
    reason:
      `${why}\nWhether the host uses the new value of ${name} is not known; the store holds it. When the host answers ` +
      `again, have it take it up: sudo bin/secret take-up ${name} --by <you>, in the app's folder of the host.`,
  };
}
