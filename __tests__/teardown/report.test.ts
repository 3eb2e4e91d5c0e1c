import { describe, expect, test } from "vitest";
import { decide } from "../../scripts/teardown/decide";
import { continued, type Journal, type Leftover, leftoverOf, withLeftovers } from "../../scripts/teardown/journal";
import {
  describeLeftovers,
  describePlan,
  describeRedeploy,
  describeSecrets,
  secretParameters,
} from "../../scripts/teardown/report";
import { parseState } from "../../scripts/teardown/state";
import { held, STACK, STATE } from "./stack";

const VOLUME: Leftover = {
  address: "aws_ebs_volume.data",
  type: "aws_ebs_volume",
  id: "vol-1",
  region: "eu-west-1",
  fixedName: false,
};
const BUCKET: Leftover = { address: "aws_s3_bucket.b", type: "aws_s3_bucket", id: "shop-b", fixedName: true };

describe("the description before a teardown", () => {
  const text = describePlan(decide(STACK, STATE, { deleteData: false, deleteBackups: false }));

  test("lists what goes by type, and says what is lost with a repository", () => {
    expect(text).toContain("Goes (7 resources):");
    expect(text).toContain("  aws_ecr_repository api  (image repository with every image in it)");
  });

  test("lists what stays with its id", () => {
    expect(text).toContain("  aws_ebs_volume.data_volume id-of-aws_ebs_volume.data_volume  (data volume)");
    expect(text).not.toContain("aws_kms_key.data ");
  });

  test("says that nothing stays when nothing does", () => {
    const everything = { resource: { aws_eip: { host: {} } } };
    expect(describePlan(decide(everything, [held("aws_eip.host")], { deleteData: false, deleteBackups: false }))).toBe(
      "Goes (1 resource):\n  aws_eip host\nStays: nothing.",
    );
  });
});

