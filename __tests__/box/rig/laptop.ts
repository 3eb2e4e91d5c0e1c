/** A laptop in front of a box: a copy of the project with the deployed app, whose AWS leads to that host. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { AppInput } from "../../../modules/spec";
import type { RunResult } from "../../../scripts/lib/process";
import { copyProject, type ProjectCopy } from "../../helpers/project-copy";
import type { Machine } from "./machine";
import { LaptopEndpoint } from "./ssm-agent";

export class Laptop {
  private endpoint: LaptopEndpoint | undefined;
  private env: NodeJS.ProcessEnv = {};

  private constructor(
    private readonly project: ProjectCopy,
    private readonly stack: string,
  ) {}

  /**
   * @param name unique among the tests
   * @param app has one stack, whose id is named
   */
  static async open(name: string, app: AppInput & { stacks: { mvp: { id: string } } }): Promise<Laptop> {
    const project = await copyProject(name);
    const apps = `import { type AppDefinition, defineApp } from "../modules/spec";
export const apps: readonly AppDefinition[] = [defineApp(${JSON.stringify(app)})];\n`;
    fs.writeFileSync(path.join(project.root, "apps", "index.ts"), apps);
    return new Laptop(project, app.stacks.mvp.id);
  }

  /**
   * From now on its commands reach this host.
   *
   * @param outputs of the deployed stack, besides where its host and its bucket are
   */
  async use({ box, cloud }: Machine, outputs: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.endpoint?.close();
    this.endpoint = await LaptopEndpoint.open(box, cloud.instanceId, cloud.moto.url);
    this.env = {
      ...cloud.moto.env,
      AWS_ENDPOINT_URL: this.endpoint.url,
      TF_CLI_CONFIG_FILE: undefined,
      TF_CLI_ARGS_init: undefined,
    };
    const all = { instance_id: cloud.instanceId, backup_bucket: cloud.bucket, ...outputs };
    const state = {
      version: 4,
      terraform_version: "1.11.4",
      serial: 1,
      lineage: "laptop",
      outputs: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value, type: typeOf(value) }])),
      resources: [],
    };
    fs.writeFileSync(path.join(this.project.root, `terraform.${this.stack}.tfstate`), JSON.stringify(state));
  }

  tiers(...args: string[]): Promise<RunResult> {
    return this.project.tiers(args, this.env);
  }

  async close(): Promise<void> {
    await this.endpoint?.close();
    this.project.remove();
  }
}

/** The type of an output as a state writes it. */
const typeOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? ["object", Object.fromEntries(Object.entries(value).map(([name, part]) => [name, typeOf(part)]))]
    : typeof value;
