import type { Construct } from "constructs";
import { PhysicalNames } from "../modules/naming/physical-names";
import { tagValue } from "../modules/naming/tag-value";
import { isOn, type ResolvedApp, type ResolvedStack, type Safety } from "../modules/spec";
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

/** Safeties that are off, each with its reason. */
function reasonsOf({ app, tier }: ResolvedStack): Record<string, string> {
  const { protect, observability, ingress, rds, elasticache } = app;
  const safeties: Record<string, Safety> = {
    ProtectionOff: protect,
    AlarmsOff: observability.alarms,
    // On tier mvp the proxy's configuration says why.
    ...(tier === "growth" && {
      HttpsOff: ingress.tls,
      DatabaseEncryptionOff: rds.encrypted,
      CacheEncryptionOff: elasticache.tls,
    }),
  };
  return Object.fromEntries(
    Object.entries(safeties).flatMap(([tag, safety]) => (isOn(safety) ? [] : [[tag, tagValue(safety.off)]])),
  );
}

function tagsOf(stack: ResolvedStack): Record<string, string> {
  const { app, tier } = stack;
  const { name, environment, tags } = app;
  return {
    ...tags,
    Application: name,
    Environment: environment,
    Tier: tier,
    ManagedBy: "Terraform",
    ...reasonsOf(stack),
  };
}
