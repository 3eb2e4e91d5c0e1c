import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readWorldObjects } from "../../scripts/simulator/world";
import { ASSUME_ROLE, type Config, sampleConfig, set } from "./sample";
import { startTestRun, type TestRun, Workspace } from "./support";

let run: TestRun;
let base: Workspace;
let applied: string;

beforeAll(async () => {
  run = await startTestRun("lifecycle");
  base = new Workspace(run, "base");
  base.write(sampleConfig());
  await base.ok("init");
  applied = await base.apply(sampleConfig());
});
afterAll(() => run.close());

describe("apply", () => {
  test("makes everything, and the second plan is empty", async () => {
    expect(applied).toContain("Apply complete! Resources: 13 added, 0 changed, 0 destroyed.");
    expect(await base.planCode()).toBe(0);
    expect(readWorldObjects(run.worldFile)).toHaveLength(13);
  });

  test("fills ids and ARNs by their templates, in the region of the provider alias", async () => {
    const vpc = await base.values("aws_vpc.main");
    expect(vpc.id).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(vpc.arn).toBe(`arn:aws:ec2:eu-central-1:123456789012:vpc/${String(vpc.id)}`);
    expect(vpc.default_security_group_id).toMatch(/^sg-[0-9a-f]{17}$/);
    expect((await base.values("aws_security_group.web")).name).toMatch(/^web-\d{26}$/);
    expect((await base.values("aws_iam_role.web")).arn).toBe("arn:aws:iam::123456789012:role/web");
    expect((await base.values("aws_s3_bucket.replica")).region).toBe("us-west-2");
    expect(await base.outputs()).toMatchObject({ replica_region: "us-west-2" });
    expect(run.objects("aws_s3_bucket").map((o) => o.region)).toEqual(["eu-central-1", "us-west-2"]);
    expect(run.objects("aws_iam_role")[0]?.region).toBe("global");
  });

  test("shows defaults, default tags and what the cloud adds to a block", async () => {
    expect(await base.values("aws_iam_role.web")).toMatchObject({ path: "/", max_session_duration: 3600 });
    expect((await base.values("aws_vpc.main")).tags_all).toEqual({ Name: "main", app: "sample" });
    expect((await base.values("aws_s3_bucket.replica")).tags_all).toEqual({});
    const vm = await base.values("aws_instance.vm");
    expect(vm.root_block_device).toMatchObject([{ delete_on_termination: true, tags_all: { app: "sample" } }]);
    expect(vm.metadata_options).toHaveLength(1);
  });

  test("gives equal ids to an equal run in a fresh world", async () => {
    const other = await startTestRun("lifecycle-again");
    try {
      const workspace = new Workspace(other, "base");
      workspace.write(sampleConfig());
      await workspace.ok("init");
      await workspace.apply(sampleConfig());
      expect(readWorldObjects(other.worldFile)).toEqual(readWorldObjects(run.worldFile));
      await workspace.ok("destroy", "-auto-approve");
      expect(readWorldObjects(other.worldFile)).toEqual([]);
    } finally {
      other.close();
    }
  });

  test("gives a new id to what is made again, and other random values, but keeps names", async () => {
    const config: Config = {
      terraform: { required_providers: { aws: { source: "aws" }, random: { source: "random" } } },
      provider: { aws: [{ region: "eu-central-1" }], random: [{}] },
      resource: {
        random_password: { suffix: { length: 12 } },
        aws_vpc: { again: { cidr_block: "10.8.0.0/16" } },
        aws_iam_role: { again: { name: "again", assume_role_policy: JSON.stringify(ASSUME_ROLE) } },
      },
    };
    const workspace = new Workspace(run, "again");
    workspace.write(config);
    await workspace.ok("init");
    const made = async (...options: string[]): Promise<{ vpc: unknown; suffix: unknown; role: unknown }> => {
      await workspace.ok("apply", "-auto-approve", ...options);
      return {
        vpc: (await workspace.values("aws_vpc.again")).id,
        suffix: (await workspace.values("random_password.suffix")).result,
        role: (await workspace.values("aws_iam_role.again")).id,
      };
    };
    const first = await made();
    const replaced = await made("-replace=aws_vpc.again", "-replace=random_password.suffix");
    await workspace.ok("destroy", "-auto-approve");
    const redeployed = await made();
    for (const what of ["vpc", "suffix"] as const) {
      expect(new Set([first[what], replaced[what], redeployed[what]]).size).toBe(3);
    }
    expect([replaced.role, redeployed.role]).toEqual(["again", "again"]);
    await workspace.ok("destroy", "-auto-approve");
  });

  test("gives distinct ids to twins, also of another stack in the same world", async () => {
    const twins: Config = {
      terraform: { required_providers: { aws: { source: "aws" } } },
      provider: { aws: [{ region: "eu-central-1", default_tags: { tags: { app: "sample" } } }] },
      resource: {
        aws_vpc: {
          main: { cidr_block: "10.0.0.0/16", tags: { Name: "main" } },
          twin: { cidr_block: "10.0.0.0/16", tags: { Name: "main" } },
        },
      },
    };
    const workspace = new Workspace(run, "twins");
    workspace.write(twins);
    await workspace.ok("init");
    await workspace.apply(twins);
    expect(new Set(run.objects("aws_vpc").map((o) => o.id)).size).toBe(3);
    await workspace.ok("destroy", "-auto-approve");
    expect(run.objects("aws_vpc")).toHaveLength(1);
    expect(await base.planCode()).toBe(0);
  });
});

