/** What the tests of the load balancer and what hangs on it have in common. */
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { type IResolvable, type TerraformStack, TerraformVariable } from "cdktf";
import type { ServiceTargets } from "../../modules/edge/target-groups";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { stringVariable } from "../../modules/terraform/variables";
import { synth } from "../helpers/synth";

export const NAMES = new PhysicalNames({ app: "shop", tier: "growth" });

export const TARGETS: ServiceTargets = {
  healthCheck: { path: "/health", intervalSeconds: 30, timeoutSeconds: 5, retries: 3 },
  deregistrationSeconds: 30,
};

/** The variables that the constructs refer to. */
export interface EdgeVariables {
  readonly domain: string;
  readonly hostedZoneId: string;
  readonly httpsEnabled: IResolvable;
}

/** Declares the variables as a stack does. */
export function edgeVariables(stack: TerraformStack, zone = ""): EdgeVariables {
  return {
    domain: stringVariable(stack, "domain", { description: "Domain.", default: "shop.example" }),
    hostedZoneId: stringVariable(stack, "hosted_zone_id", { description: "Zone.", default: zone }),
    httpsEnabled: new TerraformVariable(stack, "https_enabled", { type: "bool", default: false }).booleanValue,
  };
}

/** Synthesizes constructs beside the variables. */
export function synthEdge(build: (stack: TerraformStack, variables: EdgeVariables) => void): string {
  return synth((stack) => {
    new RandomProvider(stack, "random");
    build(stack, edgeVariables(stack));
  });
}
