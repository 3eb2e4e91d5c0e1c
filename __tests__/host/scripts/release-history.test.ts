import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { API_2, image, ReleaseHost, type Report, reportOf } from "../../helpers/release-host";

let host: ReleaseHost;
beforeEach(() => {
  host = new ReleaseHost();
});
afterEach(() => host.remove());

describe("rollback", () => {
  test("runs what ran before, repeats no job, and a second one goes forward again", () => {
    host.deploy(API_2);
    host.forget();
    expect(reportOf(host.rollback())).toMatchObject({ action: "rollback", result: "released", jobs: [], backup: "" });
    expect(host.parameters()).toEqual([image("api", 1), image("web", 1)]);
    expect(host.calls("docker").join("\n")).not.toContain("job-migrate");
    const again = host.run("bin/rollback");
    expect([again.status, again.stdout]).toEqual([0, expect.stringMatching(/^rollback rollback-20\S+Z: released/)]);
    expect(host.parameters()[0]).toBe(image("api", 2));
  });

  test("goes to the release that is named, and says when there is none", () => {
    host.deploy(API_2);
    host.run("bin/release", "deploy", "--id", "r3", "--by", "ada", `api=${image("api", 3)}`, `web=${image("web", 3)}`);
    host.run("bin/release", "deploy", "--id", "r4", "--by", "ada", `api=${image("api", 4)}`);
    expect(reportOf(host.rollback("--to", "r2")).result).toBe("released");
    expect(host.parameters()).toEqual([image("api", 2), image("web", 1)]);
    const unknown = host.rollback("--to", "r9");
    expect([unknown.status, reportOf(unknown)]).toMatchObject([
      2,
      { result: "refused", reason: expect.stringContaining('no release "r9" is known') },
    ]);
    expect(host.history().map(({ id }) => id)).toEqual(["back", "r4", "r3", "r2"]);
  });

  test.each([[[]], [["--to", "r2"]]])("leaves a service alone that was added since %j", (to) => {
    host.deploy(API_2);
    host.deploy(`api=${image("api", 3)}`);
    const file = "opt/shop/data/.tierstack/releases.jsonl";
    const first = JSON.parse(host.read(file).split("\n")[0] ?? "") as Report;
    host.write(file, `${JSON.stringify({ ...first, images: { api: { before: "", after: image("api", 2) } } })}\n`);
    host.write("opt/shop/images.previous.env", `IMAGE_API='${image("api", 2)}'\n`);
    expect(reportOf(host.rollback(...to)).result).toBe("released");
    expect(host.parameters()).toEqual([image("api", 2), image("web", 1)]);
    expect(host.has("containers/shop-web")).toBe(true);
  });

  test("on a host that has replaced another one the history knows what ran before", () => {
    host.deploy(API_2);
    fs.rmSync(path.join(host.appDir, "images.previous.env"));
    expect(reportOf(host.rollback()).result).toBe("released");
    expect(host.parameters()).toEqual([image("api", 1), image("web", 1)]);
  });

  test("is refused when nothing is known that ran before", () => {
    const ran = host.rollback();
    expect([ran.status, reportOf(ran)]).toMatchObject([
      1,
      { result: "refused", reason: expect.stringContaining("no images are known") },
    ]);
    expect(host.history()).toEqual([]);
  });
});

describe("history", () => {
  test("shows the newest first, as many as are asked for; 200 are kept", () => {
    const file = "opt/shop/data/.tierstack/releases.jsonl";
    host.deploy(API_2);
    const [line = ""] = host.read(file).split("\n");
    host.write(file, Array.from({ length: 200 }, (_, index) => `${line.replace('"r2"', `"old-${index}"`)}\n`).join(""));
    host.run("bin/release", "deploy", "--id", "r3", "--by", "ada", `api=${image("api", 3)}`);
    const kept = host.read(file).trimEnd().split("\n");
    expect([kept.length, JSON.parse(kept[0] ?? "")]).toMatchObject([200, { id: "old-1" }]);
    expect(host.history()).toHaveLength(10);
    const two = JSON.parse(host.run("bin/release", "history", "--count", "2", "--json").stdout) as Report[];
    expect(two.map(({ id }) => id)).toEqual(["r3", "old-199"]);
  });

  test("as JSON is one line that Systems Manager brings over whole, without the oldest that it has no room for", () => {
    const file = "opt/shop/data/.tierstack/releases.jsonl";
    host.deploy(API_2);
    const one = JSON.parse(host.read(file)) as Report;
    const lines = Array.from({ length: 60 }, (_, index) =>
      JSON.stringify({ ...one, id: `old-${index}`, reason: "ü".repeat(400) }),
    );
    host.write(file, `${lines.join("\n")}\n`);
    const { stdout } = host.run("bin/release", "history", "--count", "50", "--json");
    const size = Buffer.byteLength(stdout);
    const shown = (JSON.parse(stdout) as Report[]).map(({ id }) => id);
    expect(stdout.trimEnd()).not.toContain("\n");
    expect(size).toBeLessThan(20_000);
    expect(size + Buffer.byteLength(lines[0] ?? "")).toBeGreaterThan(19_990);
    expect(shown).toEqual(Array.from({ length: shown.length }, (_, index) => `old-${59 - index}`));
  });

  test("is empty before the first release", () => {
    expect(host.history()).toEqual([]);
    expect(host.run("bin/release", "history").stdout).toBe("nothing was released by this program yet\n");
  });
});
