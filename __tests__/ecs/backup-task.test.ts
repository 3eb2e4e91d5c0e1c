import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { backupScript } from "../../modules/ecs/backup-containers";
import { BackupTask, type BackupTaskProps } from "../../modules/ecs/backup-task";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { plainText } from "../../modules/terraform/escape";
import { stringVariable } from "../../modules/terraform/variables";
import { onlyOne } from "../helpers/inspect";
import { synth } from "../helpers/synth";

const PROPS: BackupTaskProps = {
  names: new PhysicalNames({ app: "shop", tier: "growth" }),
  plan: {
    major: 17,
    name: "shop",
    user: "shop",
    databases: ["reports", "supertokens"],
    extensions: [],
    passwordSecret: "DB_PASSWORD",
    ownRoles: { supertokens: "SUPERTOKENS_DB_PASSWORD" },
  },
  passwordArns: { DB_PASSWORD: "arn:db", SUPERTOKENS_DB_PASSWORD: "arn:supertokens" },
  host: "set below",
  port: "5432",
  region: "eu-central-1",
  stack: "shop-growth",
  bucket: "shop-backups",
  backupPrefix: "backups/",
  stagingPrefix: "staging/",
  metricNamespace: "shop/growth",
  log: { group: "/shop/growth/backup", region: "eu-central-1", prefix: "backup" },
  size: { cpu: 512, memoryMiB: 1024 },
  architecture: "arm64",
  executionRoleArn: "arn:execution",
  taskRoleArn: "arn:task",
};

interface Definition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly dependsOn?: unknown;
  readonly command: string[];
  readonly environment: { name: string; value: string }[];
  readonly secrets: unknown;
  readonly user: string;
  readonly readonlyRootFilesystem: boolean;
  readonly linuxParameters: { capabilities: unknown };
  readonly mountPoints: unknown;
}

function taskOf(changes: Partial<BackupTaskProps> = {}) {
  const json = synth((stack) => {
    const host = stringVariable(stack, "database_host", { description: "Address.", default: "" });
    const task = new BackupTask(stack, "backup", { ...PROPS, host, ...changes });
    new TerraformOutput(stack, "family", { value: task.familyArn });
  });
  const task = onlyOne(json, EcsTaskDefinition);
  return { task, containers: JSON.parse(String(task["container_definitions"])) as [Definition, Definition] };
}

describe("the task", () => {
  const { task } = taskOf();

  test("is a family of its own with a folder that its containers share", () => {
    expect(task).toMatchObject({
      family: "shop-growth-backup",
      cpu: "512",
      memory: "1024",
      runtime_platform: { cpu_architecture: "ARM64", operating_system_family: "LINUX" },
      volume: [{ name: "work" }],
      execution_role_arn: "arn:execution",
      task_role_arn: "arn:task",
    });
    expect(task).not.toHaveProperty("ephemeral_storage");
  });

  test("has more room when it is asked for", () => {
    expect(taskOf({ storageGiB: 60 }).task).toMatchObject({ ephemeral_storage: { size_in_gib: 60 } });
  });

  test("stays far below the 64 KiB that ECS takes", () => {
    expect(String(task["container_definitions"]).length).toBeLessThan(32 * 1024);
  });
});

describe("its containers", () => {
  const [dump, publish] = taskOf().containers;
  const variables = ({ environment }: Definition) =>
    Object.fromEntries(environment.map(({ name, value }) => [name, value]));

  test("first the server's own version of PostgreSQL, then the AWS CLI when it ended well", () => {
    expect(dump.image).toMatch(/^public\.ecr\.aws\/docker\/library\/postgres:17\./);
    expect(publish.image).toMatch(/^public\.ecr\.aws\/aws-cli\/aws-cli:2\./);
    // ECS waits for the success only of a container that is not essential.
    expect([dump.essential, publish.essential]).toEqual([false, true]);
    expect(publish.dependsOn).toEqual([{ containerName: "dump", condition: "SUCCESS" }]);
    expect(dump).not.toHaveProperty("dependsOn");
  });

  test("are root for the shared folder, and nothing more", () => {
    for (const container of [dump, publish]) {
      expect(container).toMatchObject({
        user: "0:0",
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { add: [], drop: ["ALL"] } },
        mountPoints: [{ containerPath: "/work", readOnly: false, sourceVolume: "work" }],
      });
    }
  });

  test("sign in to each database as its owner, and only the first can", () => {
    expect(variables(dump)).toMatchObject({
      DATABASES: "shop reports supertokens",
      ROLES: "shop shop supertokens",
      PGHOST: "${var.database_host}",
      PGSSLMODE: "require",
      POSTGRES_MAJOR: "17",
      REASON: "daily",
    });
    expect(dump.secrets).toEqual([
      { name: "PASSWORD_1", valueFrom: "arn:db" },
      { name: "PASSWORD_2", valueFrom: "arn:db" },
      { name: "PASSWORD_3", valueFrom: "arn:supertokens" },
    ]);
    expect(publish.secrets).toEqual([]);
  });

  test("know their place in S3 and the stack's name, and refuse a dump that shrank", () => {
    expect(variables(publish)).toMatchObject({
      ACCEPT_SMALLER: "no",
      AWS_DEFAULT_REGION: "eu-central-1",
      BUCKET: "shop-backups",
      BACKUP_PREFIX: "backups/",
      STAGING_PREFIX: "staging/",
      STACK_NAME: "shop-growth",
      METRIC_NAMESPACE: "shop/growth",
    });
  });

  test("run the scripts as they stand in the files, whatever Terraform would read in them", () => {
    expect(dump.command.map(plainText)).toEqual([backupScript("dump.sh")]);
    expect(publish.command.map(plainText)).toEqual([backupScript("publish.sh")]);
    expect(dump.command[0]).toMatch(/\$\$\{/);
  });

  test("a database without a password is a mistake of the stack", () => {
    expect(() => taskOf({ passwordArns: { DB_PASSWORD: "arn:db" } })).toThrow(
      "the secret SUPERTOKENS_DB_PASSWORD of the database supertokens has no ARN",
    );
  });
});

test.each(["dump.sh", "publish.sh"] as const)("%s needs no other file: every library stands in it", (name) => {
  const script = backupScript(name);
  expect(script).not.toMatch(/\$LIB|shellcheck source/);
  expect(script).toContain("\nretry() {");
});
