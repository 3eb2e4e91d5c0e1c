import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { COMMANDS } from "../../scripts/commands/table";
import type { Ci } from "../../modules/spec";
import { appSchema } from "../../modules/spec/schema";
import { ROOT } from "../helpers/folders";
import { ciStack, plain } from "./apps";

const GUIDE = fs.readFileSync(path.join(ROOT, "docs", "guides", "ci.md"), "utf8");

/** The example is written so that YAML reads it as TypeScript does. */
test("the example of the guide is a valid specification", () => {
  const [, block = ""] = /```ts\n\s*ci: ([\s\S]*?),\n\s*```/.exec(GUIDE) ?? [];
  const ci = appSchema.shape.ci.parse(parse(block)) as Ci;
  expect(ci.github).toMatchObject({ repository: "acme/shop", environment: "production" });
  expect(ciStack({ ...plain, ci }).id).toBe("shop-ci");
});

test("the guide names commands and variables that exist", () => {
  const commands = [...GUIDE.matchAll(/npx tiers ([a-z-]+)/g)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(2);
  expect(commands.filter((name) => !COMMANDS.some((command) => command.name === name))).toEqual([]);
  const settings = fs.readFileSync(path.join(ROOT, "scripts", "ci", "steps", "settings.sh"), "utf8");
  const variables = [...settings.matchAll(/^\s+need ([A-Z_]+) /gm)].map(([, name]) => name ?? "");
  expect(variables).toEqual(["AWS_ACCOUNT_ID", "TIERS_STATE"]);
  for (const name of variables) expect(GUIDE).toContain(`\`${name}`.replace("`AWS_ACCOUNT_ID", "AWS_ACCOUNT_ID"));
});
