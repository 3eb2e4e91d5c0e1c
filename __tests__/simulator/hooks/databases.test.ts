import { describe, expect, test } from "vitest";
import type { Obj } from "../../../scripts/simulator/contract";
import { UNKNOWN } from "../../../scripts/simulator/wire/value";
import { Account, checkCreation, created, creation, CTX, KNOWN, object, summaries, the } from "../facts/account";

const INSTANCE: Obj = {
  identifier: "db",
  engine: "postgres",
  engine_version: "17",
  allocated_storage: 20,
  backup_retention_period: 7,
  parameter_group_name: "pg17",
  id: "db-1",
};

const plan = (type: string, prior: Obj, changes: Obj): Obj =>
  the(
    KNOWN.hooks(type).plan?.({
      type,
      config: changes,
      prior,
      planned: { ...prior, ...changes },
      ctx: CTX,
      world: new Account(),
    }),
  ).planned;

const refusals = (type: string, prior: Obj, changes: Obj): string[] =>
  summaries(KNOWN.checkApply({ ...creation(type, changes), prior, result: { ...prior, ...changes } }));

describe("an RDS instance", () => {
  test("gets an endpoint, and the newest minor version", () => {
    const made = created("aws_db_instance", INSTANCE, new Account(), { port: 443, address: "?", multi_az: true });
    expect(made).toMatchObject({ port: 5432, multi_az: false, engine_version: "17", engine_version_actual: "17.6" });
    expect(made.endpoint).toBe(`${String(made.address)}:5432`);
    expect(made.address).toMatch(/^db\./);
  });

  test("has its administrator's secret as long as RDS keeps the password", () => {
    const world = new Account();
    const managed = { ...INSTANCE, manage_master_user_password: true };
    const made = created("aws_db_instance", managed, world, { master_user_secret: [] });
    const [secret] = world.ofType("aws_secretsmanager_secret");
    expect(made.master_user_secret).toMatchObject([{ secret_arn: secret?.id, secret_status: "active" }]);
    expect(secret?.attributes.name).toBe("rds!db-db-1");
    const own = { ...made, manage_master_user_password: null };
    const input = { ...creation("aws_db_instance", INSTANCE, world), prior: made, result: own };
    expect(the(KNOWN.hooks("aws_db_instance").apply?.(input)).result.master_user_secret).toEqual([]);
    expect(world.ofType("aws_secretsmanager_secret")).toEqual([]);
  });

  test("plans what it does not know yet", () => {
    const prior = {
      ...INSTANCE,
      manage_master_user_password: true,
      master_user_secret: [{}],
      engine_version_actual: "17.6",
    };
    expect(plan("aws_db_instance", prior, { engine_version: "18" }).engine_version_actual).toBe(UNKNOWN);
    expect(plan("aws_db_instance", prior, { manage_master_user_password: null }).master_user_secret).toBe(UNKNOWN);
    expect(plan("aws_db_instance", prior, { multi_az: true })).toMatchObject({ engine_version_actual: "17.6" });
  });

  test("keeps storage that grew by itself, while it may grow", () => {
    const grown = { ...INSTANCE, allocated_storage: 34 };
    const storage = (changes: Obj) => plan("aws_db_instance", grown, changes).allocated_storage;
    expect(storage({ allocated_storage: 20, max_allocated_storage: 100 })).toBe(34);
    expect(storage({ allocated_storage: 40, max_allocated_storage: 100 })).toBe(40);
    expect(storage({ allocated_storage: 20, max_allocated_storage: null })).toBe(20);
  });

  test("never shrinks, and RDS chooses the zones of a standby", () => {
    expect(refusals("aws_db_instance", INSTANCE, { allocated_storage: 19 })[0]).toContain(
      "Requested storage size (19) cannot be less than the current storage size (20)",
    );
    const zoned = { identifier: "db", engine: "postgres", availability_zone: "eu-central-1a" };
    expect(summaries(checkCreation("aws_db_instance", { ...zoned, multi_az: true }))[0]).toContain(
      "Requesting a specific availability zone is not valid for Multi-AZ instances",
    );
    expect(checkCreation("aws_db_instance", { ...zoned, multi_az: false })).toEqual([]);
  });

  test.each([
    ["17", "18", false, "The AllowMajorVersionUpgrade flag must be present"],
    ["17", "16", true, "Cannot upgrade postgres from 17 to 16"],
  ])("of version %s does not become %s (allowed: %s)", (before, after, allow_major_version_upgrade, says) => {
    const changes = { engine_version: after, allow_major_version_upgrade };
    expect(refusals("aws_db_instance", { ...INSTANCE, engine_version: before }, changes)).toEqual([
      expect.stringContaining(says),
    ]);
  });

  test("becomes a newer version when that is allowed", () => {
    expect(refusals("aws_db_instance", INSTANCE, { engine_version: "18", allow_major_version_upgrade: true })).toEqual(
      [],
    );
  });

  test("takes the parameter group of its version", () => {
    const group = (family: string) => new Account(object("aws_db_parameter_group", "pg17", { name: "pg17", family }));
    const found = (family: string) => summaries(checkCreation("aws_db_instance", INSTANCE, group(family)));
    expect(found("postgres17")).toEqual([]);
    expect(found("postgres16")[0]).toContain("Please use a Parameter Group with DBParameterGroupFamily postgres17");
  });
});

