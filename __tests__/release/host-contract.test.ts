/** What the laptop sends and reads, with the host's real program on the other side. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { messageOf, parseHistory, parseReport, releaseId, releaseWords } from "../../scripts/release";
import { releaser } from "../../scripts/lib/user";
import { API_2, image, ReleaseHost } from "../helpers/release-host";

let host: ReleaseHost;
beforeEach(() => void (host = new ReleaseHost()));
afterEach(() => host.remove());

const WHO = { id: releaseId(new Date()), by: releaser() };
const release = (...words: string[]) => host.run("bin/release", ...words);

describe("a release", () => {
  test("is understood on both sides, and again in the history", () => {
    const message = `it's "urgent"; $(reboot) --json 100 % größer`;
    const { status, stdout } = release(...releaseWords("deploy", { ...WHO, message }, ["--no-backup", API_2]));
    const report = parseReport(stdout);
    expect([status, report]).toMatchObject([
      0,
      { ...WHO, action: "deploy", message, result: "released", jobs: ["migrate"], backup: "" },
    ]);
    expect(report.images).toEqual({
      api: { before: image("api", 1), after: image("api", 2) },
      web: { before: image("web", 1), after: image("web", 1) },
    });
    const back = release(...releaseWords("rollback", { ...WHO, id: "back" }, []));
    expect(parseReport(back.stdout)).toMatchObject({ id: "back", action: "rollback", message: "", result: "released" });
    expect(parseHistory(release("history", "--count", "50", "--json").stdout)).toEqual([
      parseReport(back.stdout),
      report,
    ]);
  });

  test("to go back to what runs already is refused with a reason, and no holder", () => {
    const { stdout } = release(...releaseWords("deploy", WHO, [API_2]));
    expect(parseReport(stdout).result).toBe("released");
    const again = release(...releaseWords("rollback", { ...WHO, id: "again" }, ["--to", WHO.id]));
    expect([again.status, parseReport(again.stdout)]).toMatchObject([1, { result: "refused", holder: "" }]);
    expect(parseReport(again.stdout).reason).not.toBe("");
  });

  test("takes a reference that keeps its tag beside its digest, and the longest message", () => {
    const reference = image("api", 2).replace("@", ":1.4.2@");
    const message = messageOf("ä".repeat(300));
    const { stdout } = release(...releaseWords("deploy", { ...WHO, message }, [`api=${reference}`]));
    expect(parseReport(stdout)).toMatchObject({ result: "released", message, images: { api: { after: reference } } });
  });

  test("that is taken back says so on both sides", () => {
    host.write("bad", `${image("api", 2)}\n`);
    const { status, stdout } = release(...releaseWords("deploy", WHO, [API_2]));
    expect([status, parseReport(stdout)]).toMatchObject([1, { result: "taken back", holder: "" }]);
    expect(parseReport(stdout).reason).not.toBe("");
  });

  test("that finds the lock taken names who holds it", () => {
    host.standIn("flock", "exit 1");
    const { status, stdout } = release(...releaseWords("deploy", WHO, [API_2]));
    expect([status, parseReport(stdout).result]).toEqual([75, "refused"]);
  });
});

test("a history without releases is empty", () => {
  expect(parseHistory(release("history", "--count", "10", "--json").stdout)).toEqual([]);
});
