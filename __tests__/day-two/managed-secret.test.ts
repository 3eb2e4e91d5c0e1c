import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MOTO_INSTALL_MS } from "../helpers/moto";
import { CREDENTIALS, type Deployment, ended, openDeployment, REGION, SECRET_PARAMETERS } from "./support";

let box: Deployment;
let client: SecretsManagerClient;
let id: string;

beforeAll(async () => {
  box = await openDeployment("day-two-managed-secret");
  client = new SecretsManagerClient({ endpoint: box.moto.url, region: REGION, credentials: CREDENTIALS });
  id = (await client.send(new CreateSecretCommand({ Name: "webrana/mvp/secret/SMTP_PASSWORD" }))).ARN ?? "";
  box.changeApp((source) =>
    source
      .replace("  secrets: {\n", `  secrets: {\n    SMTP_PASSWORD: { store: "secrets-manager" },\n`)
      .replace(`secrets: ["MASTER`, `secrets: ["SMTP_PASSWORD", "MASTER`),
  );
  box.deploy({ secret_sources: [{ ...SECRET_PARAMETERS, SMTP_PASSWORD: id }, ["map", "string"]] });
}, MOTO_INSTALL_MS);
afterAll(async () => {
  client?.destroy();
  await box?.close();
});

const value = async (): Promise<string | undefined> =>
  (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;

async function listed() {
  const { stdout } = await box.tiers(["secrets", "list", "mvp", "--json"]);
  const { secrets } = JSON.parse(stdout) as { secrets: { name: string; version: string; id: string }[] };
  return secrets.find(({ name }) => name === "SMTP_PASSWORD");
}

test(
  "a secret in Secrets Manager: no value, a first one, a new one, and the old one back",
  { timeout: 180_000 },
  async () => {
    expect(await listed()).toMatchObject({ id, version: "" });
    box.onHost("bin/secret", "exit 0");
    const child = box.start(["secrets", "set", "mvp", "SMTP_PASSWORD"]);
    child.stdin.end("the-first\n");
    expect((await ended(child)).code).toBe(0);
    expect(await value()).toBe("the-first");
    const first = (await listed())?.version;

    expect((await box.tiers(["secrets", "rotate", "mvp", "SMTP_PASSWORD"])).code).toBe(0);
    const made = await value();
    expect(made).toMatch(/^[\w-]{43}$/);
    expect((await listed())?.version).not.toBe(first);

    box.onHost("bin/secret", "echo 'secret: backend is not well' >&2; exit 1");
    const { code, stderr } = await box.tiers(["secrets", "rotate", "mvp", "SMTP_PASSWORD"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("The old value counts again.")]);
    expect(await value()).toBe(made);
  },
);
