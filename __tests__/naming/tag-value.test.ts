import { expect, test } from "vitest";
import { tagValue } from "../../modules/naming/tag-value";

test.each<[what: string, text: string, value: string]>([
  ["what every service takes", "a throw-away demo: 2_x/y=1+2@z.", "a throw-away demo: 2_x/y=1+2@z."],
  ["letters of any language", "größer als 中文", "größer als 中文"],
  ["punctuation that IAM refuses", "it's a demo (no data), really!", "it s a demo no data really"],
  ["lines and tabs", "one\ntwo\tthree", "one two three"],
  ["what Terraform would read", "costs ${price} and %{more}", "costs price and more"],
  ["nothing that fits", "!!!", ""],
])("%s", (_what, text, value) => {
  expect(tagValue(text)).toBe(value);
});

test("ends after 256 characters", () => {
  expect(tagValue("x".repeat(300))).toBe("x".repeat(256));
});
