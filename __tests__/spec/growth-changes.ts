import type { AppInput } from "../../modules/spec";
import { proof, simple, whole } from "../simulated/growth-apps";
import type { Change } from "./every-field-is-read.test";

const inTwoZones: AppInput = { ...simple, rds: { multiAz: false } };
const unencrypted: AppInput = { ...simple, rds: { encrypted: { off: "the data is public anyway" } } };
const cached: AppInput = {
  ...simple,
  cache: { mode: "own" },
  elasticache: { tls: { off: "the client knows no TLS" } },
};
const pausing: AppInput = {
  ...simple,
  rds: { engine: "aurora-postgresql", capacity: { min: 0, autoPauseSeconds: 600 } },
};

/** With subnets of its own. */
const planned: AppInput = {
  ...simple,
  network: {
    publicSubnets: ["10.1.1.0/24", "10.1.2.0/24"],
    privateSubnets: ["10.1.11.0/24", "10.1.12.0/24"],
    databaseSubnets: ["10.1.21.0/24", "10.1.22.0/24"],
  },
};

const ARN = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-1111-2222-333344445555";

/** For every field that only tier growth reads another valid value, and an app in which it matters. */
export const GROWTH_CHANGES: Record<string, Change> = {
  "stacks.growth": [simple, "stacks.growth", { id: "other" }],
  "stacks.growth.id": [simple, "stacks.growth.id", "other"],
  "stacks.growth.names.*": [whole, "stacks.growth.names.alarm_latency", "another-name"],
  "stacks.growth.outputAliases.*": [whole, "stacks.growth.outputAliases.apiBaseUrl", "balancer_dns_name"],
  "stacks.growth.overrides": [whole, "stacks.growth.overrides", { observability: { logDays: 90 } }],
  "network.privateSubnets[]": [planned, "network.privateSubnets[1]", "10.1.32.0/24"],
  "network.databaseSubnets[]": [planned, "network.databaseSubnets[1]", "10.1.33.0/24"],
  "network.egress": [simple, "network", { egress: "nat-per-az" }],
  "services.*.count": [simple, "services.api.count", 3],
  "services.*.scaling.min": [whole, "services.api.scaling.min", 1],
  "services.*.scaling.max": [whole, "services.api.scaling.max", 7],
  "services.*.scaling.cpuPercent": [whole, "services.api.scaling.cpuPercent", 50],
  "services.*.scaling.requestsPerTask": [whole, "services.api.scaling.requestsPerTask", 700],
  "services.*.spotPercent": [simple, "services.api.spotPercent", 50],
  "alb.certificateArn": [simple, "alb", { certificateArn: ARN }],
  "alb.idleSeconds": [simple, "alb", { idleSeconds: 90 }],
  "alb.accessLogDays": [simple, "alb", { accessLogDays: 60 }],
  "alb.waf.requestsPerFiveMinutes": [whole, "alb.waf.requestsPerFiveMinutes", 500],
  "ecs.architecture": [simple, "ecs", { architecture: "arm64" }],
  "ecs.insights": [simple, "ecs", { insights: "off" }],
  "ecs.exec": [simple, "ecs", { exec: true }],
  "rds.engine": [simple, "rds", { engine: "aurora-postgresql" }],
  "rds.instanceClass": [simple, "rds", { instanceClass: "db.t4g.small" }],
  "rds.storageGiB": [simple, "rds", { storageGiB: 30 }],
  "rds.maxStorageGiB": [simple, "rds", { maxStorageGiB: 200 }],
  "rds.storageType": [simple, "rds", { storageType: "gp2" }],
  "rds.capacity.min": [whole, "rds.capacity.min", 1],
  "rds.capacity.max": [whole, "rds.capacity.max", 8],
  "rds.capacity.autoPauseSeconds": [pausing, "rds.capacity.autoPauseSeconds", 900],
  "rds.multiAz": [inTwoZones, "rds.multiAz", true],
  "rds.readReplicas": [simple, "rds", { readReplicas: 1 }],
  "rds.backupDays": [simple, "rds", { backupDays: 14 }],
  "rds.encrypted": [simple, "rds", { encrypted: { off: "the data is public anyway" } }],
  "rds.encrypted.off": [unencrypted, "rds.encrypted.off", "another reason to be open"],
  "rds.zone": [proof, "rds.zone", "b"],
  "elasticache.nodeType": [whole, "elasticache.nodeType", "cache.t4g.small"],
  "elasticache.replicas": [whole, "elasticache.replicas", 2],
  "elasticache.snapshotDays": [whole, "elasticache.snapshotDays", 5],
  "elasticache.tls": [whole, "elasticache.tls", { off: "the client knows no TLS" }],
  "elasticache.tls.off": [cached, "elasticache.tls.off", "another reason to be open"],
  "observability.budgetUsd": [whole, "observability.budgetUsd", 400],
};
