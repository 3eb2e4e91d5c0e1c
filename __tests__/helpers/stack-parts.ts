/** The parts of a stack as it ships, or of the changed copy that TIERSTACK_SHIPPED_DIR names. */
import { parse } from "yaml";
import { hostFile, shippedStack, type StackJson } from "./shipped";

/** A block of Terraform JSON. */
export type Block = Record<string, unknown>;

interface ComposeService extends Block {
  readonly image: string;
  readonly container_name?: string;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly env_file?: string[];
  readonly tmpfs?: string[];
  readonly volumes?: { source: string; target: string }[];
}

interface SecretsFile {
  readonly secrets: Record<string, Block>;
  readonly environments: { path: string; variables: Record<string, Block[]> }[];
}

/** What a test asks of a stack. */
export interface StackParts {
  /** Terraform JSON. */
  readonly stack: () => StackJson;
  /** Text of a file that the host gets, by its path below the app's folder. */
  readonly file: (name: string) => string;
  /** Services of the Compose file by name. */
  readonly services: () => Record<string, ComposeService>;
  /** What the host is told of the app's secrets. */
  readonly secretsFile: () => SecretsFile;
  /** Default of a Terraform variable. */
  readonly defaultOf: (variable: string) => unknown;
  /** Value of an output. */
  readonly outputOf: (name: string) => unknown;
  /** A resource by type and logical id, in the words of a Terraform address. */
  readonly resource: (address: string) => Block;
}

/** The parts of a stack. Call them in a test: a stack that cannot be read must fail the tests that need it. */
export function partsOf(id: string): StackParts {
  const stack = (): StackJson => shippedStack(id);
  const file = (name: string): string => hostFile(stack(), `host/${name}`);
  return {
    stack,
    file,
    services: () => (parse(file("compose.yaml")) as { services: Record<string, ComposeService> }).services,
    secretsFile: () => JSON.parse(file("secrets.json")) as SecretsFile,
    defaultOf: (variable) => stack().variable?.[variable]?.default,
    outputOf: (name) => stack().output?.[name]?.value,
    resource: (address) => {
      const [type = "", name = ""] = address.split(".");
      const block = stack().resource[type]?.[name];
      if (block === undefined) throw new Error(`The stack has no ${address}`);
      return block;
    },
  };
}
