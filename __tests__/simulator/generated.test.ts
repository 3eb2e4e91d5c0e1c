import { describe, expect, test } from "vitest";
import type { Obj, TypeFacts } from "../../scripts/simulator/contract";
import { Generator } from "../../scripts/simulator/engine/generated";
import { UNKNOWN } from "../../scripts/simulator/wire/value";

const NO_FACTS: TypeFacts = { forceNew: [], defaults: {}, sensitive: [], computedBlocks: [], diffSuppressed: [] };

describe("generated text", () => {
  const generator = (object: Obj = {}, key = "k"): Generator =>
    new Generator({
      type: "aws_thing",
      key,
      object,
      ctx: { account: "123456789012", region: "eu-central-1", defaultTags: {}, seed: "s" },
      facts: (type) => ({
        ...NO_FACTS,
        id: { aws_thing: "t-{h8}/{name}", aws_vpc: "vpc-{h17}" }[type],
        arn: type === "aws_thing" ? "svc-:thing/{id}" : undefined,
      }),
    });

  test("follows the templates, and fills what they need", () => {
    const object: Obj = { name: UNKNOWN, name_prefix: "web-" };
    const text = generator(object);
    expect(text.text("id", false)).toMatch(/^t-[0-9a-f]{8}\/web-\d{26}$/);
    expect(object.name).toMatch(/^web-\d{26}$/);
    expect(text.text("arn", false)).toMatch(/^arn:aws:svc::123456789012:thing\/t-/);
  });

  test.each<[string, RegExp]>([
    ["vpc_id", /^vpc-[0-9a-f]{17}$/],
    ["main_vpc_id", /^vpc-[0-9a-f]{17}$/],
    ["role_arn", /^arn:aws:sim:eu-central-1:123456789012:role\/[0-9a-f]{12}$/],
    ["public_ip", /^203\.0\.113\.\d+$/],
    ["created_at", /^2024-01-01T00:00:00Z$/],
    ["owner_id", /^123456789012$/],
    ["colour", /^sim-colour-[0-9a-f]{8}$/],
  ])("%s", (name, form) => {
    expect(generator().text(name, false)).toMatch(form);
    expect(generator().text(name, false)).toBe(generator().text(name, false));
  });

  test("another object gets other text, and an argument that was left out mostly stays empty", () => {
    expect(generator({}, "other").text("vpc_id", false)).not.toBe(generator().text("vpc_id", false));
    expect(generator().text("colour", true)).toBe("");
    expect(generator().text("vpc_id", true)).toBe("");
    expect(generator().text("public_ip", true)).toMatch(/^203/);
  });
});