describe("the report afterwards", () => {
  test("names each leftover with the command that deletes it in its region", () => {
    const text = describeLeftovers([VOLUME, BUCKET]);
    expect(text).toContain("Left in the account (2):");
    expect(text).toContain("aws ec2 delete-volume --region eu-west-1 --volume-id vol-1");
    expect(text).toContain("aws s3 rb s3://shop-b");
    expect(describeLeftovers([])).toBe("Nothing of the stack is left in the account.");
  });

  test("keeps what earlier teardowns left apart", () => {
    const text = describeLeftovers([VOLUME], [BUCKET]);
    expect(text).toContain("Left in the account (1):\n  data volume vol-1");
    expect(text).toContain("Left by earlier teardowns, unless you have deleted it (1):\n  bucket");
  });

  test("names the parameters that the host wrote, which no state holds", () => {
    const value = { B: "/shop/mvp/secret/B", A: "/shop/mvp/secret/A", C: "${aws_secretsmanager_secret.c.arn}" };
    const names = secretParameters({ output: { secret_sources: { value } } });
    expect(names).toEqual(["/shop/mvp/secret/A", "/shop/mvp/secret/B"]);
    expect(describeSecrets(names, "eu-west-1")).toContain(
      "  aws ssm delete-parameters --region eu-west-1 --names /shop/mvp/secret/A /shop/mvp/secret/B",
    );
    expect([secretParameters({}), describeSecrets([])]).toEqual([[], ""]);
  });

  test("warns that backups cannot be read without some of them, before it shows how to delete", () => {
    const text = describeSecrets(["/shop/mvp/secret/A"]);
    expect(text).toMatch(
      /host\/secrets\.json marks with carry nobody can\nread what backups hold[^]*delete-parameters/,
    );
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("deletes no more parameters in one command than AWS takes", () => {
    const names = Array.from({ length: 11 }, (_, at) => `/p/${at}`);
    const commands = describeSecrets(names)
      .split("\n")
      .filter((line) => line.includes("delete-parameters"));
    expect(commands).toEqual([
      `  aws ssm delete-parameters --names ${names.slice(0, 10).join(" ")}`,
      "  aws ssm delete-parameters --names /p/10",
    ]);
  });

  test("says how to deploy again, and what to take over before that", () => {
    expect(describeRedeploy("mvp", [])).toBe("cdktf deploy mvp makes the stack anew.");
    expect(describeRedeploy("mvp", [VOLUME])).toContain("It starts with empty data.");
    const taken = describeRedeploy("mvp", [VOLUME, BUCKET]);
    expect(taken).toContain("Names that are fixed in the specification are still taken");
    expect(taken).toContain("terraform import 'aws_s3_bucket.b' shop-b");
  });
});

describe("leftovers", () => {
  test("know their region from the region argument or the ARN", () => {
    expect(leftoverOf(held("aws_ebs_volume.d", { arn: "arn:aws:ec2:eu-west-1:1:volume/vol-1" }), {}).region).toBe(
      "eu-west-1",
    );
    expect(leftoverOf(held("aws_s3_bucket.b", { region: "us-east-1", arn: "arn:aws:s3:::b" }), {}).region).toBe(
      "us-east-1",
    );
    expect(leftoverOf(held("aws_s3_bucket.b", { arn: "arn:aws:s3:::b" }), {}).region).toBeUndefined();
  });

  test("tell a fixed name from one with a random end", () => {
    expect(leftoverOf(held("aws_s3_bucket.b"), { bucket: "shop-${random_id.s.hex}" }).fixedName).toBe(false);
    expect(leftoverOf(held("aws_s3_bucket.b"), { bucket: "shop" }).fixedName).toBe(true);
    expect(leftoverOf(held("aws_ebs_volume.d"), undefined).fixedName).toBe(false);
  });

  test("add up over teardowns without repeating one", () => {
    const interrupted: Journal = { stack: "mvp", finished: false, leftovers: [VOLUME], earlier: [], stateCopies: [] };
    expect(withLeftovers(continued(interrupted), [VOLUME, BUCKET]).leftovers).toEqual([VOLUME, BUCKET]);
    const anew = continued({ ...interrupted, finished: true });
    expect([anew.leftovers, anew.earlier]).toEqual([[], [VOLUME]]);
    const again = withLeftovers(anew, [VOLUME]);
    expect([again.leftovers, again.earlier]).toEqual([[VOLUME], []]);
  });
});

describe("parseState", () => {
  test("lists managed objects with their instance keys, without data sources and objects that wait for deletion", () => {
    const raw = {
      serial: 7,
      resources: [
        { mode: "data", type: "aws_region", name: "r", instances: [{ attributes: { id: "x" } }] },
        {
          mode: "managed",
          type: "aws_eip",
          name: "a",
          instances: [{ attributes: { id: "1" } }, { deposed: "8f", attributes: { id: "0" } }],
        },
        {
          mode: "managed",
          type: "aws_eip",
          name: "b",
          instances: [
            { index_key: 0, attributes: { id: "2" } },
            { index_key: "k", attributes: { arn: "3" } },
          ],
        },
        { mode: "managed", module: "module.m", type: "aws_eip", name: "c", instances: [{ attributes: {} }] },
      ],
    };
    const { serial, held: list } = parseState(JSON.stringify(raw));
    expect(serial).toBe(7);
    expect(list.map(({ address, block, id }) => [address, block, id])).toEqual([
      ["aws_eip.a", "aws_eip.a", "1"],
      ["aws_eip.b[0]", "aws_eip.b", "2"],
      [`aws_eip.b["k"]`, "aws_eip.b", "3"],
      ["module.m.aws_eip.c", "module.m.aws_eip.c", ""],
    ]);
  });

  test("takes no output for an empty state", () => {
    expect(parseState("")).toEqual({ serial: 0, held: [] });
    expect(parseState(`{"version":4,"serial":3}`)).toEqual({ serial: 3, held: [] });
  });
});
