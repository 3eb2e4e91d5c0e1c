import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSecretStore } from "../../scripts/day-two";

const NAME = "/shop/mvp/secret/SMTP_PASSWORD";
const MARKS = { application: "shop", carry: false };

/** Parameters that Systems Manager knows; every write is refused. */
let known: object[] = [];
let server: http.Server;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const isWrite = String(request.headers["x-amz-target"]).endsWith("PutParameter");
    const body = isWrite ? { __type: "AccessDeniedException", message: "no" } : { Parameters: known };
    response.writeHead(isWrite ? 400 : 200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

async function refusal(): Promise<string> {
  const client = new SSMClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  try {
    await openSecretStore({ store: "ssm", id: NAME, region: "eu-central-1" }, MARKS, client).write("new");
    return "";
  } catch (error) {
    return (error as Error).message;
  } finally {
    client.destroy();
  }
}

test("a refused write names what a first value needs besides: the right to mark it", async () => {
  expect(await refusal()).toBe(
    `The parameter ${NAME}: AWS refused access; needed: ssm:PutParameter, ssm:AddTagsToResource for a first value.`,
  );
  known = [{ Name: NAME, Version: 1 }];
  expect(await refusal()).toBe(`The parameter ${NAME}: AWS refused access; needed: ssm:PutParameter.`);
});
