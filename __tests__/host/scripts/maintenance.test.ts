import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost();
});
afterEach(() => host.remove());

const maintenance = (...args: string[]) => host.run("bin/release", "maintenance", ...args);
const PAGE = "opt/shop/data/maintenance/index.html";

test("on writes the page, status tells of it, off removes it", () => {
  const on = JSON.parse(maintenance("on", "--message", "Back at noon", "--json").stdout) as Record<string, unknown>;
  expect(on).toEqual({
    maintenance: true,
    message: "Back at noon",
    since: expect.stringMatching(/^20\d\d-.*Z$/) as string,
  });
  expect(host.read(PAGE)).toContain("<p>Back at noon</p>");
  expect(host.mode(PAGE)).toBe("644");
  expect(maintenance("status").stdout).toMatch(/^maintenance since 20.*: Back at noon\n$/);
  expect(maintenance("off").stdout).toBe("no maintenance\n");
  expect(host.has(PAGE)).toBe(false);
  expect(JSON.parse(maintenance("status", "--json").stdout)).toEqual({ maintenance: false, message: "", since: "" });
});

test("the text is a text, whatever stands in it, and a second one takes the place of the first", () => {
  maintenance("on");
  expect(host.read(PAGE)).toContain("<p>We will be back in a few minutes.</p>");
  maintenance("on", "--message", `<script>alert("x")</script> & 'more' $(id) {env.HOME}`);
  // Releases of jq write an apostrophe in two ways.
  expect(host.read(PAGE).replaceAll("&apos;", "&#39;")).toContain(
    "<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39; $(id) {env.HOME}</p>",
  );
});

test("off twice is no fault, and nothing of it asks Docker", () => {
  maintenance("on");
  expect([maintenance("off").status, maintenance("off").status]).toEqual([0, 0]);
  expect(host.calls("docker")).toEqual([]);
});

describe("is refused", () => {
  test.each<[string, string[], string]>([
    ["without a word", [], 'maintenance is on, off or status, not ""'],
    ["with a wrong one", ["maybe"], 'maintenance is on, off or status, not "maybe"'],
    ["with an unknown option", ["on", "--soon"], "unknown option of maintenance: --soon"],
    ["with a message that nobody would see", ["off", "--message", "x"], '--message belongs to "maintenance on"'],
    ["with two lines", ["on", "--message", "a\nb"], "--message is one line of at most 500 characters"],
    ["with a long text", ["on", "--message", "x".repeat(501)], "--message is one line of at most 500 characters"],
  ])("%s", (_, args, message) => {
    const { status, lines } = maintenance(...args);
    expect([status, lines.at(-1)]).toEqual([2, expect.stringContaining(message)]);
    expect(host.has(PAGE)).toBe(false);
  });

  test("where no proxy could show the page", () => {
    host.install({ ingress: { proxy: "none" } });
    expect(maintenance("on")).toMatchObject({
      status: 1,
      lines: [expect.stringContaining("this stack runs no proxy that could show a page")],
    });
  });

  test("while the data volume is away: the page would lie below its mount", () => {
    host.standIn("mountpoint", "exit 1");
    expect(maintenance("on").status).toBe(1);
    expect(host.has(PAGE)).toBe(false);
  });
});
