import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { LocalBackend, S3Backend, TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import { Construct, type IConstruct, type Node } from "constructs";
import { logicalId } from "../modules/naming/logical-ids";
import type { PhysicalNames } from "../modules/naming/physical-names";
import type { StateBackend } from "../modules/terraform/state-backend";

/** Oldest Terraform that reads the stacks: write-only arguments and S3 locking without DynamoDB came with it. */
export const REQUIRED_TERRAFORM = ">= 1.11";

/** Providers by full source, open to newer minor versions so that a receiving team is not held back. */
const REQUIRED_PROVIDERS = {
  aws: { source: "hashicorp/aws", version: "~> 6.25" },
  random: { source: "hashicorp/random", version: "~> 3.7" },
} as const;

interface OutputProps {
  readonly value: unknown;
  /** What the value is and what it is used for. */
  readonly description: string;
}

/** What a stack is made of before its resources. */
export interface StackBasis {
  /** Id of the stack: folder, state file, `cdktf deploy <id>`. */
  readonly id: string;
  readonly region: string;
  /** Tags of every resource. */
  readonly tags: Readonly<Record<string, string>>;
  readonly names: PhysicalNames;
  readonly backend: StateBackend;
  /** Further names of outputs: alias to output. */
  readonly outputAliases: Readonly<Record<string, string>>;
  /** Prefixes of tags that others put on the stack's resources, and Terraform leaves alone. @default - none */
  readonly ignoredTagPrefixes?: readonly string[];
  /** Where the specification writes names and aliases, for messages, e.g. "stacks.mvp". */
  readonly writtenUnder: string;
}

/**
 * What every stack has in common: providers with default tags, state, pinned versions, short and unique logical ids,
 * physical names, and outputs whose names are a contract.
 */
export abstract class BaseStack extends TerraformStack {
  protected readonly names: PhysicalNames;
  private readonly outputs = new Map<string, unknown>();

  constructor(
    scope: Construct,
    private readonly basis: StackBasis,
  ) {
    super(scope, basis.id);
    this.names = basis.names;
    this.declareProviders();
    this.declareState();
    this.pinVersions();
    this.node.addValidation({ validate: () => this.contractMistakes() });
  }

  /** Logical ids are the path below the stack, so a person can read and type them. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const below = node.scopes.slice(node.scopes.indexOf(this) + 1);
    return logicalId(...below.map((scope: IConstruct) => scope.node.id));
  }

  /** Declares an output. Its name is API: scripts, runbooks and other teams read it. */
  protected output(name: string, { value, description }: OutputProps): void {
    this.outputs.set(name, value);
    new TerraformOutput(this, name, { value, description, staticId: true });
  }

  /** Declares the specification's further names for outputs. Call it after all outputs. */
  protected declareOutputAliases(): void {
    // In a scope of their own: an alias may be called like a part of the stack.
    const aliases = new Construct(this, "output_alias");
    for (const [alias, target] of Object.entries(this.basis.outputAliases)) {
      const value = this.outputAt(target);
      if (value === undefined || this.outputs.has(alias)) continue;
      new TerraformOutput(aliases, alias, {
        value,
        description: `The same value as ${target}, under the name that this system's users know`,
        staticId: true,
      });
    }
  }

  /** The value of an output, or of one entry of an output by name; undefined when there is none. */
  private outputAt(target: string): unknown {
    const [name = "", entry] = target.split(".");
    const value = this.outputs.get(name);
    if (entry === undefined || value === undefined) return value;
    return Object.hasOwn(Object(value) as object, entry) ? (value as Record<string, unknown>)[entry] : undefined;
  }

  private declareProviders(): void {
    const { region, tags, ignoredTagPrefixes } = this.basis;
    new AwsProvider(this, "aws", {
      region,
      defaultTags: [{ tags: { ...tags } }],
      ignoreTags: ignoredTagPrefixes && [{ keyPrefixes: [...ignoredTagPrefixes] }],
    });
    new RandomProvider(this, "random");
  }

  private declareState(): void {
    const { backend } = this.basis;
    if (backend.type === "local") {
      new LocalBackend(this, { path: backend.path });
      return;
    }
    const s3 = new S3Backend(this, {
      bucket: backend.bucket,
      key: backend.key,
      region: backend.region,
      encrypt: backend.encrypt,
      kmsKeyId: backend.kms_key_id,
    });
    s3.addOverride("use_lockfile", backend.use_lockfile);
  }

  private pinVersions(): void {
    this.addOverride("terraform.required_version", REQUIRED_TERRAFORM);
    for (const [name, requirement] of Object.entries(REQUIRED_PROVIDERS)) {
      this.addOverride(`terraform.required_providers.${name}`, requirement);
    }
  }

  /** Everything that would break the contract silently: CDKTF itself merges or drops elements with equal ids. */
  private contractMistakes(): string[] {
    return [...this.duplicateIds(), ...this.unusedNames(), ...this.unknownAliasTargets()];
  }

  private duplicateIds(): string[] {
    const seen = new Map<string, string>();
    const mistakes: string[] = [];
    for (const element of this.node.findAll()) {
      if (!TerraformElement.isTerraformElement(element)) continue;
      const id = `${elementKind(element)}.${element.friendlyUniqueId}`;
      const other = seen.get(id);
      if (other !== undefined) mistakes.push(`${id} stands for both ${other} and ${element.node.path}: rename one`);
      seen.set(id, element.node.path);
    }
    return mistakes;
  }

  private unusedNames(): string[] {
    return this.names
      .unused()
      .map(
        (id) => `${this.basis.writtenUnder}.names.${id} names no resource; allowed: ${this.names.known().join(", ")}`,
      );
  }

  private unknownAliasTargets(): string[] {
    const known = [...this.outputs.keys()];
    return Object.entries(this.basis.outputAliases)
      .filter(([alias, target]) => this.outputAt(target) === undefined || this.outputs.has(alias))
      .map(
        ([alias, target]) =>
          `${this.basis.writtenUnder}.outputAliases.${alias} is ${target}; allowed: a new name for one of ${known.join(", ")}`,
      );
  }
}

/** Resources and data sources by their Terraform type, everything else by its class. */
function elementKind(element: TerraformElement): string {
  const type: unknown = "terraformResourceType" in element ? element.terraformResourceType : undefined;
  const isData = element.constructor.name.startsWith("DataAws");
  return typeof type === "string" ? `${isData ? "data." : ""}${type}` : element.constructor.name;
}
