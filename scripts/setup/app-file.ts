/** The text of a new app's specification. */

/** A service as `tiers init` asks for it. */
export interface NewService {
  name: string;
  /** Port that the process listens on; undefined for a worker. */
  port?: number;
  /** Reference of a finished image; undefined when the image is built from source. */
  image?: string;
}

export interface NewApp {
  name: string;
  region: string;
  /** Public domain; undefined for none. */
  domain?: string;
  services: NewService[];
}

/** The constant that holds the app: `my-shop` becomes `myShopApp`, which is never a reserved word. */
export const appConstant = (name: string): string =>
  `${name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}App`;

/** The app as `defineApp` takes it. */
export function appInput({ name, region, domain, services }: NewApp) {
  return {
    name,
    region,
    ...(domain ? { dns: { domain } } : {}),
    services: Object.fromEntries(
      services.map((service) => [service.name, serviceInput(service, hostOf(service, services, domain))]),
    ),
  };
}

function serviceInput({ port, image }: NewService, host: string | undefined) {
  return {
    ...(port === undefined ? { kind: "worker" as const } : {}),
    image: image ? { reference: image } : { build: {} },
    ...(port === undefined ? {} : { port }),
    ...(host ? { route: { hosts: [host] } } : {}),
  };
}

/** The first service with a port gets the domain itself, every other one a name below it. */
function hostOf(service: NewService, services: readonly NewService[], domain: string | undefined): string | undefined {
  if (!domain || service.port === undefined) return undefined;
  const first = services.find(({ port }) => port !== undefined);
  return service === first ? domain : `${service.name}.${domain}`;
}

/** The whole file, formatted as the project formats its sources. */
export function appFile(app: NewApp): string {
  const { name, domain, services } = app;
  const input = appInput(app);
  const lines = [
    `import { defineApp } from "../modules/spec";`,
    "",
    "/**",
    ` * The specification of ${name}. Everything that is not set here has a default; an editor shows each field with its`,
    " * meaning, unit and default while you type.",
    " */",
    `export const ${appConstant(name)} = defineApp({`,
    `  name: ${text(name)},`,
    `  region: ${text(app.region)},`,
    "",
    "  // The one-instance tier. Its id is the name for cdktf deploy and for tiers.",
    "  stacks: { mvp: {} },",
    "",
    ...(domain
      ? [
          "  // Add hostedZoneId to have the records made in Route 53; without it they are an output of the stack.",
          `  dns: { domain: ${text(domain)} },`,
        ]
      : ["  // No service is public yet: set dns.domain here and route.hosts at a service to make it so."]),
    "",
    "  services: {",
    ...services.flatMap((service) => serviceLines(service, input.services[service.name]?.route?.hosts[0])),
    "  },",
    "",
    "  // PostgreSQL in a container on the data volume.",
    `  database: { mode: "own", major: 17 },`,
    "});",
    "",
  ];
  return lines.join("\n");
}

function serviceLines({ name, port, image }: NewService, host: string | undefined): string[] {
  return [
    `    ${/^[a-z][a-z0-9]*$/.test(name) ? name : text(name)}: {`,
    ...(port === undefined ? [`      kind: "worker",`] : []),
    ...(image
      ? imageLines("reference", text(image))
      : imageLines("build", `{ context: ".", dockerfile: "Dockerfile" }`)),
    ...(port === undefined ? [] : [`      port: ${port},`]),
    ...(host ? [`      route: { hosts: [${text(host)}] },`] : []),
    "    },",
  ];
}

const LINE_WIDTH = 120;

/** One line, or opened up when it would be too long: first the object, then the text in it. */
function imageLines(key: string, value: string): string[] {
  const line = `      image: { ${key}: ${value} },`;
  if (line.length <= LINE_WIDTH) return [line];
  const inner = `        ${key}: ${value},`;
  const opened = inner.length <= LINE_WIDTH ? [inner] : [`        ${key}:`, `          ${value},`];
  return ["      image: {", ...opened, "      },"];
}

const text = (value: string): string => JSON.stringify(value);
