import type { ResolvedService } from "../../modules/spec";

/** A service with nothing but an image; what else it is does not concern the registry. */
export function serviceWith(image: ResolvedService["image"]): ResolvedService {
  return {
    kind: "worker",
    image,
    env: {},
    secrets: [],
    aliases: {},
    files: {},
    smoke: {},
    connects: [],
    database: "shop",
    dependsOn: [],
    cpu: 512,
    memoryMiB: 512,
    user: "10001:10001",
    readOnlyRoot: true,
    tmpfs: ["/tmp"],
    execTmpfs: [],
    volumes: [],
    spotPercent: 0,
    count: 1,
    scaling: undefined,
    stopGraceSeconds: 30,
  };
}

/** A service that the app builds itself. */
export const built = (target?: string): ResolvedService =>
  serviceWith({ build: { context: "backend", dockerfile: "docker/Dockerfile.prod", target } });

/** A service with someone else's image. */
export const referenced = (reference: string): ResolvedService => serviceWith({ reference });
