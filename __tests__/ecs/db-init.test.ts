import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { containerDefinitions } from "../../modules/ecs/container-definition";
import { dbInitContainers, type DbInitProps } from "../../modules/ecs/db-init";
import { managedInitSql } from "../../modules/ecs/db-init-sql";
import { plainText } from "../../modules/terraform/escape";

const PROPS: DbInitProps = {
  plan: {
    major: 17,
    name: "rex_backend",
    user: "rex",
    databases: ["supertokens"],
    extensions: ["postgis"],
    passwordSecret: "DB_PASSWORD",
    ownRoles: { supertokens: "SUPERTOKENS_DB_PASSWORD" },
  },
  host: "db.example",
  port: "5432",
  masterUser: "master",
  masterSecretArn: "arn:master",
  passwordArns: { DB_PASSWORD: "arn:db:password::", SUPERTOKENS_DB_PASSWORD: "arn:supertokens:password::" },
  log: { group: "/rex/growth/db-init", region: "eu-central-1", prefix: "db-init" },
  memoryMiB: 512,
};

describe("the SQL of a managed database", () => {
  test("holds every role once, each database with its owner, and the extensions of the main one", () => {
    const expected = fs.readFileSync(path.join(__dirname, "expected", "managed-init.sql"), "utf8");
    expect(managedInitSql(PROPS.plan)).toBe(expected);
  });

  test("names no password and nothing that only a superuser may say", () => {
    expect(managedInitSql(PROPS.plan)).not.toMatch(/PASSWORD|log_statement|NOSUPERUSER|NOREPLICATION|NOBYPASSRLS/);
  });

  test("an app without extensions connects to no database of its own", () => {
    expect(managedInitSql({ ...PROPS.plan, extensions: [] })).not.toContain("\\connect");
  });
});

describe("the job's container", () => {
  const [container] = dbInitContainers(PROPS);

  test("signs in as the master user over TLS, and reads every password from a secret", () => {
    expect(container).toMatchObject({
      name: "db-init",
      image: expect.stringMatching(/^public\.ecr\.aws\/docker\/library\/postgres:17\.\d+-bookworm$/) as string,
      environment: {
        DB_INIT_ROLES: "rex rex_backend DB_PASSWORD\nsupertokens supertokens SUPERTOKENS_DB_PASSWORD",
        PGDATABASE: "postgres",
        PGHOST: "db.example",
        PGPORT: "5432",
        PGSSLMODE: "require",
        PGUSER: "master",
      },
      secrets: { ...PROPS.passwordArns, PGPASSWORD: "arn:master:password::" },
      user: "10001:10001",
    });
  });

  test("an old server gets a client that reads a password of any length", () => {
    const [old] = dbInitContainers({ ...PROPS, plan: { ...PROPS.plan, major: 13 } });
    expect(old?.image).toMatch(/postgres:15\./);
  });

  test("its script reaches ECS as it stands in its file, and fits into a task definition", () => {
    const json = plainText(containerDefinitions(dbInitContainers(PROPS)));
    const [made] = JSON.parse(json) as { command: string[]; entryPoint: string[] }[];
    expect(made?.entryPoint).toEqual(["bash", "-c"]);
    expect(made?.command).toEqual(container?.command);
    expect(made?.command[0]).toContain("export PGCONNECT_TIMEOUT=10");
    expect(json.length).toBeLessThan(32_000);
  });
});
