/** The end of a release: the folder that says what to go back to while what is released is written, and what comes after it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { API_2, image, imagesFile, ReleaseHost, reportOf } from "../../helpers/release-host";

const OPEN = "opt/shop/data/.tierstack/release-open";

let host: ReleaseHost;
beforeEach(() => {
  host = new ReleaseHost();
});
afterEach(() => host.remove());

/** As a release leaves it that has written the first of two parameters. */
function leftOpen(parameters = imagesFile(1, 1)): void {
  host.write(`${OPEN}/parameters.env`, parameters);
  host.write(`${OPEN}/images.env`, imagesFile(1, 1));
  host.write("opt/shop/images.env", imagesFile(2, 1));
  host.released("api", image("api", 2));
}

describe("a folder that was left", () => {
  test("is undone by the next start, and gone then", () => {
    leftOpen();
    expect(host.run("libexec/start").status).toBe(0);
    expect(host.changed()).toEqual([]);
  });

  test.each(["parameters.env", "images.env"])("without %s is removed, and nothing is written because of it", (file) => {
    leftOpen();
    fs.rmSync(path.join(host.root, OPEN, file));
    expect(host.run("libexec/start").status).toBe(0);
    expect([host.has(OPEN), host.parameters()[0]]).toEqual([false, image("api", 2)]);
    expect(host.calls("aws").filter((call) => call.includes("put-parameter"))).toEqual([]);
    expect(reportOf(host.deploy(API_2)).result).toBe("released");
  });

  test("writes nothing for a service that it does not tell of", () => {
    leftOpen(`IMAGE_API='${image("api", 1)}'\n`);
    host.released("web", image("web", 2));
    expect(host.run("libexec/start").status).toBe(0);
    expect(host.parameters()).toEqual([image("api", 1), image("web", 2)]);
  });

  test("starts its images also when the host's file of images cannot be written", () => {
    leftOpen();
    host.standIn("install", '[[ "$*" != *images.env* ]] || exit 1; exec /usr/bin/install "$@"');
    const { status, lines } = host.run("libexec/start");
    expect([status, lines.join("\n")]).toEqual([0, expect.stringContaining("images.env could not be written")]);
    expect(host.running()[0]).toBe(`running healthy ${image("api", 1)}`);
    expect(host.has(OPEN)).toBe(true);
  });
});

test("is on the disk before the first parameter is written, and gone from it before the report", () => {
  host.standIn("sync", `[[ ! -e "$root/${OPEN}" ]]; echo "$? $*" >>"$root/synced"`);
  expect(host.deploy(API_2).status).toBe(0);
  const state = path.join(host.dataDir, ".tierstack");
  expect(host.read("synced").trimEnd().split("\n")).toEqual(
    [0, 1, 0].map((there) => `${there} --file-system ${state}`),
  );
  const calls = host.calls().filter((call) => /^sync|put-parameter/.test(call));
  expect(calls.map((call) => call.split(" ")[0])).toEqual(["sync", "sync", "aws", "sync"]);
  expect(fs.readdirSync(state).filter((name) => name.startsWith("release-open"))).toEqual([]);
});

describe("once all is written", () => {
  /** In place of a file, so that nothing takes its name. */
  const folder = (file: string) => host.write(`opt/shop/${file}/not-empty`, "");
  const NO_EDIT = 'if [[ "$1" == --in-place ]]; then exit 4; fi; exec /bin/sed "$@"';

  test.each<[string, string, () => void]>([
    ["the history", "the history of releases could not be written", () => folder("data/.tierstack/releases.jsonl")],
    ["what ran before", "could not be written down for a rollback", () => folder("images.previous.env")],
    ["what was taken back", "images.refused.env could not be written", () => host.standIn("sed", NO_EDIT)],
  ])("a release stays one when %s cannot be written", (_, message, spoil) => {
    host.write("opt/shop/images.refused.env", imagesFile(2, 1));
    spoil();
    const ran = host.deploy(API_2);
    expect([ran.status, reportOf(ran).result], ran.lines.join("\n")).toEqual([0, "released"]);
    expect(ran.lines.join("\n")).toContain(message);
    expect(host.running()[0]).toBe(`running healthy ${image("api", 2)}`);
    expect(host.read("opt/shop/images.env")).toBe(imagesFile(2, 1));
  });

  test("also one that was killed before is told as JSON", () => {
    folder("data/.tierstack/releases.jsonl");
    host.standIn("mountpoint", 'if [[ -e "$root/once" ]]; then exit; fi; touch "$root/once"; pkill -KILL --session 0');
    const ran = host.deploy(API_2);
    expect([ran.status, reportOf(ran).result], ran.lines.join("\n")).toEqual([1, "taken back"]);
    expect(ran.lines.join("\n")).toContain("the history of releases could not be written");
  });
});