describe("a read replica", () => {
  const of = (source: Obj) => {
    const world = new Account(object("aws_db_instance", "db-1", { ...INSTANCE, username: "admin", ...source }));
    return {
      world,
      found: summaries(checkCreation("aws_db_instance", { identifier: "r", replicate_source_db: "db" }, world)),
    };
  };

  test("is like its source", () => {
    const { world, found } = of({});
    expect(found).toEqual([]);
    const computed = { engine: "?", engine_version: "?", username: "?", allocated_storage: 0 };
    expect(created("aws_db_instance", { identifier: "r", replicate_source_db: "db" }, world, computed)).toMatchObject({
      engine: "postgres",
      engine_version: "17",
      username: "admin",
      allocated_storage: 20,
    });
  });

  test("is refused of a database whose password RDS manages, and of one without backups", () => {
    expect(of({ manage_master_user_password: true }).found[0]).toContain(
      "Creating read replicas for source instance with engine postgres where ManageMasterUserPassword is enabled is not supported",
    );
    expect(of({ backup_retention_period: 0 }).found[0]).toContain("Automated backups are not enabled");
  });
});

describe("an Aurora cluster", () => {
  const CLUSTER = { cluster_identifier: "c", engine: "aurora-postgresql", engine_version: "17" };
  const capacity = (min_capacity: number, max_capacity: number, seconds_until_auto_pause: number | null = null) =>
    summaries(
      checkCreation("aws_rds_cluster", {
        ...CLUSTER,
        serverlessv2_scaling_configuration: [{ min_capacity, max_capacity, seconds_until_auto_pause }],
      }),
    );

  test("gets two endpoints and its secret", () => {
    const world = new Account();
    const computed = { port: 443, cluster_resource_id: "CLUSTER1" };
    const made = created("aws_rds_cluster", { ...CLUSTER, manage_master_user_password: true }, world, computed);
    expect(made.port).toBe(5432);
    expect([made.endpoint, made.reader_endpoint]).toEqual([
      expect.stringMatching(/^c\.cluster-[0-9a-f]{12}\./),
      expect.stringMatching(/^c\.cluster-ro-[0-9a-f]{12}\./),
    ]);
    expect(world.ofType("aws_secretsmanager_secret")[0]?.attributes.name).toBe("rds!cluster-cluster1");
  });

  test("has a capacity that makes sense", () => {
    expect([...capacity(0.5, 2), ...capacity(0, 2, 300)]).toEqual([]);
    expect(capacity(4, 2)[0]).toContain("minimum capacity is greater than the maximum");
    expect(capacity(0.5, 2, 300)[0]).toContain("SecondsUntilAutoPause needs a minimum capacity of 0");
  });

  test("has one writer; instances without a fixed class need its capacity", () => {
    const scaling = [{ min_capacity: 0.5, max_capacity: 2 }];
    const cluster = object("aws_rds_cluster", "c", {
      ...CLUSTER,
      serverlessv2_scaling_configuration: scaling,
      port: 5432,
    });
    const member = (identifier: string) => ({ identifier, cluster_identifier: "c", instance_class: "db.serverless" });
    const world = new Account(cluster);
    expect(created("aws_rds_cluster_instance", member("one"), world)).toMatchObject({ writer: true, port: 5432 });
    world.add(object("aws_rds_cluster_instance", "one", member("one")));
    expect(created("aws_rds_cluster_instance", member("two"), world).writer).toBe(false);
    expect(checkCreation("aws_rds_cluster_instance", member("one"), new Account(cluster))).toEqual([]);
    const fixed = object("aws_rds_cluster", "c", CLUSTER);
    expect(summaries(checkCreation("aws_rds_cluster_instance", member("one"), new Account(fixed)))[0]).toContain(
      "Set the Serverless v2 scaling configuration",
    );
  });
});

test.each(["aws_db_parameter_group", "aws_rds_cluster_parameter_group"])(
  "a static parameter of %s waits for a restart",
  (type) => {
    const found = (apply_method: string) =>
      summaries(
        checkCreation(type, { name: "g", parameter: [{ name: "rds.logical_replication", value: "1", apply_method }] }),
      );
    expect(found("pending-reboot")).toEqual([]);
    expect(found("immediate")[0]).toContain("cannot use immediate apply method for static parameter");
  },
);
