import { describe, expect, test } from "vitest";
import { knowledge } from "../../scripts/simulator/facts";
import { ASSUME_ROLE, type Config, sampleConfig, set } from "./sample";
import { flat, outcome, startTestRun, Workspace } from "./support";

/** Mistakes that only AWS itself would find, when the apply is under way. */
const REFUSED: { name: string; change: (config: Config) => void; says: RegExp }[] = [
  {
    name: "an id that names nothing",
    change: (c) => set(c, "resource.aws_instance.vm.vpc_security_group_ids", ["sg-00000000000000000"]),
    says: /InvalidGroup\.NotFound: The security group 'sg-00000000000000000' does not exist with aws_instance\.vm/,
  },
  {
    name: "a missing dependency",
    change: (c) => {
      // The name is right, but nothing says that the bucket comes first.
      set(c, "resource.aws_s3_bucket_versioning.data.bucket", "sample-123456789012");
      set(c, "resource.aws_s3_bucket.data.depends_on", ["aws_instance.vm"]);
    },
    says: /NoSuchBucket.*sample-123456789012 with aws_s3_bucket_versioning\.data.*refer to that resource or add depends_on/,
  },
  {
    name: "a name that is taken",
    change: (c) =>
      set(c, "resource.aws_iam_role.twin", {
        name: "web",
        assume_role_policy: JSON.stringify(ASSUME_ROLE),
        depends_on: ["aws_iam_role.web"],
      }),
    says: /EntityAlreadyExists: Role with name web already exists\. with aws_iam_role\.twin/,
  },
];

describe("the simulated account", () => {
  /** A world of its own for each: names and ids must not meet those of another case. */
  async function inFreshWorld(name: string, work: (workspace: Workspace) => Promise<void>): Promise<void> {
    const fresh = await startTestRun(name, knowledge());
    try {
      await work(new Workspace(fresh, "stack"));
    } finally {
      fresh.close();
    }
  }

  test("takes the sample as it is, and the second plan is empty", () =>
    inFreshWorld("planted-nothing", async (workspace) => {
      workspace.write(sampleConfig());
      expect(await outcome(workspace)).toEqual({ stage: "none", text: "accepted" });
      expect(await workspace.planCode()).toBe(0);
      await workspace.ok("destroy", "-auto-approve");
    }));

  test.each(REFUSED.map((planted, i) => ({ ...planted, i })))("refuses $name", ({ i, change, says }) =>
    inFreshWorld(`planted-${i}`, async (workspace) => {
      const config = sampleConfig();
      change(config);
      workspace.write(config);
      const found = await outcome(workspace);
      expect(found.text).toMatch(says);
      expect(found.stage).toBe("apply");
    }),
  );

  test("refuses to destroy what is still in use", () =>
    inFreshWorld("planted-in-use", async (workspace) => {
      const config = sampleConfig();
      // Nothing in the configuration says that the instance is in the group.
      set(config, "resource.aws_security_group.spare", { name_prefix: "spare-", vpc_id: "${aws_vpc.main.id}" });
      workspace.write(config);
      await workspace.ok("init");
      await workspace.apply(config);
      const { id } = await workspace.values("aws_security_group.spare");
      set(config, "resource.aws_instance.vm.vpc_security_group_ids", [id]);
      await workspace.apply(config);
      set(config, "resource.aws_security_group.spare", undefined);
      workspace.write(config);
      const result = await workspace.terraform("apply", "-auto-approve");
      expect(result.code).toBe(1);
      expect(flat(result)).toMatch(
        /DependencyViolation: resource sg-[0-9a-f]{17} has a dependent object.*aws_instance i-[0-9a-f]{17}/,
      );
    }));
});
