import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { doctorReport, examine, type Health } from "../../scripts/setup/doctor";
import { filesIn, makeFolder, removeFolder } from "../helpers/folders";

let folder: string;
beforeAll(() => void (folder = makeFolder("doctor")));
afterAll(() => removeFolder(folder));

/** A folder for PATH with programs that print a text and exit with a code. */
function programs(name: string, outputs: Record<string, [text: string, code?: number]>): string {
  const target = path.join(folder, name);
  fs.mkdirSync(target, { recursive: true });
  for (const [tool, [text, code = 0]] of Object.entries(outputs)) {
    fs.writeFileSync(path.join(target, tool), `#!/bin/sh\necho '${text}'\nexit ${code}\n`, { mode: 0o755 });
  }
  return target;
}

const stateOf = (health: Health, name: string) => health.tools.find((tool) => tool.name === name)?.state;

describe("examine", () => {
  test("is ready when the required tools are there, whatever else is missing", async () => {
    const health = await examine({ PATH: programs("good", { npm: ["10.9.2"], terraform: ["Terraform v1.11.4"] }) });
    expect(health.ready).toBe(true);
    expect(health.tools.filter(({ state }) => state === "ok").map(({ name }) => name)).toEqual([
      "node",
      "npm",
      "terraform",
    ]);
    expect(stateOf(health, "docker")).toBe("missing");
  });

  test.each([
    ["too old", { terraform: ["Terraform v1.10.9"] as [string] }, "wrong version"],
    ["missing", {}, "missing"],
    ["broken", { terraform: ["Terraform v1.11.4", 1] as [string, number] }, "unknown"],
  ])("is not ready when Terraform is %s", async (what, terraform, state) => {
    const health = await examine({ PATH: programs(what.replace(" ", "-"), { npm: ["11.0.0"], ...terraform }) });
    expect([health.ready, stateOf(health, "terraform")]).toEqual([false, state]);
    expect(doctorReport(health)).toContain("Not ready: terraform must be there in a version that works.");
  });

  test("takes the Terraform that TERRAFORM_BINARY_NAME names", async () => {
    const PATH = programs("tofu", { npm: ["11.0.0"], tofu: ["OpenTofu v1.11.0"] });
    expect((await examine({ PATH, TERRAFORM_BINARY_NAME: "tofu" })).ready).toBe(true);
  });

  test.each([["compose"], ["buildx"]])("counts a Docker without the plugin %s as without it", async (plugin) => {
    const target = programs(`docker-${plugin}`, { npm: ["11.0.0"], terraform: ["v1.12.0"] });
    fs.writeFileSync(
      path.join(target, "docker"),
      `#!/bin/sh\n[ "$1" = ${plugin} ] && exit 1\necho Docker version 28.2.2\n`,
      { mode: 0o755 },
    );
    const health = await examine({ PATH: target });
    const states = ["docker", "docker compose", "docker buildx"].map((name) => stateOf(health, name));
    expect(states).toEqual(["ok", ...["compose", "buildx"].map((name) => (name === plugin ? "missing" : "ok"))]);
    expect(doctorReport(health)).toContain(`docker-${plugin}-plugin`);
  });

  test("says what each tool of releases and of day two is for", async () => {
    const report = doctorReport(await examine({ PATH: "/nowhere" }));
    for (const [tool, use] of [
      ["git", "tiers release"],
      ["docker", "tiers release"],
      ["docker buildx", "tiers release build"],
      ["podman", "no Docker"],
      ["session-manager-plugin", "tiers exec, tiers tunnel"],
    ] as const) {
      expect(report).toMatch(new RegExp(`^  - +${tool} .*missing; .*${use}`, "m"));
    }
  });

  test("can look at the required tools only, and writes nothing into the user's home", async () => {
    const home = path.join(folder, "home");
    fs.mkdirSync(home);
    const { tools } = await examine({ PATH: process.env.PATH, HOME: home }, "required");
    expect(tools.map(({ name }) => name)).toEqual(["node", "npm", "terraform"]);
    await examine({ PATH: process.env.PATH, HOME: home });
    expect(filesIn(home)).toEqual([]);
  });
});

test("the report tells how to get what is missing on Debian and macOS, and nothing about what is there", async () => {
  const health = await examine({
    PATH: programs("report", { npm: ["11.0.0"], terraform: ["v1.12.0"], git: ["git version 2.39.5"] }),
  });
  const text = doctorReport(health);
  expect(text).toContain(
    "python3\n  Debian, Ubuntu: sudo apt-get install -y python3 python3-venv\n  macOS:          brew install python",
  );
  expect(text).not.toContain("brew install hashicorp/tap/terraform");
  expect(text).toContain("Everything is there to check, synthesize and deploy stacks.");
});
