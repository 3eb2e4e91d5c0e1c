import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../scripts/lib/errors";
import { runTerraform } from "../../scripts/lib/terraform";
import type { WorldObject } from "../../scripts/simulator";
import { teardown, type TeardownOptions } from "../../scripts/teardown";
import { parseState } from "../../scripts/teardown/state";
import { openSandbox, openSandboxOf, type Sandbox } from "../helpers/deployed";
import { filesIn } from "../helpers/folders";
import { silent } from "../helpers/screen";

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.remove();
  sandbox = undefined;
});

const options = (box: Sandbox, changes: Partial<TeardownOptions> = {}): TeardownOptions => ({
  stackDirectory: box.directory,
  env: box.simulator.env,
  reporter: silent(),
  deleteData: false,
  deleteBackups: false,
  confirm: async () => {},
  ...changes,
});

/** Types of everything in the simulated account, with repetition, sorted. */
const typesIn = (box: Sandbox): string[] =>
  box.simulator
    .world()
    .map(({ type }) => type)
    .filter((type) => !CONTENTS.has(type))
    .sort();

/** Puts what Terraform did not make into the account: a backup in the bucket and an image in every repository. */
function useTheStack(box: Sandbox): void {
  const world = JSON.parse(fs.readFileSync(box.simulator.worldFile, "utf8")) as { objects: WorldObject[] };
  const nameOf = ({ attributes }: WorldObject, argument: string): string => String(attributes[argument]);
  const contents = world.objects.flatMap((object): WorldObject[] => {
    const { region } = object;
    if (object.type === "aws_s3_bucket")
      return [{ type: "s3_object", id: "dump", region, attributes: { bucket: nameOf(object, "bucket") } }];
    if (object.type === "aws_ecr_repository")
      return [
        { type: "ecr_image", id: `image-${object.id}`, region, attributes: { repository: nameOf(object, "name") } },
      ];
    return [];
  });
  fs.writeFileSync(box.simulator.worldFile, JSON.stringify({ ...world, objects: [...world.objects, ...contents] }));
}

/** What {@link useTheStack} adds. */
const CONTENTS = new Set(["s3_object", "ecr_image"]);

const BUCKET_TYPES = [
  "aws_s3_bucket",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
];

async function heldIn(box: Sandbox): Promise<string[]> {
  return parseState(await box.terraform("state", "pull")).held.map(({ address }) => address);
}

describe("the teardown of the mvp stack", () => {
  test("a plain destroy of the shipped JSON is refused by name, the teardown leaves the named data, and a new deployment works", async () => {
    const box = (sandbox = await openSandbox("teardown-mvp"));
    await box.deploy();
    useTheStack(box);
    const shipped = fs.readFileSync(path.join(box.directory, "cdk.tf.json"));

    const plain = await runTerraform(["destroy", "-no-color", "-auto-approve"], {
      cwd: box.directory,
      env: box.simulator.env,
    });
    expect(plain.code).toBe(1);
    const refusal = (plain.stdout + plain.stderr).replace(/[\s│]+/g, " ");
    expect(refusal).toContain("Resource aws_ebs_volume.data_volume has lifecycle.prevent_destroy set");
    expect(refusal).toContain("Resource aws_s3_bucket.backups_bucket has lifecycle.prevent_destroy set");

    const before = await heldIn(box);
    let description = "";
    const result = await teardown(options(box, { confirm: async (text) => void (description = text) }));

    const volume = result.leftovers.find(({ type }) => type === "aws_ebs_volume");
    expect(description).toContain(`  aws_ebs_volume.data_volume ${volume?.id ?? "?"}  (data volume)`);
    expect(result.leftovers.map(({ address }) => address).sort()).toEqual([
      "aws_ebs_volume.data_volume",
      "aws_s3_bucket.backups_bucket",
    ]);
    expect(typesIn(box)).toEqual(["aws_ebs_volume", ...BUCKET_TYPES]);
    expect(result.destroyed).toBe(before.length - 1 - BUCKET_TYPES.length);
    expect(await heldIn(box)).toEqual([]);
    expect(fs.readFileSync(path.join(box.directory, "cdk.tf.json"))).toEqual(shipped);

    const copy = parseState(fs.readFileSync(result.stateCopy, "utf8"));
    expect(copy.held.map(({ address }) => address)).toEqual(before);
    expect(fs.existsSync(path.join(box.folder, ".teardown", "stacks", "mvp"))).toBe(false);

    await box.terraform("apply", "-no-color", "-auto-approve");
    expect(await heldIn(box)).toEqual(before);
    const volumes = box.simulator.world().filter(({ type }) => type === "aws_ebs_volume");
    expect(volumes).toHaveLength(2);
  });

  test("stopped after the data left the state, it goes on when it is run again and still names what was left", async () => {
    const box = (sandbox = await openSandbox("teardown-resume"));
    await box.deploy();
    const failing = path.join(box.folder, "terraform-that-cannot-destroy");
    const real = "terraform";
    fs.writeFileSync(
      failing,
      `#!/bin/sh\nif [ "$1" = destroy ]; then echo "Error: cut off" >&2; exit 1; fi\nexec ${real} "$@"\n`,
      { mode: 0o755 },
    );
    const env = { ...box.simulator.env, TERRAFORM_BINARY_NAME: failing };

    await expect(teardown(options(box, { env }))).rejects.toThrow("terraform destroy failed: Error: cut off");
    expect(await heldIn(box)).not.toContain("aws_ebs_volume.data_volume");
    expect(await heldIn(box)).toContain("aws_instance.host_instance");

    const result = await teardown(options(box));
    expect(result.leftovers.map(({ type }) => type).sort()).toEqual(["aws_ebs_volume", "aws_s3_bucket"]);
    expect(typesIn(box)).toEqual(["aws_ebs_volume", ...BUCKET_TYPES]);
    // The oldest copy is the state with everything in it.
    const copies = filesIn(path.join(box.folder, ".teardown")).filter((name) => /serial-\d+\.tfstate$/.test(name));
    expect(copies.length).toBeGreaterThan(1);

    await expect(teardown(options(box))).rejects.toThrow(
      new UserError(`Stack "mvp" has nothing in its state (terraform.mvp.tfstate): there is nothing to tear down.`, 2),
    );
  });
});

