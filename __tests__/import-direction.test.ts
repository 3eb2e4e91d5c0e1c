/**
 * Imports go one way: main -> apps, stacks -> modules; scripts use apps, pure functions and synthesized JSON. The lint
 * rules say so while one types; the walk over all imports also sees what goes through several files.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = path.resolve(__dirname, "..");

describe("the lint rules refuse", () => {
  const DOWNWARDS = "Imports go main -> apps, stacks -> modules.";
  const SCRIPTS = "Scripts import apps, pure functions of modules and other scripts only.";
  const CONSTRUCTS = "Scripts read synthesized JSON; constructs belong to modules and stacks.";
  const ENGINES = "Engines import scripts/lib, never each other or a command.";
  const DEEP = "Import the class from its own folder: @cdktf/provider-aws/lib/<type>.";

  const planted: readonly (readonly [file: string, imported: string, message: string])[] = [
    ["modules/a1.ts", "../stacks", DOWNWARDS],
    ["modules/network/a2.ts", "../../stacks/mvp-stack", DOWNWARDS],
    ["modules/network/a3.ts", "../../apps", DOWNWARDS],
    ["modules/network/a4.ts", "../../apps/webrana", DOWNWARDS],
    ["modules/host/config/a5.ts", "../../../scripts/lib/paths", DOWNWARDS],
    ["modules/network/a6.ts", "../../main", DOWNWARDS],
    ["modules/network/a7.ts", "../../__tests__/helpers/synth", DOWNWARDS],
    ["stacks/b1.ts", "../scripts/lib/paths", DOWNWARDS],
    ["stacks/b2.ts", "../main", DOWNWARDS],
    ["stacks/b3.ts", "../__tests__/helpers/synth", DOWNWARDS],
    ["apps/b4.ts", "../scripts/simulator", DOWNWARDS],
    ["scripts/commands/c1.ts", "cdktf", CONSTRUCTS],
    ["scripts/lib/c2.ts", "constructs", CONSTRUCTS],
    ["scripts/lib/c3.ts", "@cdktf/provider-aws/lib/vpc", SCRIPTS],
    ["scripts/commands/c4.ts", "../../stacks", SCRIPTS],
    ["scripts/commands/c5.ts", "../../stacks/mvp-stack", SCRIPTS],
    ["scripts/commands/c6.ts", "../../main", SCRIPTS],
    ["scripts/commands/c7.ts", "../../__tests__/helpers/synth", SCRIPTS],
    ["scripts/simulator/d1.ts", "../teardown", ENGINES],
    ["scripts/simulator/engine/d2.ts", "../../setup/doctor", ENGINES],
    ["scripts/simulator/d3.ts", "../commands/check", ENGINES],
    ["scripts/simulator/d4.ts", "cdktf", CONSTRUCTS],
    ["scripts/teardown/d5.ts", "../simulator", ENGINES],
    ["scripts/teardown/d6.ts", "../setup/doctor", ENGINES],
    ["scripts/setup/d7.ts", "../simulator/world", ENGINES],
    ["scripts/setup/d8.ts", "../teardown", ENGINES],
    ["modules/network/e1.ts", "@cdktf/provider-aws", DEEP],
    ["stacks/e2.ts", "@cdktf/provider-aws", DEEP],
    ["main.ts", "@cdktf/provider-aws", DEEP],
  ];

  const allowed: readonly (readonly [file: string, imported: string])[] = [
    ["modules/network/f1.ts", "../naming/lengths"],
    ["modules/network/f2.ts", "@cdktf/provider-aws/lib/vpc"],
    ["stacks/f3.ts", "../modules/network/host-network"],
    ["apps/f4.ts", "../modules/spec"],
    ["scripts/commands/f5.ts", "../teardown"],
    ["scripts/commands/f6.ts", "../../apps"],
    ["scripts/lib/f7.ts", "../../modules/terraform/state-backend"],
    ["scripts/simulator/f8.ts", "../lib/paths"],
    ["scripts/simulator/engine/f9.ts", "../schema/types"],
  ];

  const messages = new Map<string, string>();
  let linted = 0;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tierstack-lint-"));

  // In a tree of its own with the project's rules: the rules go by path, and the project stays as it is.
  beforeAll(() => {
    fs.copyFileSync(path.join(ROOT, ".oxlintrc.json"), path.join(folder, ".oxlintrc.json"));
    for (const [file, imported] of [...planted, ...allowed]) {
      fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      fs.writeFileSync(
        path.join(folder, file),
        `import { thing } from "${imported}";\n\nexport const other = thing;\n`,
      );
    }
    const oxlint = path.join(ROOT, "node_modules/oxlint/bin/oxlint");
    const { stdout } = spawnSync(process.execPath, [oxlint, "--format", "json", "."], {
      cwd: folder,
      encoding: "utf8",
    });
    const { diagnostics, number_of_files: seen } = JSON.parse(stdout) as {
      diagnostics: { filename: string; code: string; help: string }[];
      number_of_files: number;
    };
    linted = seen;
    for (const { filename, code, help } of diagnostics) {
      if (code === "eslint(no-restricted-imports)") messages.set(filename, help);
    }
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test("after looking at every planted file", () => {
    expect(linted).toBe(planted.length + allowed.length);
  });

  test.each(planted)("%s importing %s", (file, _imported, message) => {
    expect(messages.get(file)).toBe(message);
  });

  test.each(allowed)("but not %s importing %s", (file) => {
    expect(messages.get(file)).toBeUndefined();
  });
});

/** Modules that a source file loads when it runs; type imports are gone by then, and text that writes code is none. */
function loadedBy(source: string): string[] {
  const statements = source.matchAll(/^(?:import|export)\s+(?!type\s)(?:[^"';]*?\sfrom\s+)?"([^"$]+)"/gm);
  const calls = source.matchAll(/\b(?:require|import)\("([^"$]+)"\)/g);
  return [...statements, ...calls].map(([, name]) => name ?? "");
}

/** The file that a relative import names, from the project root. */
function resolved(from: string, name: string): string {
  const target = path.join(path.dirname(from), name);
  const candidates = [`${target}.ts`, path.join(target, "index.ts")];
  const found = candidates.find((candidate) => fs.existsSync(path.join(ROOT, candidate)));
  if (found === undefined) throw new Error(`${from} imports ${name}, which is not there`);
  return found;
}

interface Loaded {
  /** Files of the project, from its root. */
  readonly files: ReadonlySet<string>;
  /** Packages, with the file that names each. */
  readonly packages: ReadonlyMap<string, string>;
}

/** Everything that is loaded with some files. */
function loadedWith(...entries: string[]): Loaded {
  const files = new Set<string>();
  const packages = new Map<string, string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const name of loadedBy(fs.readFileSync(path.join(ROOT, file), "utf8"))) {
      if (name.startsWith(".")) waiting.push(resolved(file, name));
      else packages.set(name, file);
    }
  }
  return { files, packages };
}

/** TypeScript files below a folder, from the project root. */
const sourcesIn = (folder: string): string[] =>
  fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(folder, file));

describe("the walk over all imports", () => {
  test("sees the product: from main.ts down to a resource", () => {
    const { files, packages } = loadedWith("main.ts");
    expect(files).toContain("modules/network/host-network.ts");
    expect(packages.get("@cdktf/provider-aws/lib/vpc")).toBe("modules/network/host-network.ts");
  });

  test("reads imports, exports, calls and lines that go on, but no types", () => {
    const source = `import { a } from "a";
import {
  b,
  type B,
} from "./b";
import type { C } from "c";
export { d } from "d";
export type { E } from "e";
import "f";
const g = () => import("g");
const h = require("h") as typeof import("h");
export { i } from "./\${i}";
`;
    expect(loadedBy(source).sort((one, other) => one.localeCompare(other))).toEqual([
      "./b",
      "a",
      "d",
      "f",
      "g",
      "h",
      "h",
    ]);
  });

  test("main.ts loads no script, so the product never needs the command line or the simulator", () => {
    expect([...loadedWith("main.ts").files].filter((file) => /^(scripts|__tests__)\//.test(file))).toEqual([]);
  });

  test("modules load modules only", () => {
    const { files } = loadedWith(...sourcesIn("modules"));
    expect([...files].filter((file) => !file.startsWith("modules/"))).toEqual([]);
  });

  test("no script loads a construct, not even through a module", () => {
    const { packages } = loadedWith(...sourcesIn("scripts"));
    expect([...packages].filter(([name]) => /^(cdktf|constructs|@cdktf\/)/.test(name))).toEqual([]);
  });

  const engines = fs
    .readdirSync(path.join(ROOT, "scripts"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !["lib", "commands"].includes(entry.name))
    .map(({ name }) => name);

  test("there are engines to look at", () => {
    expect(engines).toEqual(expect.arrayContaining(["setup", "simulator", "teardown"]));
  });

  test.each(engines)(
    "engine %s loads itself, the library, apps and modules, no other engine and no command",
    (engine) => {
      const home = new RegExp(`^(scripts/(${engine}|lib)|modules|apps)/`);
      expect([...loadedWith(...sourcesIn(`scripts/${engine}`)).files].filter((file) => !home.test(file))).toEqual([]);
    },
  );

  test("the library loads no engine and no command", () => {
    const { files } = loadedWith(...sourcesIn("scripts/lib"));
    expect([...files].filter((file) => !/^(scripts\/lib|modules|apps)\//.test(file))).toEqual([]);
  });
});
