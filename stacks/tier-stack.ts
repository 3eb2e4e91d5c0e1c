import type { Construct } from "constructs";
import { PhysicalNames } from "../modules/naming/physical-names";
import { tagValue } from "../modules/naming/tag-value";
import { isOn, type ResolvedApp, type ResolvedStack } from "../modules/spec";
import { stateBackend } from "../modules/terraform/state-backend";
import { BaseStack, type StackBasis } from "./base-stack";

/** One app on one tier in one environment. */
export abstract class TierStack extends BaseStack {
  protected readonly app: ResolvedApp;

  constructor(
    scope: Construct,
    protected readonly definition: ResolvedStack,
    more: Pick<StackBasis, "ignoredTagPrefixes"> = {},
  ) {
    super(scope, { ...basisOf(definition), ...more });
    this.app = definition.app;
  }
}

function basisOf(definition: ResolvedStack): StackBasis {
  const { id, app, tier, names, outputAliases } = definition;
  const environment = app.isDefaultEnvironment ? undefined : app.environment;
  return {
    id,
    region: app.region,
    tags: tagsOf(definition),
    names: new PhysicalNames({ app: app.name, tier, environment }, names),
    backend: stateBackend(definition),
    outputAliases,
    writtenUnder: `stacks.${tier}`,
  };
}

function tagsOf({ app, tier }: ResolvedStack): Record<string, string> {
  const { name, environment, tags, protect, observability } = app;
  return {
    ...tags,
    Application: name,
    Environment: environment,
    Tier: tier,
    ManagedBy: "Terraform",
    ...(isOn(protect) ? {} : { ProtectionOff: tagValue(protect.off) }),
    ...(isOn(observability.alarms) ? {} : { AlarmsOff: tagValue(observability.alarms.off) }),
  };
}