describe("one deployed stack", () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = await openSandbox("teardown-one");
    await box.deploy();
    useTheStack(box);
  });
  afterAll(() => box.remove());

  test("a refusal changes nothing: neither the state, nor the account, nor a file", async () => {
    const world = box.simulator.world();
    const stateFile = path.join(box.folder, "terraform.mvp.tfstate");
    const state = fs.readFileSync(stateFile, "utf8");
    const refuse = (): Promise<void> => Promise.reject(new UserError("no"));
    await expect(teardown(options(box, { confirm: refuse }))).rejects.toThrow("no");
    expect(box.simulator.world()).toEqual(world);
    expect(fs.readFileSync(stateFile, "utf8")).toBe(state);
    expect(fs.existsSync(path.join(box.folder, ".teardown"))).toBe(false);
  });

  test("when the specification no longer fits what is deployed, it stops instead of replacing the data", async () => {
    const file = path.join(box.directory, "cdk.tf.json");
    const shipped = fs.readFileSync(file, "utf8");
    const json = JSON.parse(shipped) as { resource: { aws_ebs_volume: { data_volume: object } } };
    Object.assign(json.resource.aws_ebs_volume.data_volume, { availability_zone: "ap-southeast-1c" });
    fs.writeFileSync(file, JSON.stringify(json));
    await expect(teardown(options(box, { deleteData: true }))).rejects.toThrow(
      /Lifting the protections would also change aws_ebs_volume\.data_volume \((delete, create|create, delete)\)/,
    );
    expect(typesIn(box)).toContain("aws_ebs_volume");
    expect(await heldIn(box)).toContain("aws_ebs_volume.data_volume");
    fs.writeFileSync(file, shipped);
  });

  test("with both permissions nothing is left but the last snapshot, which is named", async () => {
    const volume = box.simulator.world().find(({ type }) => type === "aws_ebs_volume");
    const result = await teardown(options(box, { deleteData: true, deleteBackups: true }));
    expect(result.leftovers).toEqual([expect.objectContaining({ type: "aws_ebs_snapshot", id: volume?.id })]);
    // The real provider makes the snapshot, the simulated one does not.
    expect(typesIn(box)).toEqual([]);
  });
});

describe("the teardown of a stack with a Spot instance", () => {
  const spotStack = {
    terraform: {
      backend: { local: { path: "../../../terraform.spot.tfstate" } },
      required_providers: { aws: { source: "hashicorp/aws", version: "~> 6.25" } },
    },
    provider: { aws: [{ region: "eu-central-1" }] },
    resource: {
      aws_vpc: { net: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: { a: { vpc_id: "${aws_vpc.net.id}", cidr_block: "10.0.1.0/24" } },
      aws_instance: {
        host: {
          ami: "ami-0123456789abcdef0",
          instance_type: "t3.micro",
          subnet_id: "${aws_subnet.a.id}",
          instance_market_options: {
            market_type: "spot",
            spot_options: { spot_instance_type: "persistent", instance_interruption_behavior: "stop" },
          },
        },
      },
    },
  };

  test("cancels the request while the instance still runs, and destroys nothing when that fails", async () => {
    const box = (sandbox = await openSandboxOf("teardown-spot", "spot", spotStack));
    await box.deploy();
    const instance = box.simulator.world().find(({ type }) => type === "aws_instance");
    const failing = (): Promise<string[]> => Promise.reject(new UserError("no EC2"));
    await expect(teardown(options(box, { cancelSpot: failing }))).rejects.toThrow("no EC2");
    expect(typesIn(box)).toContain("aws_instance");

    const seen: string[] = [];
    const result = await teardown(
      options(box, {
        cancelSpot: async ({ region, instanceIds, requestIds }) => {
          seen.push(region, ...instanceIds);
          expect(typesIn(box)).toContain("aws_instance");
          return requestIds;
        },
      }),
    );
    expect(seen).toEqual(["eu-central-1", instance?.id]);
    expect(result.cancelledSpotRequests).toEqual([expect.stringMatching(/^sir-/)]);
    expect(typesIn(box)).not.toContain("aws_instance");
  });
});

test("a directory that is no synthesized stack is refused", async () => {
  const refused = teardown({ ...options({ directory: "/tmp", simulator: { env: {} } } as Sandbox) });
  await expect(refused).rejects.toThrow("/tmp is not a synthesized stack");
});
