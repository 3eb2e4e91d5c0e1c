import { TerraformOutput } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { literalText } from "../../modules/terraform/escape";
import { stringVariable } from "../../modules/terraform/variables";
import { PlainTerraform } from "../helpers/plain-terraform";
import { synth } from "../helpers/synth";

/** Everything that shell, Compose, JSON and Go templates hold and that a careless hand-over breaks. */
const NASTY = String.raw`#!/bin/bash
echo "${"$"}{A:-x}" '${"$"}{#B[@]}' ${"$"}A $$ $(date) \$\{C} %d %% %{http_code} %%{literal} $${"$"}{D} $$${"$"}{E}
awk '{ print "a\tb\n", $1 }' "C:\path\new" | sed 's/\\/\//g'
printf '{"k": "v\"q", "u": "\u00e9"}' # ünïcode ✓ 🚀 'single' "double" ${"`"}tick${"`"}
cat <<'EOF'
  {{ .Value }} #{ruby} &{map} ${"$"}{jsonencode({ a = "b" })}
EOF
`;

describe("literalText", () => {
  test.each<[what: string, text: string, escaped: string]>([
    ["plain text", "a b", "a b"],
    ["nothing", "", ""],
    ["a shell variable in braces", "${HOME}", "$${HOME}"],
    ["two of them", "${A}${B:-x}", "$${A}$${B:-x}"],
    ["a curl format", "%{http_code}", "%%{http_code}"],
    ["signs without a brace", "$A $(b) $$ 100% %d", "$A $(b) $$ 100% %d"],
    ["a sign at the end", "a$", "a$"],
    ["a brace that was doubled already", "$${A}", "$$${A}"],
    ["a reference of CDKTF", "${TfToken[TOKEN.1]}", "${TfToken[TOKEN.1]}"],
    ["both", "${A}-${TfToken[TOKEN.1]}", "$${A}-${TfToken[TOKEN.1]}"],
    ["a dollar before a reference", "$${TfToken[TOKEN.1]}", '${"$"}${TfToken[TOKEN.1]}'],
    ["dollars before a reference", "$$${TfToken[TOKEN.1]}", '${"$$"}${TfToken[TOKEN.1]}'],
    ["a percent before a reference", "%${TfToken[TOKEN.1]}", "%${TfToken[TOKEN.1]}"],
    ["what only begins like a reference", "${TfTokens}", "$${TfTokens}"],
  ])("%s", (_what, text, escaped) => {
    expect(literalText(text)).toBe(escaped);
  });

  test("marks each text once only: twice would show the marks", () => {
    expect(literalText(literalText("${A}"))).not.toBe(literalText("${A}"));
  });
});

describe("Terraform hands on", () => {
  const json = synth((stack) => {
    const name = stringVariable(stack, "name", { description: "Name.", default: "wörld" });
    new TerraformOutput(stack, "nasty", { value: literalText(NASTY) });
    new TerraformOutput(stack, "mixed", {
      value: literalText(`${NASTY}hello ${name}, $${name} and $$${name}: %${name}!`),
    });
  });
  const { variable, output } = JSON.parse(json) as { variable: object; output: object };
  const terraform = new PlainTerraform("literal-text", { variable, output });
  const outputs = terraform.outputs();
  afterAll(() => terraform.remove());

  test("a nasty text byte for byte", () => {
    expect(outputs.nasty).toBe(NASTY);
  });

  test("the same with references, each resolved, dollars kept", () => {
    expect(outputs.mixed).toBe(`${NASTY}hello wörld, $wörld and $$wörld: %wörld!`);
  });

  test("and would not without the escape", () => {
    const careless = synth((stack) => new TerraformOutput(stack, "nasty", { value: NASTY }));
    const plain = new PlainTerraform("careless-text", { output: (JSON.parse(careless) as { output: object }).output });
    expect(plain.refusals().length).toBeGreaterThan(0);
    plain.remove();
  });
});
