import { logicalId } from "../naming/logical-ids";
import { PhysicalNames } from "../naming/physical-names";
import type { ResolvedCiStack, ResolvedStack } from "../spec";

/** The physical names of a ci stack. */
export function ciNames({ app }: Pick<ResolvedCiStack, "app">): PhysicalNames {
  return new PhysicalNames({
    app: app.name,
    tier: "ci",
    environment: app.isDefaultEnvironment ? undefined : app.environment,
  });
}

/** The names of the two roles of a ci stack; the workflows find them by these. */
export function ciRoleNames(stack: Pick<ResolvedCiStack, "app">): Readonly<Record<"plan" | "deploy", string>> {
  const names = ciNames(stack);
  const nameOf = (role: string): string => names.of("aws_iam_role", `${role}_role`, role);
  return { plan: nameOf("plan"), deploy: nameOf("deploy") };
}

/** Seconds that credentials of the role hold that only reads; AWS gives a role no less than an hour. */
export const PLAN_SESSION_SECONDS = 3600;

/** Seconds that credentials of the role hold that releases: as long as its job may take, so that they outlive it. */
export const DEPLOY_SESSION_SECONDS = 4 * 3600;

/** What policies say of a stack that is deployed apart: its parts by name, without reading its state. */
export interface StackPlaces {
  readonly region: string;
  /** `<app>-<tier>[-<environment>]` */
  readonly prefix: string;
  /** `<app>/<tier>[-<environment>]` */
  readonly path: string;
  /** Repositories of the images that the app builds. */
  readonly repositories: readonly string[];
  /** Parameters of the released images, each with a leading slash. */
  readonly imageParameters: readonly string[];
  /** The bucket of backups, its random end as a wildcard. */
  readonly bucket: string;
  /** Names that the specification gives literally. */
  readonly literalNames: readonly string[];
  /** Tags that every resource of the stack carries. */
  readonly tags: Readonly<Record<"Application" | "Environment" | "Tier", string>>;
}

/** Where the parts of a stack are, by the rules that its own constructs name them with. */
export function placesOf({ app, tier, names: literals }: ResolvedStack): StackPlaces {
  const { name, region, environment, isDefaultEnvironment, services } = app;
  const names = new PhysicalNames(
    { app: name, tier, environment: isDefaultEnvironment ? undefined : environment },
    literals,
  );
  const built = Object.keys(services).filter((service) => "build" in (services[service]?.image ?? {}));
  return {
    region,
    prefix: names.prefix,
    path: names.path,
    repositories: built.map((service) =>
      names.pathOf("aws_ecr_repository", `${logicalId("repository", service)}_images`, service),
    ),
    imageParameters: Object.keys(services).map((service) =>
      names.pathOf("aws_ssm_parameter", `${logicalId("image", service)}_parameter`, `image/${service}`, "/"),
    ),
    bucket: names.literal("backups_bucket") ?? `${names.prefix}-backups-*`,
    literalNames: Object.values(literals),
    tags: { Application: name, Environment: environment, Tier: tier },
  };
}
