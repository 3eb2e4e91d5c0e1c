/** The parts of the mvp stack as it ships, or of the changed copy that TIERSTACK_SHIPPED_DIR names. */
import { parse } from "yaml";
import { hostFile, shippedStack, type StackJson } from "../helpers/shipped";

/** A block of Terraform JSON. */
export type Block = Record<string, unknown>;

interface ComposeService extends Block {
  readonly image: string;
  readonly container_name?: string;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly tmpfs?: string[];
  readonly volumes?: { source: string; target: string }[];
}

interface SecretsFile {
  readonly secrets: Record<string, Block>;
  readonly environments: { path: string; variables: Record<string, Block[]> }[];
}

/** Terraform JSON of the mvp stack. Call it in a test: a stack that cannot be read must fail the tests that need it. */
export const stack = (): StackJson => shippedStack("mvp");
/** Text of a file that the host gets, by its path below the app's folder. */
export const file = (name: string): string => hostFile(stack(), `host/${name}`);
/** Services of the Compose file by name. */
export const services = () => (parse(file("compose.yaml")) as { services: Record<string, ComposeService> }).services;
/** What the host is told of the app's secrets. */
export const secretsFile = () => JSON.parse(file("secrets.json")) as SecretsFile;
/** Default of a Terraform variable. */
export const defaultOf = (variable: string): unknown => stack().variable?.[variable]?.default;

/** A resource by type and logical id, in the words of a Terraform address. */
export function resource(address: string): Block {
  const [type = "", name = ""] = address.split(".");
  const block = stack().resource[type]?.[name];
  if (block === undefined) throw new Error(`The stack has no ${address}`);
  return block;
}
