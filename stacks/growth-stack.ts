import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import type { Construct } from "constructs";
import { CACHE_PORT, DATABASE_PORT } from "../modules/containers/environment";
import { DB_INIT } from "../modules/containers/names";
import { BackupBucket } from "../modules/data/backup-bucket";
import type { CacheGroup } from "../modules/data/cache-group";
import type { ManagedDatabase } from "../modules/data/managed-database";
import { Cluster } from "../modules/ecs/cluster";
import { Discovery } from "../modules/ecs/discovery";
import type { SecretReferences } from "../modules/ecs/environment";
import { FlowLogs } from "../modules/network/flow-logs";
import { Peering } from "../modules/network/peering";
import { planSubnets } from "../modules/network/subnet-plan";
import { DISCOVERY_TAG_PREFIX, TierNetwork } from "../modules/network/tier-network";
import { LogGroups } from "../modules/observability/log-groups";
import { ServiceImages } from "../modules/registry/service-images";
import { TierFirewalls } from "../modules/security/tier-firewalls";
import { isOn, type ResolvedStack } from "../modules/spec";
import { BACKUP } from "./growth-backup";
import { createCache, createDatabase, createSecrets } from "./growth-data";
import { createObservability } from "./growth-observability";
import { growthOutputs } from "./growth-outputs";
import { createTasks, type Tasks } from "./growth-tasks";
import { createTraffic, requestsCertificate, routedServices, type Traffic } from "./growth-traffic";
import { declareGrowthVariables, type GrowthVariables } from "./growth-variables";
import { TierStack } from "./tier-stack";

/**
 * The growth tier: services as Fargate tasks behind a load balancer, PostgreSQL on RDS or Aurora, ElastiCache, secrets in
 * Secrets Manager, a network of several zones.
 *
 * Cost of two tasks with 0.5 vCPU and 1 GB in us-east-1, without traffic: tasks $36, load balancer $16, addresses $7, NAT
 * gateway $33, db.t4g.micro with 20 GB $14, cache.t4g.micro $9: about $115 a month.
 */
export class GrowthStack extends TierStack {
  private readonly variables: GrowthVariables;
  private readonly accountId: string;

  constructor(scope: Construct, definition: ResolvedStack) {
    super(scope, definition, { ignoredTagPrefixes: [DISCOVERY_TAG_PREFIX] });
    const { names, app } = this;
    const needsSwitch = requestsCertificate(app) && routedServices(app).length > 0;
    this.variables = declareGrowthVariables(this, app, needsSwitch);
    this.accountId = new DataAwsCallerIdentity(this, "account").accountId;
    const network = this.createNetwork();
    const firewalls = this.createFirewalls(network);
    const bucket = this.createBackups();
    const images = this.createImages();
    const logs = this.createLogs();
    const data = { names, app, network, firewalls, variables: this.variables };
    const database = createDatabase(this, data);
    const cache = createCache(this, data);
    const references = createSecrets(this, data, database);
    const { accountId, variables } = this;
    const traffic = createTraffic(this, { names, app, accountId, network, firewalls, variables });
    const cluster = this.createCluster();
    const tasks = this.createTasks(
      network,
      firewalls,
      cluster,
      images,
      logs,
      database,
      cache,
      references,
      traffic,
      bucket,
    );
    const notifications = createObservability(this, {
      names,
      app,
      variables,
      cluster,
      tasks,
      logs,
      database,
      cache,
      traffic,
    });

    for (const [name, output] of Object.entries(
      growthOutputs({
        app,
        network,
        firewalls,
        bucket,
        images,
        logs,
        database,
        cache,
        references,
        traffic,
        cluster,
        tasks,
        notifications,
      }),
    )) {
      this.output(name, output);
    }
    this.declareOutputAliases();
  }

