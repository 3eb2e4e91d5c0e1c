import { describe, expect, test } from "vitest";
import { defineState, formatProblem, resolveState } from "../../modules/spec";
import { stateSchema, type StateInput } from "../../modules/spec/state-schema";
import { StateStack } from "../../stacks";
import { synthStack } from "../stacks/support";
import { fieldsOf, isPathOf } from "./fields-of";

const GOOD: StateInput = { name: "acme", region: "eu-central-1" };

/** What is wrong with a definition, line by line. The changes may be anything, as an untyped author writes them. */
const reportOf = (changes: object): string[] =>
  resolveState(defineState({ ...GOOD, ...changes })).problems.map(formatProblem);

const NAMED = "2 to 20 lower-case letters, digits and single dashes, starting with a letter";
const BUCKET = "the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and dashes";
const TAG = "1 to 256 letters, digits, spaces or _.:/=+-@; AWS allows no other characters in tags";

const ROWS: readonly (readonly [changes: object, line: string])[] = [
  [{ name: "Acme" }, `state: name is "Acme"; allowed: ${NAMED}; shorten or rename it`],
  [{ name: undefined }, `state: name is missing; allowed: ${NAMED}; add it`],
  [
    { region: "frankfurt" },
    `state: region is "frankfurt"; allowed: an AWS region such as "eu-central-1"; take it from the list of AWS regions`,
  ],
  [{ bucket: "s3://x" }, `state: bucket is "s3://x"; allowed: ${BUCKET}; copy the bucket's name, without s3://`],
  [{ kmsKeyId: "key" }, `state: kmsKeyId is "key"; allowed: a KMS key id, alias or ARN; copy it from the KMS console`],
  [
    { noncurrentDays: 0 },
    "state: noncurrentDays is 0; allowed: a whole number from 1 to 3650 (days); set a number in that range, without quotes",
  ],
  [
    { keepNoncurrent: 101 },
    "state: keepNoncurrent is 101; allowed: a whole number from 1 to 100 (versions); set a number in that range, without quotes",
  ],
  [
    { hostedZone: "acme" },
    `state: hostedZone is "acme"; allowed: a DNS name such as "api.example.com"; write it in lower case, without scheme, port or trailing dot`,
  ],
  [
    { protect: false },
    `state: protect is false; allowed: true, or { off: "<the reason, 10 to 200 characters>" }; leave it out to keep the safety on, or write the reason for turning it off`,
  ],
  [
    { protect: { off: "why" } },
    `state: protect.off is "why"; allowed: one sentence of 10 to 200 characters; say why this app does without the safety`,
  ],
  [{ tags: { Team: "a,b" } }, `state: tags.Team is "a,b"; allowed: ${TAG}`],
  [
    { tags: { Tier: "x" } },
    `state: tags.Tier is named "Tier"; allowed: any name but Application, Environment, Tier, ManagedBy, Name and aws:...; rename it: stacks or AWS set this tag themselves`,
  ],
  [
    { tags: ["x"] },
    "state: tags is a list of 1; allowed: tags by name; write it in braces, each with its name in front",
  ],
  [
    { state: "s3" },
    `state: state is "s3"; allowed: an object with backend, bucket, region, kmsKeyId; write it in braces with these fields`,
  ],
  [{ state: { backend: "gcs" } }, `state: state.backend is "gcs"; allowed: "local" | "s3"; choose one of these`],
  [
    { state: { backend: "s3" } },
    `state: state.bucket is missing; allowed: the name of an S3 bucket, because state.backend is "s3"; name the bucket that holds the state`,
  ],
  [
    { state: { region: "eu-west-1" } },
    `state: state.region is "eu-west-1"; allowed: nothing while state.backend is "local"; remove it, or set state.backend to "s3"`,
  ],
  [
    { state: { backend: "s3", bucket: "acme-state", kmsKeyId: "key" } },
    `state: state.kmsKeyId is "key"; allowed: a KMS key id, alias or ARN; copy it from the KMS console`,
  ],
  [
    { nmae: "acme" },
    `state: nmae is not a known field; allowed: name, region, bucket, kmsKeyId, noncurrentDays, keepNoncurrent, hostedZone, protect, tags, state; did you mean "name"?`,
  ],
];

describe("a wrong definition of the state bucket", () => {
  test.each(ROWS)("%j is reported in one line, and no stack is built", (changes, line) => {
    expect(reportOf(changes)).toEqual([line]);
    expect(resolveState(defineState({ ...GOOD, ...changes })).stateStack).toBeUndefined();
  });

  test("every field has a row", () => {
    const paths = ROWS.map(([, line]) => /^state: (\S+) is/.exec(line)?.[1] ?? "");
    const fields = fieldsOf(stateSchema).map(({ path }) => path);
    expect(fields.length).toBeGreaterThan(12);
    expect(fields.filter((field) => !paths.some((path) => isPathOf(field, path)))).toEqual([]);
  });
});

test("no definition is no stack and no problem", () => {
  expect(resolveState(undefined)).toEqual({ problems: [] });
});

const S3 = { backend: "s3", bucket: "acme-state", kmsKeyId: "alias/a", region: "eu-west-1" } as const;
const OFF = { off: "a throw-away demonstration" };

/** For every field another valid value, and a definition in which it matters: the synthesized JSON must differ. */
const CHANGES: Readonly<Record<string, readonly [base: Partial<StateInput>, changed: Partial<StateInput>]>> = {
  name: [{}, { name: "other" }],
  region: [{}, { region: "eu-west-1" }],
  bucket: [{}, { bucket: "acme-state" }],
  kmsKeyId: [{}, { kmsKeyId: "alias/state" }],
  noncurrentDays: [{}, { noncurrentDays: 91 }],
  keepNoncurrent: [{}, { keepNoncurrent: 51 }],
  hostedZone: [{}, { hostedZone: "acme.example" }],
  protect: [{}, { protect: OFF }],
  "protect.off": [{ protect: OFF }, { protect: { off: "another reason to be careless" } }],
  "tags.*": [{}, { tags: { Team: "platform" } }],
  "state.backend": [{ state: S3 }, { state: { backend: "local" } }],
  "state.bucket": [{ state: S3 }, { state: { ...S3, bucket: "other-state" } }],
  "state.region": [{ state: S3 }, { state: { ...S3, region: "eu-north-1" } }],
  "state.kmsKeyId": [{ state: S3 }, { state: { ...S3, kmsKeyId: "alias/b" } }],
};

function jsonOf(changes: Partial<StateInput>): string {
  const { stateStack, problems } = resolveState(defineState({ ...GOOD, ...changes }));
  if (!stateStack) throw new Error(problems.map(formatProblem).join("\n"));
  return synthStack((scope) => new StateStack(scope, stateStack));
}

describe("every field is read by the stack", () => {
  test.each(Object.entries(CHANGES))("%s", (field, [base, changed]) => {
    // Testing.synth writes no backend, so what is said about the state itself is compared as resolved.
    const seen = field.startsWith("state.")
      ? (part: Partial<StateInput>) => JSON.stringify(resolveState(defineState({ ...GOOD, ...part })).stateStack)
      : jsonOf;
    expect(seen({ ...base, ...changed }) === seen(base)).toBe(false);
  });

  test("no field is left out of this table", () => {
    const fields = fieldsOf(stateSchema).map(({ path }) => path);
    const leaves = fields.filter((field) => !fields.some((other) => other.startsWith(`${field}.`)));
    expect(leaves.filter((field) => !Object.hasOwn(CHANGES, field))).toEqual([]);
  });
});
