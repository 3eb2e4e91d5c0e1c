/**
 * cdktf's matchers for Vitest, and three of our own for what cdktf's cannot see: counts, outputs and variables.
 * Every matcher but the last two reads synthesized JSON as {@link import("./synth").synth} returns it. Properties are
 * named as in that JSON (snake_case) and match in part at every depth: an object may hold more than is asked for, an
 * array must have exactly the given elements.
 */
import * as fs from "node:fs";
import { testingMatchers } from "cdktf";
import { expect } from "vitest";

/** A generated class of a resource, data source or provider. */
export interface TerraformClass {
  readonly tfResourceType: string;
}

type Properties = Record<string, unknown>;

interface TerraformMatchers {
  /** The stack holds at least one resource of the class. */
  toHaveResource(type: TerraformClass): void;
  /** The stack holds a resource of the class that matches the properties in part. */
  toHaveResourceWithProperties(type: TerraformClass, properties: Properties): void;
  /** The stack holds exactly so many resources of the class. */
  toHaveResourceCount(type: TerraformClass, count: number): void;
  /** The stack holds at least one data source of the class. */
  toHaveDataSource(type: TerraformClass): void;
  /** The stack holds a data source of the class that matches the properties in part. */
  toHaveDataSourceWithProperties(type: TerraformClass, properties: Properties): void;
  /** The stack configures the provider. */
  toHaveProvider(type: TerraformClass): void;
  /** The stack configures the provider with the given properties. */
  toHaveProviderWithProperties(type: TerraformClass, properties: Properties): void;
  /** The stack declares an output of that name, which matches the properties in part. */
  toHaveOutput(name: string, properties?: Properties): void;
  /** The stack declares a variable of that name, which matches the properties in part. */
  toHaveVariable(name: string, properties?: Properties): void;
  /** `terraform init` and `terraform validate` pass in every stack of a cdktf output folder. */
  toBeValidTerraform(): void;
  /** `terraform plan` passes in every stack of a cdktf output folder. */
  toPlanSuccessfully(): void;
}

declare module "vitest" {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars -- merges with Vitest's own declaration
  interface Matchers<T = any> extends TerraformMatchers {}
}

interface Verdict {
  pass: boolean;
  message: () => string;
}

/** Turns plain objects into partial matchers at every depth; values and matchers such as expect.any() stay. */
function partially(wanted: unknown): unknown {
  if (Array.isArray(wanted)) return wanted.map(partially);
  if (!isPlainObject(wanted)) return wanted;
  const parts = Object.entries(wanted).map(([key, value]) => [key, partially(value)] as const);
  return expect.objectContaining(Object.fromEntries(parts));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether a value matches, in part at every depth. */
function matches(actual: unknown, wanted: Properties): boolean {
  return (partially(wanted) as { asymmetricMatch(actual: unknown): boolean }).asymmetricMatch(actual);
}

const anyMatches = (items: unknown, wanted: Properties) => (items as unknown[]).some((item) => matches(item, wanted));

const { returnMatcherToJest: verdict } = testingMatchers;
const resource = testingMatchers.getToHaveResourceWithProperties(anyMatches);
const dataSource = testingMatchers.getToHaveDataSourceWithProperties(anyMatches);
const provider = testingMatchers.getToHaveProviderWithProperties(anyMatches);

/** The matchers, for `expect.extend`. */
export const matchers = {
  toHaveResource: (received: string, type: TerraformClass) => verdict(resource(received, type)),
  toHaveResourceWithProperties: (received: string, type: TerraformClass, properties: Properties) =>
    verdict(resource(received, type, properties)),
  toHaveDataSource: (received: string, type: TerraformClass) => verdict(dataSource(received, type)),
  toHaveDataSourceWithProperties: (received: string, type: TerraformClass, properties: Properties) =>
    verdict(dataSource(received, type, properties)),
  toHaveProvider: (received: string, type: TerraformClass) => verdict(provider(received, type)),
  toHaveProviderWithProperties: (received: string, type: TerraformClass, properties: Properties) =>
    verdict(provider(received, type, properties)),
  toHaveResourceCount,
  toHaveOutput: (received: string, name: string, properties: Properties = {}) =>
    toHaveNamed(received, "output", name, properties),
  toHaveVariable: (received: string, name: string, properties: Properties = {}) =>
    toHaveNamed(received, "variable", name, properties),
  toBeValidTerraform: (received: string) => verdict(testingMatchers.toBeValidTerraform(outputFolder(received))),
  toPlanSuccessfully: (received: string) => verdict(testingMatchers.toPlanSuccessfully(outputFolder(received))),
};

type Section = Record<string, Record<string, unknown>>;

function section(received: string, name: "resource" | "output" | "variable"): Section {
  return (JSON.parse(received) as Record<string, Section | undefined>)[name] ?? {};
}

function toHaveResourceCount(received: string, type: TerraformClass, count: number): Verdict {
  const ids = Object.keys(section(received, "resource")[type.tfResourceType] ?? {});
  const found = `the stack has ${ids.length}${ids.length === 0 ? "" : `: ${ids.join(", ")}`}`;
  return {
    pass: ids.length === count,
    message: () => `Expected the number of ${type.tfResourceType} compared with ${count} to be otherwise; ${found}`,
  };
}

function toHaveNamed(received: string, kind: "output" | "variable", name: string, wanted: Properties): Verdict {
  const all = section(received, kind);
  const actual = all[name];
  const found =
    actual === undefined
      ? `The stack has these: ${Object.keys(all).join(", ") || "none"}`
      : `It is: ${JSON.stringify(actual, null, 2)}`;
  return {
    pass: actual !== undefined && matches(actual, wanted),
    message: () => `Expected ${kind} ${name} with ${JSON.stringify(wanted)} to be otherwise. ${found}`,
  };
}

/**
 * cdktf's matchers call a folder that is not there "not valid", so that `not.toBeValidTerraform()` would pass on a
 * misspelt path.
 */
function outputFolder(received: string): string {
  if (!fs.existsSync(`${received}/manifest.json`)) {
    throw new Error(`${received} is not a cdktf output folder: it has no manifest.json`);
  }
  return received;
}
