/** Behaviour by resource type: the only place, with the data files, that knows one type from another. */
import { ACM_HOOKS } from "./acm";
import { CACHE_HOOKS } from "./caches";
import { DATABASE_HOOKS } from "./databases";
import { EC2_HOOKS } from "./ec2";
import { ECS_HOOKS } from "./ecs";
import { ELB_HOOKS } from "./elb";
import { FRONTEND_HOOKS } from "./frontend";
import { IDENTITY_HOOKS } from "./identity";
import { INTERFACE_HOOKS } from "./interfaces";
import { LISTENER_HOOKS } from "./listeners";
import { NAT_GATEWAY_HOOKS } from "./nat-gateways";
import { OBSERVABILITY_HOOKS } from "./observability";
import { RANDOM_HOOKS } from "./random";
import { S3_HOOKS } from "./s3";
import { SECRET_HOOKS } from "./secrets";
import type { Hooks, ServiceHooks } from "./service";
import { SSM_HOOKS } from "./ssm";
import { STORAGE_HOOKS } from "./storage";
import { TAG_HOOKS } from "./tags";
import { VPC_HOOKS } from "./vpc";

const SERVICES: Hooks[] = [
  ACM_HOOKS,
  CACHE_HOOKS,
  DATABASE_HOOKS,
  EC2_HOOKS,
  ECS_HOOKS,
  ELB_HOOKS,
  FRONTEND_HOOKS,
  IDENTITY_HOOKS,
  LISTENER_HOOKS,
  INTERFACE_HOOKS,
  NAT_GATEWAY_HOOKS,
  OBSERVABILITY_HOOKS,
  RANDOM_HOOKS,
  S3_HOOKS,
  SECRET_HOOKS,
  SSM_HOOKS,
  STORAGE_HOOKS,
  TAG_HOOKS,
  VPC_HOOKS,
];

const BY_TYPE = new Map<string, ServiceHooks>();
for (const [type, hooks] of SERVICES.flatMap((service) => Object.entries(service))) {
  BY_TYPE.set(type, { ...BY_TYPE.get(type), ...hooks });
}

/** The hooks of a type; most types need none. */
export function hooksOf(type: string): ServiceHooks {
  return BY_TYPE.get(type) ?? {};
}

/** Types with hooks. */
export function hookedTypes(): string[] {
  return [...BY_TYPE.keys()].sort();
}