describe("plan", () => {
  test("replaces on a force-new path, and all that hangs on it", async () => {
    const workspace = await base.copy("replace", (c) => set(c, "resource.aws_vpc.main.cidr_block", "10.1.0.0/16"));
    const changes = await workspace.changes();
    expect(changes["aws_vpc.main"]).toMatchObject({ actions: ["delete", "create"], replace_paths: [["cidr_block"]] });
    expect(changes["aws_subnet.a"]).toMatchObject({ actions: ["delete", "create"], replace_paths: [["vpc_id"]] });
    expect(changes["aws_iam_role.web"]?.actions).toEqual(["no-op"]);
  });

  test("replaces on a force-new path inside a block", async () => {
    const workspace = await base.copy("replace-block", (c) => {
      set(c, "resource.aws_instance.vm.root_block_device", [{ volume_size: 20, encrypted: false }]);
    });
    expect(await workspace.change("aws_instance.vm")).toMatchObject({
      actions: ["delete", "create"],
      replace_paths: [["root_block_device", 0, "encrypted"]],
    });
  });

  test("replaces when an argument without a computed value is taken away, not when the cloud would keep its own", async () => {
    const workspace = await base.copy("take-away", (c) => {
      set(c, "resource.aws_subnet.a.availability_zone", undefined);
      set(c, "resource.aws_security_group.web.description", "Web");
    });
    const changes = await workspace.changes();
    expect(changes["aws_subnet.a"]?.actions).toEqual(["no-op"]);
    expect(changes["aws_security_group.web"]).toMatchObject({
      actions: ["delete", "create"],
      replace_paths: [["description"]],
    });
  });

  test("changes tags in place, and only tags", async () => {
    const workspace = await base.copy("tags", (c) => set(c, "resource.aws_vpc.main.tags", { Name: "other" }));
    const { actions, before, after, after_unknown: unknown } = await workspace.change("aws_vpc.main");
    expect(actions).toEqual(["update"]);
    expect(after).toEqual({ ...before, tags: { Name: "other" }, tags_all: { Name: "other", app: "sample" } });
    expect(JSON.stringify(unknown)).not.toContain("true");
  });

  test("ignores a document that only looks different, where the provider does", async () => {
    const workspace = await base.copy("document", (c) => {
      set(c, "resource.aws_iam_role.web.assume_role_policy", JSON.stringify({ ...ASSUME_ROLE }, null, 2));
    });
    expect(await workspace.planCode()).toBe(0);
  });

  test("replaces what moves to another region", async () => {
    const workspace = await base.copy("region", (c) => set(c, "provider.aws.1.region", "us-east-2"));
    expect(await workspace.change("aws_s3_bucket.replica")).toMatchObject({
      actions: ["delete", "create"],
      replace_paths: [["region"]],
    });
  });

  test("hides sensitive values", async () => {
    const workspace = await base.copy("sensitive", (c) => set(c, "resource.random_password.db.length", 30));
    expect(await workspace.change("random_password.db")).toMatchObject({
      actions: ["delete", "create"],
      after_sensitive: { result: true },
    });
  });
});

describe("default tags that are not known yet", () => {
  test("leave tags_all open in the plan, and are right after the apply", async () => {
    const config: Config = {
      terraform: { required_providers: { aws: { source: "aws" }, random: { source: "random" } } },
      provider: {
        aws: [{ region: "eu-central-1", default_tags: { tags: { stamp: "${random_password.stamp.bcrypt_hash}" } } }],
        random: [{}],
      },
      resource: {
        random_password: { stamp: { length: 8 } },
        aws_vpc: { main: { cidr_block: "10.9.0.0/16", tags: { Name: "tagged" } } },
      },
    };
    const workspace = new Workspace(run, "unknown-tags");
    workspace.write(config);
    await workspace.ok("init");
    const change = await workspace.change("aws_vpc.main");
    expect(change.after_unknown.tags_all).toBe(true);
    await workspace.apply(config);
    expect((await workspace.values("aws_vpc.main")).tags_all).toEqual({
      Name: "tagged",
      stamp: (await workspace.values("random_password.stamp")).bcrypt_hash,
    });
    expect(await workspace.planCode()).toBe(0);
    await workspace.ok("destroy", "-auto-approve");
  });
});
