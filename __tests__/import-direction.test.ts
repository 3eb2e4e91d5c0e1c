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
  const APPS = "An app is data: it imports modules/spec only.";
  const DEEP = "Import a class from @cdktf/provider-<name>/lib/<type>.";

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
    ["stacks/b4.ts", "../apps", DOWNWARDS],
    ["stacks/b5.ts", "../apps/webrana", DOWNWARDS],
    ["main.ts", "./scripts/lib/paths", DOWNWARDS],
    ["main.ts", "./__tests__/helpers/synth", DOWNWARDS],
    ["apps/b6.ts", "../scripts/simulator", APPS],
    ["apps/b7.ts", "../stacks", APPS],
    ["apps/b8.ts", "../main", APPS],
    ["apps/b9.ts", "../modules/network/host-network", APPS],
    ["apps/b10.ts", "../modules/specification", APPS],
    ["apps/b11.ts", "cdktf", APPS],
    ["apps/b12.ts", "constructs", APPS],
    ["apps/b13.ts", "@cdktf/provider-aws/lib/vpc", APPS],
    ["apps/b14.ts", "../__tests__/helpers/synth", APPS],
    ["scripts/commands/c1.ts", "cdktf", CONSTRUCTS],
    ["scripts/lib/c2.ts", "constructs", CONSTRUCTS],
    ["scripts/lib/c3.ts", "@cdktf/provider-aws/lib/vpc", CONSTRUCTS],
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
    ["scripts/lib/d9.ts", "../simulator", ENGINES],
    ["scripts/conformance/d10.ts", "../bench/measure", ENGINES],
    ["scripts/bench/d11.ts", "../conformance", ENGINES],
    ["scripts/bench/d12.ts", "../../stacks", SCRIPTS],
    ["scripts/state/d13.ts", "../teardown", ENGINES],
    ["scripts/teardown/d14.ts", "../state", ENGINES],
    ["modules/network/e1.ts", "@cdktf/provider-aws", DEEP],
    ["stacks/e2.ts", "@cdktf/provider-aws", DEEP],
    ["main.ts", "@cdktf/provider-aws", DEEP],
    ["modules/network/e3.ts", "@cdktf/provider-random", DEEP],
  ];

  const allowed: readonly (readonly [file: string, imported: string])[] = [
    ["modules/network/f1.ts", "../naming/lengths"],
    ["modules/network/f2.ts", "@cdktf/provider-aws/lib/vpc"],
    ["stacks/f3.ts", "../modules/network/host-network"],
    ["apps/f4.ts", "../modules/spec"],
    ["apps/f5.ts", "../modules/spec/memory"],
    ["apps/f6.ts", "./webrana"],
    ["apps/f6a.ts", "./fastapi/prometheus"],
    ["scripts/commands/f7.ts", "../teardown"],
    ["scripts/commands/f8.ts", "../../apps"],
    ["scripts/lib/f9.ts", "../../modules/terraform/state-backend"],
    ["scripts/simulator/f10.ts", "../lib/paths"],
    ["scripts/simulator/engine/f11.ts", "../schema/types"],
  ];

  const rows = [...planted, ...allowed];
  /** What the lint says about an import, by file and import. */
  const messages = new Map<string, string>();
  const place = (file: string, imported: string): string => `${file} imports ${imported}`;
  let linted = 0;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tierstack-lint-"));

  // In a tree of its own with the project's rules: the rules go by path, and the project stays as it is.
  beforeAll(() => {
    fs.copyFileSync(path.join(ROOT, ".oxlintrc.json"), path.join(folder, ".oxlintrc.json"));
    for (const [file, imported] of rows) {
      const target = path.join(folder, file);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.appendFileSync(target, `export * from "${imported}";\n`);
    }
    const oxlint = path.join(ROOT, "node_modules/oxlint/bin/oxlint");
    const { stdout } = spawnSync(process.execPath, [oxlint, "--format", "json", "."], {
      cwd: folder,
      encoding: "utf8",
    });
    const { diagnostics, number_of_files: seen } = JSON.parse(stdout) as {
      diagnostics: { filename: string; code: string; message: string; help: string }[];
      number_of_files: number;
    };
    linted = seen;
    for (const { filename, code, message, help } of diagnostics) {
      const imported = /^'(.+)' import is restricted/.exec(message)?.[1] ?? "";
      if (code === "eslint(no-restricted-imports)") messages.set(place(filename, imported), help);
    }
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test("after looking at every planted file", () => {
    expect(linted).toBe(new Set(rows.map(([file]) => file)).size);
  });

  test.each(planted)("%s importing %s", (file, imported, message) => {
    expect(messages.get(place(file, imported))).toBe(message);
  });

  test.each(allowed)("but not %s importing %s", (file, imported) => {
    expect(messages.get(place(file, imported))).toBeUndefined();
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

/** The packages that make constructs, with the file that names each. */
const constructsAmong = (packages: Loaded["packages"]): [string, string][] =>
  [...packages].filter(([name]) => /^(cdktf|constructs|@cdktf\/)/.test(name));

/** TypeScript files below a folder, from the project root. */
const sourcesIn = (folder: string): string[] =>
  fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(folder, file));

describe("the walk over all imports", () => {
  test("sees the product: from main.ts down to a resource", () => {
    const { files, packages } = loadedWith("main.ts");
    expect(files).toContain("modules/data/data-volume.ts");
    expect(constructsAmong(packages)).toContainEqual([
      "@cdktf/provider-aws/lib/ebs-volume",
      "modules/data/data-volume.ts",
    ]);
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

  test("stacks load stacks and modules only", () => {
    const { files } = loadedWith(...sourcesIn("stacks"));
    expect([...files].filter((file) => !/^(stacks|modules)\//.test(file))).toEqual([]);
  });

  test("apps load apps and modules only, and no construct", () => {
    const { files, packages } = loadedWith(...sourcesIn("apps"));
    expect([...files].filter((file) => !/^(apps|modules)\//.test(file))).toEqual([]);
    expect(constructsAmong(packages)).toEqual([]);
  });

  test("no script loads a construct, not even through a module", () => {
    expect(constructsAmong(loadedWith(...sourcesIn("scripts")).packages)).toEqual([]);
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
