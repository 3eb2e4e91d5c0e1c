import { type AppInput, defineApp, type AppDefinition } from "../../../modules/spec";

/** A bad specification: the good app with something changed, and the whole report that it must give. */
export interface Row {
  readonly name: string;
  /** Id of the rule that finds it; none when the field's own form does. */
  readonly rule?: string;
  /** Laid over the good app: objects merge, everything else replaces, undefined removes. */
  readonly patch: object;
  /** The report, line by line. */
  readonly lines: readonly string[];
}

/** An app that uses most of the specification without a mistake or a warning. */
export const GOOD_APP: AppInput = {
  name: "shop",
  region: "eu-central-1",
  services: {
    api: {
      image: { reference: `ghcr.io/acme/shop-api:1.4.2@sha256:${"a".repeat(64)}` },
      port: 8080,
      route: { hosts: ["api.example.com"] },
      secrets: ["JWT_SECRET"],
    },
    worker: {
      kind: "worker",
      image: { build: { dockerfile: "worker.Dockerfile" } },
      dependsOn: ["database"],
    },
  },
  jobs: { migrate: { service: "api", command: ["./migrate", "up"], when: "deploy" } },
  cache: { mode: "own" },
  dns: { domain: "example.com" },
  secrets: { JWT_SECRET: { bytes: 64, carry: true } },
  observability: { emails: ["ops@example.com"] },
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function patched(base: unknown, patch: unknown): unknown {
  if (!isObject(base) || !isObject(patch)) return patch;
  const result = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) delete result[key];
    else result[key] = patched(base[key], value);
  }
  return result;
}

/** The good app with a patch. What comes out need not be a valid specification: that is the point. */
export const appWith = (patch: object): AppDefinition => defineApp(patched(GOOD_APP, patch) as AppInput);
