import { ALIAS_RULES } from "./aliases";
import { BALANCER_RULES } from "./balancer";
import { CI_RULES } from "./ci";
import { DATA_RULES } from "./data";
import { FARGATE_RULES } from "./fargate";
import { HOST_RULES } from "./host";
import { INGRESS_RULES, PROXY_RULES } from "./ingress";
import { JOB_RULES } from "./jobs";
import { LIST_RULES } from "./lists";
import { MANAGED_DATA_RULES } from "./managed-data";
import { NETWORK_RULES } from "./network";
import { onTier, type Rule } from "./rule";
import { SECRET_RULES } from "./secrets";
import { SERVICE_DATABASE_RULES } from "./service-database";
import { SERVICE_PART_RULES } from "./service-parts";
import { SERVICE_RULES } from "./services";
import { STACK_RULES } from "./stack";

/** Every rule about several fields of one app together. */
export const RULES: readonly Rule[] = [
  ...STACK_RULES,
  ...SERVICE_RULES,
  ...SERVICE_PART_RULES,
  ...INGRESS_RULES,
  ...onTier("mvp", PROXY_RULES),
  ...JOB_RULES,
  ...SECRET_RULES,
  ...ALIAS_RULES,
  ...DATA_RULES,
  ...SERVICE_DATABASE_RULES,
  ...NETWORK_RULES,
  ...onTier("mvp", HOST_RULES),
  ...onTier("growth", BALANCER_RULES),
  ...onTier("growth", FARGATE_RULES),
  ...onTier("growth", MANAGED_DATA_RULES),
  ...LIST_RULES,
  ...CI_RULES,
];
