/** A shop that keeps notes in one of its two databases, on a host that backs them up; and what tests ask about that. */
import { createHash } from "node:crypto";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { AppInput } from "../../../modules/spec";
import type { Manifest } from "../../host/backup/backup-host";
import type { Ran } from "./box";
import { type Machine, openMachine } from "./machine";

const health = { path: "/health", intervalSeconds: 5, timeoutSeconds: 3, graceSeconds: 10 };

/** Its health checks come often, so that a start takes little time. */
export const shop = {
  name: "shop",
  region: "ap-southeast-1",
  services: {
    api: { image: { reference: "rehearsal/app:1" }, port: 8080, healthCheck: health, secrets: ["SESSION_KEY"] },
  },
  secrets: { SESSION_KEY: {} },
  database: { databases: ["orders"] },
  backup: { dailyAt: "03:30" },
  stacks: { mvp: { id: "shop" } },
  observability: { logs: "local" },
} satisfies AppInput;

/** Where the host keeps what it remembers of backups. */
const STATE = "/opt/shop/data/.tierstack";
const CALL = "docker exec shop-api curl -fsS";
const API = "http://127.0.0.1:8080";

const MANIFEST = "backups/manifest.json";

/** A manifest that lies in the bucket. */
export interface Published {
  /** Version of the object. */
  readonly version: string;
  readonly manifest: Manifest;
}

export class Shop {
  constructor(readonly machine: Machine) {}

  /** Deploys the shop, boots its host and waits until the app is well. */
  static async open(name: string): Promise<Shop> {
    const shopOf = new Shop(await openMachine(name, shop, { stack: "shop", mebibytes: 1024 }));
    await shopOf.machine.cloud.release("api", "rehearsal/app:1");
    await shopOf.boot();
    return shopOf;
  }

  /** The first boot of its host. */
  async boot(): Promise<void> {
    await this.machine.box.boot();
    await this.machine.firstBoot();
    await this.well();
  }

  /** Runs one of the host's programs. */
  bin(line: string): Promise<Ran> {
    return this.machine.box.run(`/opt/shop/bin/${line}`, { seconds: 240 });
  }

  /** Makes a backup that has to work. */
  async backup(): Promise<Published> {
    await this.machine.box.must("/opt/shop/bin/backup now", { seconds: 240 });
    return this.newest();
  }

  /** What is published, the newest first. */
  async published(): Promise<Published[]> {
    const { cloud } = this.machine;
    const found = await cloud.versions(MANIFEST);
    return Promise.all(
      found.map(async ({ key, version }) => ({
        version,
        manifest: JSON.parse(await cloud.object(key, version)) as Manifest,
      })),
    );
  }

  async newest(): Promise<Published> {
    const [newest] = await this.published();
    if (newest === undefined) throw new Error("nothing is published");
    return newest;
  }

  /** Waits until the app answers its health check. */
  async well(): Promise<void> {
    await this.machine.box.waitFor(`${CALL} ${API}/health`, 120);
  }

  async note(text: string): Promise<void> {
    await this.machine.box.must(`${CALL} ${API}/notes --data '${text}'`);
  }

  async notes(): Promise<string[]> {
    return JSON.parse(await this.machine.box.must(`${CALL} ${API}/notes`)) as string[];
  }

  sql(statement: string, database = "shop"): Promise<string> {
    return this.machine.box.must(
      `docker exec -i shop-postgres psql -XAtq -v ON_ERROR_STOP=1 -U postgres -d ${database}`,
      {
        input: statement,
      },
    );
  }

  /** Databases on the server, templates left out. */
  async databases(): Promise<string[]> {
    return (await this.sql("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")).split("\n");
  }

  /** Does something while another manifest is the newest one, and takes it away again. */
  async withManifest(manifest: Manifest, act: () => Promise<void>): Promise<void> {
    const version = await this.put(MANIFEST, Buffer.from(JSON.stringify(manifest)));
    const { s3, bucket } = this.machine.cloud;
    try {
      await act();
    } finally {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: MANIFEST, VersionId: version }));
    }
  }

  /** Puts the same object there again but for one bit; answers its version. */
  async damage(key: string): Promise<string> {
    return this.put(key, flipped(await this.bytesOf(key)));
  }

  async sha256Of(key: string, version: string): Promise<string> {
    return createHash("sha256")
      .update(await this.bytesOf(key, version))
      .digest("hex");
  }

  /** The metrics that CloudWatch knows, as XML. */
  async metrics(): Promise<string> {
    const { moto } = this.machine.cloud;
    const scope = `Credential=test/20260101/${shop.region}/monitoring/aws4_request`;
    const answer = await fetch(moto.url, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "Action=ListMetrics&Version=2010-08-01",
    });
    return answer.text();
  }

  /** A file that the host keeps beside the databases; empty when there is none. */
  async kept(file: string): Promise<string> {
    return (await this.machine.box.run(`cat ${STATE}/${file}`)).stdout;
  }

  /** What of backups, drills and restores lies on the host besides what it has to remember. */
  async leftovers(): Promise<string> {
    const files = `find ${STATE} -mindepth 1 \\( -name '*.dump' -o -name 'tmp.*' -o -path '${STATE}/drill*/*' -o -path '${STATE}/restore*' -o -path '${STATE}/scratch*' -o -path '${STATE}/verify*' \\)`;
    return this.machine.box.must(
      `${files}; docker ps --all --format '{{.Names}}' | grep -E 'drill|scratch|decode' || true`,
    );
  }

  private async bytesOf(key: string, version?: string): Promise<Buffer> {
    const { s3, bucket } = this.machine.cloud;
    const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version }));
    return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
  }

  private async put(key: string, body: Buffer): Promise<string> {
    const { s3, bucket } = this.machine.cloud;
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    return VersionId ?? "";
  }
}

/** The same bytes but for one bit in the middle. */
export function flipped(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