  private createNetwork(): TierNetwork {
    const { names, app } = this;
    const { cidr, zones, egress, flowLogDays, publicSubnets, privateSubnets, databaseSubnets } = app.network;
    const network = new TierNetwork(this, "network", {
      names,
      region: app.region,
      cidr,
      zones: zones.map((letter) => `${app.region}${letter}`),
      plan: planSubnets(cidr, zones.length, {
        public: publicSubnets,
        private: privateSubnets,
        database: databaseSubnets,
      }),
      egress,
    });
    const { vpcId, routeTableIds } = network;
    if (flowLogDays > 0) {
      new FlowLogs(this, "flow_logs", { names, accountId: this.accountId, vpcId, retentionDays: flowLogDays });
    }
    new Peering(this, "peering", { names, vpcId, cidr, routeTableIds });
    return network;
  }

  private createFirewalls(network: TierNetwork): TierFirewalls {
    const { app, variables } = this;
    const isClosed = app.network.egress === "endpoints-only";
    return new TierFirewalls(this, "firewall", {
      names: this.names,
      vpcId: network.vpcId,
      publicPorts: isOn(app.ingress.tls) ? [80, 443] : [80],
      originRanges: variables.originRanges,
      services: Object.fromEntries(
        Object.entries(app.services).map(([name, { port, route }]) => [name, { port, public: route !== undefined }]),
      ),
      databasePort: variables.database && DATABASE_PORT,
      cachePort: variables.cache && CACHE_PORT,
      moverEnabled: variables.moverEnabled,
      endpointsGroupId: network.endpointsGroupId,
      onlyPrefixList: isClosed ? network.s3PrefixListId : undefined,
    });
  }

  private createBackups(): BackupBucket {
    const { protect, backup } = this.app;
    const { noncurrentDays, keepNoncurrent } = backup;
    return new BackupBucket(this, "backups", {
      names: this.names,
      protect: isOn(protect),
      noncurrentDays,
      keepNoncurrent,
    });
  }

  /** What signs in to the database waits for its role, which a job makes after the first apply. */
  private createImages(): ServiceImages {
    const { services, registry, database } = this.app;
    const connected = Object.keys(services).filter((name) => services[name]?.connects.includes("database"));
    const heldBack = database.mode === "own" ? connected : [];
    return new ServiceImages(this, "images", { names: this.names, services, registry, heldBack });
  }

  private createLogs(): LogGroups {
    const { services, observability } = this.app;
    const own = this.variables.database === undefined ? [] : [DB_INIT, BACKUP];
    return new LogGroups(this, "logs", {
      names: this.names,
      keys: [...Object.keys(services), ...own],
      retentionDays: observability.logDays,
    });
  }

  private createCluster(): Cluster {
    const { services, ecs } = this.app;
    const spot = Object.values(services).some(({ spotPercent }) => spotPercent > 0);
    return new Cluster(this, "cluster", { names: this.names, insights: ecs.insights, spot });
  }

  private createTasks(
    network: TierNetwork,
    firewalls: TierFirewalls,
    cluster: Cluster,
    images: ServiceImages,
    logs: LogGroups,
    database: ManagedDatabase | undefined,
    cache: CacheGroup | undefined,
    references: SecretReferences,
    traffic: Traffic | undefined,
    bucket: BackupBucket,
  ): Tasks {
    const { names, app, accountId, variables } = this;
    const named = Object.keys(app.services).filter((name) => app.services[name]?.port !== undefined);
    const props = {
      names,
      app,
      accountId,
      cluster,
      discovery: new Discovery(this, "discovery", { names, vpcId: network.vpcId, services: named }),
      images,
      logs,
      places: {
        database: database && { host: database.endpoint },
        cache: cache && { host: cache.endpoint, tls: isOn(app.elasticache.tls) },
      },
      references,
      place: {
        subnetIds: network.taskSubnetIds,
        securityGroupIds: [firewalls.serviceGroupId],
        assignPublicIp: network.assignPublicIp,
      },
      reachable: network.internet,
      traffic,
      variables,
    };
    return createTasks(this, props, database, bucket);
  }
}
