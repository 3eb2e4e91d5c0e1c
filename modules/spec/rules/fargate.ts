import { parseCidr, SMALLEST_SUBNET_PREFIX } from "../cidr";
import { networkOf, zonesOf } from "../derive";
import { showValue } from "../show";
import { finding, quote, type Rule } from "./rule";

const zonesAreEnough: Rule = {
  id: "zones-are-enough",
  description: "A load balancer and a group of database subnets have two zones at least.",
  check: ({ app, tier }) =>
    zonesOf(app, tier).length >= 2
      ? []
      : [
          finding(
            ["network", "zones"],
            showValue(app.network.zones),
            "a list of 2 to 4 zone letters on tier growth",
            "add a zone: AWS makes no load balancer and no group of database subnets in one",
          ),
        ],
};

const networkIsOwn: Rule = {
  id: "network-is-own",
  description: "Tier growth makes its own network.",
  check: ({ app: { network } }) =>
    network.existing === undefined
      ? []
      : [
          finding(
            ["network", "existing"],
            showValue(network.existing),
            "nothing on tier growth, which makes its own network",
            "remove it, or write it under stacks.mvp.overrides",
          ),
        ],
};

const SUBNET_LISTS = ["publicSubnets", "privateSubnets", "databaseSubnets"] as const;

/** A database subnet is a 256th of the network. */
const LONGEST_COMPUTED_PREFIX = SMALLEST_SUBNET_PREFIX - 8;

const roomForTierSubnets: Rule = {
  id: "room-for-tier-subnets",
  description: "The network has room for the computed subnets of four zones.",
  check: ({ app, tier }) => {
    const network = networkOf(app, tier);
    const isComputed = SUBNET_LISTS.every((field) => app.network[field] === undefined);
    if (!isComputed || parseCidr(network).prefix <= LONGEST_COMPUTED_PREFIX) return [];
    return [
      finding(
        ["network", "cidr"],
        quote(network),
        `a range of /${LONGEST_COMPUTED_PREFIX} or larger, with room for three subnets in each of four zones`,
        "take a larger range, or give publicSubnets, privateSubnets and databaseSubnets",
      ),
    ];
  },
};

const subnetListsTogether: Rule = {
  id: "subnet-lists-together",
  description: "Either all subnets of a network are written or none: a computed one could overlap a written one.",
  check: ({ app: { network } }) => {
    const missing = SUBNET_LISTS.filter((field) => network[field] === undefined);
    if (missing.length === SUBNET_LISTS.length) return [];
    return missing.map((field) =>
      finding(
        ["network", field],
        showValue(undefined),
        `a list of ranges on tier growth, because other subnets are written`,
        `add it, or leave out ${SUBNET_LISTS.filter((other) => other !== field).join(" and ")} too`,
      ),
    );
  },
};

/** Endpoints lead to ECR's private registry only. Source: Amazon ECR User Guide, "Interface VPC endpoints". */
const closedTasksPullFromEcr: Rule = {
  id: "closed-tasks-pull-from-ecr",
  description: "Without a way to the internet, every image comes from a repository of the stack.",
  check: ({ app }) => {
    if (app.network.egress !== "endpoints-only") return [];
    const foreign = Object.keys(app.services).filter((name) => "reference" in (app.services[name]?.image ?? {}));
    const users = [
      ...foreign.map((name) => `services.${name}`),
      ...(app.database.mode === "own" ? ["the jobs that prepare and back up the database"] : []),
    ];
    if (users.length === 0) return [];
    return [
      finding(
        ["network", "egress"],
        quote(app.network.egress),
        "a way to the internet, or only images that the stack's own repositories hold",
        `choose another: ${users.join(", ")} would find no image`,
      ),
    ];
  },
};

const tasksKeepNothing: Rule = {
  id: "tasks-keep-nothing",
  description: "A service that keeps folders does not run on Fargate.",
  check: ({ app }) =>
    Object.entries(app.services)
      .filter(([, { volumes }]) => volumes.length > 0)
      .map(([name, { volumes }]) =>
        finding(
          ["services", name, "volumes"],
          showValue(volumes),
          "an empty list on tier growth, whose tasks keep no folder",
          "keep such files in S3 or the database, or turn the service off under stacks.growth.overrides",
        ),
      ),
};

const filesAreInImages: Rule = {
  id: "files-are-in-images",
  description: "A service that is given configuration files does not run on Fargate.",
  check: ({ app }) =>
    Object.entries(app.services)
      .filter(([, { files }]) => Object.keys(files).length > 0)
      .map(([name, { files }]) =>
        finding(
          ["services", name, "files"],
          showValue(files),
          "nothing on tier growth, whose tasks have only the files of their image",
          "put the files into the image, or turn the service off under stacks.growth.overrides",
        ),
      ),
};

/** Limits of a container health check. Source: Amazon ECS API, HealthCheck. */
const LONGEST_TIMEOUT = 60;
const LONGEST_GRACE = 300;

const healthChecksFitEcs: Rule = {
  id: "health-checks-fit-ecs",
  description: "A health check keeps to the limits of ECS and of the load balancer.",
  check: ({ app }) =>
    Object.entries(app.services).flatMap(([name, { healthCheck }]) => {
      if (healthCheck === undefined) return [];
      const { timeoutSeconds, intervalSeconds, graceSeconds } = healthCheck;
      const most = Math.min(LONGEST_TIMEOUT, intervalSeconds - 1);
      const at = (field: string) => ["services", name, "healthCheck", field];
      return [
        ...(timeoutSeconds <= most
          ? []
          : [
              finding(
                at("timeoutSeconds"),
                String(timeoutSeconds),
                `up to ${most} on tier growth: less than intervalSeconds, and at most ${LONGEST_TIMEOUT}`,
                "lower it, or raise intervalSeconds",
              ),
            ]),
        ...(graceSeconds <= LONGEST_GRACE
          ? []
          : [
              finding(
                at("graceSeconds"),
                String(graceSeconds),
                `up to ${LONGEST_GRACE} on tier growth, the longest that ECS waits`,
                "lower it",
              ),
            ]),
      ];
    }),
};

const scalingIsInOrder: Rule = {
  id: "scaling-is-in-order",
  description: "The fewest tasks are not more than the most.",
  check: ({ app }) =>
    Object.entries(app.services).flatMap(([name, { scaling }]) =>
      scaling?.min === undefined || scaling.min <= scaling.max
        ? []
        : [
            finding(
              ["services", name, "scaling", "min"],
              String(scaling.min),
              `up to ${scaling.max}, which is scaling.max`,
              "lower it, or raise scaling.max",
            ),
          ],
    ),
};

const requestsNeedRoute: Rule = {
  id: "requests-need-route",
  description: "Only a service behind the load balancer is scaled by its requests.",
  check: ({ app }) =>
    Object.entries(app.services).flatMap(([name, { scaling, route }]) =>
      scaling?.requestsPerTask === undefined || route !== undefined
        ? []
        : [
            finding(
              ["services", name, "scaling", "requestsPerTask"],
              String(scaling.requestsPerTask),
              "nothing for a service without a route: the load balancer counts no requests of it",
              "remove it, or give the service a route",
            ),
          ],
    ),
};

/** Rules about what runs on Fargate and the network around it. */
export const FARGATE_RULES: readonly Rule[] = [
  zonesAreEnough,
  networkIsOwn,
  roomForTierSubnets,
  subnetListsTogether,
  closedTasksPullFromEcr,
  tasksKeepNothing,
  filesAreInImages,
  healthChecksFitEcs,
  scalingIsInOrder,
  requestsNeedRoute,
];
