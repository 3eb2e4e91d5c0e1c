import { TerraformOutput, type TerraformStack } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import {
  clientRangesOnly,
  emptyOrMatching,
  listVariable,
  numberVariable,
  rangesOnly,
  stringVariable,
} from "../../modules/terraform/variables";
import { PlainTerraform, type VariableValue } from "../helpers/plain-terraform";
import { synth } from "../helpers/synth";

function declareAll(stack: TerraformStack): void {
  const region = stringVariable(stack, "region", { description: "Where.", default: "eu-central-1" });
  const size = numberVariable(stack, "size", {
    description: "How big.",
    default: 30,
    rules: [{ condition: "${var.size >= 30}", message: "size must be at least 30." }],
  });
  const clients = listVariable(stack, "clients", {
    description: "Who.",
    default: ["203.0.113.7/32"],
    rules: [clientRangesOnly("clients")],
  });
  const origins = listVariable(stack, "origins", {
    description: "CDN.",
    default: ["192.0.2.0/24"],
    rules: [rangesOnly("origins")],
  });
  const zone = stringVariable(stack, "zone", {
    description: "Zone.",
    default: "",
    rules: [emptyOrMatching("zone", "^Z[0-9A-Z]{5}$", "a zone id such as Z12345")],
  });
  new TerraformOutput(stack, "all", { value: { region: `in ${region}`, size, clients, origins, zone } });
}

const json = synth(declareAll);
const { variable, output } = JSON.parse(json) as { variable: object; output: object };

describe("a variable in the JSON", () => {
  test("has type, description and default, and is never null", () => {
    expect(json).toHaveVariable("region", {
      type: "string",
      description: "Where.",
      default: "eu-central-1",
      nullable: false,
    });
    expect(json).toHaveVariable("size", { type: "number", default: 30, nullable: false });
    expect(json).toHaveVariable("clients", { type: "list(string)", default: ["203.0.113.7/32"], nullable: false });
  });

  test("has a validation per rule, and none without rules", () => {
    expect(json).toHaveVariable("size", {
      validation: [{ condition: "${var.size >= 30}", error_message: "size must be at least 30." }],
    });
    expect(variable).toHaveProperty("region");
    expect(variable).not.toHaveProperty("region.validation");
  });

  test("is a reference inside texts, numbers and lists", () => {
    expect(json).toHaveOutput("all", {
      value: {
        region: "in ${var.region}",
        size: "${var.size}",
        clients: "${var.clients}",
        origins: "${var.origins}",
        zone: "${var.zone}",
      },
    });
  });
});

describe("Terraform itself", () => {
  const terraform = new PlainTerraform("variables", { variable, output });
  afterAll(() => terraform.remove());

  const CLIENTS =
    "Every entry of clients must be an IPv4 range such as 203.0.113.7/32, with a prefix of /8 or longer: name the addresses that need access.";
  const ORIGINS = "origins must hold at least one entry, each an IPv4 range such as 173.245.48.0/20.";
  const ZONE = "zone must be empty or a zone id such as Z12345.";

  test.each<[name: string, value: VariableValue]>([
    ["size", 30],
    ["clients", []],
    ["clients", ["10.0.0.0/8", "203.0.113.7/32"]],
    ["clients", ["192.0.2.0/30", "192.0.0.0/10", "192.0.0.0/20"]],
    ["origins", ["0.0.0.0/0"]],
    ["zone", ""],
    ["zone", "Z0A1B2"],
  ])("accepts %s = %j", (name, value) => {
    expect(terraform.refusals({ [name]: value })).toEqual([]);
  });

  test.each<[name: string, value: VariableValue, message: string]>([
    ["size", 29, "size must be at least 30."],
    ["clients", ["0.0.0.0/0"], CLIENTS],
    ["clients", ["203.0.113.7/32", "10.0.0.0/0"], CLIENTS],
    ["clients", ["0.0.0.0/00"], CLIENTS],
    ["clients", ["0.0.0.0/1", "128.0.0.0/1"], CLIENTS],
    ["clients", ["203.0.113.7/24"], CLIENTS],
    ["clients", ["203.0.113.7"], CLIENTS],
    ["clients", ["2001:db8::/32"], CLIENTS],
    ["clients", ["office"], CLIENTS],
    ["clients", ["300.0.0.0/8"], CLIENTS],
    ["origins", ["2400:cb00::/32"], ORIGINS],
    ["origins", ["10.0.0.0/33"], ORIGINS],
    ["origins", ["10.0.0.1/8"], ORIGINS],
    ["origins", [], ORIGINS],
    ["zone", "z12345", ZONE],
    ["zone", "Z12345 ", ZONE],
  ])("refuses %s = %j and says what is allowed", (name, value, message) => {
    expect(terraform.refusals({ [name]: value })).toEqual([message]);
  });

  test.each<[name: string, value: VariableValue]>([
    ["size", "many"],
    ["clients", "203.0.113.7/32"],
  ])("refuses %s = %j, which has another type", (name, value) => {
    expect(terraform.refusals({ [name]: value })).toHaveLength(1);
  });
});
