import { Token } from "cdktf";
import { expect, test } from "vitest";
import { turnOffCreationTraces } from "../../modules/terraform/creation-traces";

test("a token is made without a stack trace, also after a second call", () => {
  turnOffCreationTraces();
  turnOffCreationTraces();
  expect(Token.asAny("later").creationStack).toEqual([]);
});
