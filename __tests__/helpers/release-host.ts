/** A host with two services that run released images, and what tests ask it about releases. */
import { DOCKER_STAND_IN } from "./docker-stand-in";
import { AWS_STAND_IN, ScriptHost, type ScriptRun } from "./script-host";

/** The n-th image of a service, by digest. */
export const image = (service: string, n: number): string => `ghcr.io/shop/${service}@sha256:${String(n).repeat(64)}`;
/** What a release is asked for besides its images. */
export const WHO = ["--id", "r2", "--by", "ada", "--json"];
/** The second image of the service that has jobs. */
export const API_2 = `api=${image("api", 2)}`;

/** What a release says of itself. */
export interface Report {
  readonly id: string;
  readonly result: string;
  readonly reason: string;
  readonly images: Readonly<Record<string, { before: string; after: string }>>;
  readonly backup: string;
  readonly jobs: readonly string[];
  readonly holder: string;
}

export const reportOf = ({ stdout }: ScriptRun): Report => JSON.parse(stdout) as Report;

const STATE = "opt/shop/data/.tierstack";

/** Its first images run and are released, their job of the release and the one that runs once have succeeded. */
export class ReleaseHost extends ScriptHost {
  constructor() {
    super({
      jobs: {
        migrate: { service: "api", command: ["/app/migrate"], when: "deploy" },
        admin: { service: "api", command: ["/app/admin"], when: "once", marker: ".admin-made" },
        report: { service: "web", command: ["/app/report"], when: { schedule: { dailyAt: "03:15" } } },
      },
    });
    this.standIn("docker", DOCKER_STAND_IN);
    this.standIn("aws", AWS_STAND_IN);
    for (const folder of ["env", "secrets"]) this.write(`run/shop/${folder}/.keep`, "");
    this.program("backup", 'echo "Backup 20260101T000000Z is published: shop 1MiB, in 2 s."');
    this.program("smoke", "echo '{ \"checks\": [] }'");
    this.write("opt/shop/images.env", imagesFile(1, 1));
    this.released("api", image("api", 1));
    this.released("web", image("web", 1));
    this.write(`${STATE}/jobs-done`, `job-migrate ${image("api", 1)}\n`);
    this.write(`${STATE}/once/admin`, "");
  }

  /** Puts a program in place of one of the host's. */
  program(name: string, text: string): void {
    const logged = `root='${this.root}'\necho "${name} $*" >>$root/programs`;
    this.write(`opt/shop/bin/${name}`, `#!/bin/bash\n${logged}\n${text}\n`, 0o755);
  }

  /** Says what is released of a service. */
  released(service: string, text: string): void {
    this.write(`aws/_shop_mvp_image_${service}`, text);
  }

  /** What is released of both services. */
  parameters(): string[] {
    return ["api", "web"].map((service) => this.read(`aws/_shop_mvp_image_${service}`));
  }

  /** State and image of both services' containers. */
  running(): string[] {
    return ["api", "web"].map((service) => this.read(`containers/shop-${service}`).trimEnd().split("\n").join(" "));
  }

  deploy(...args: string[]): ScriptRun {
    return this.run("bin/release", "deploy", ...WHO, ...args);
  }

  rollback(...args: string[]): ScriptRun {
    return this.run("bin/release", "rollback", "--id", "back", "--by", "ada", "--json", ...args);
  }

  history(): Report[] {
    return JSON.parse(this.run("bin/release", "history", "--json").stdout) as Report[];
  }

  /** What is not as it was before: nothing after a release that was taken back. */
  changed(): string[] {
    const api = this.has("containers/shop-api") ? this.running()[0] : undefined;
    return [
      ...(this.read("opt/shop/images.env") === imagesFile(1, 1) ? [] : ["images of the host"]),
      ...this.parameters().filter((value) => value !== image("api", 1) && value !== image("web", 1)),
      ...[`${STATE}/release-open`, "opt/shop/images.previous.env"].filter((file) => this.has(file)),
      ...(api === undefined || api === `running healthy ${image("api", 1)}` ? [] : [api]),
    ];
  }
}

/** The host's file of images with these of the two services. */
export const imagesFile = (api: number, web: number): string =>
  `IMAGE_API='${image("api", api)}'\nIMAGE_WEB='${image("web", web)}'\n`;
