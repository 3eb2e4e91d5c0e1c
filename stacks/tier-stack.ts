import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { LocalBackend, S3Backend, TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import { Construct, type IConstruct, type Node } from "constructs";
import { logicalId } from "../modules/naming/logical-ids";
import { PhysicalNames } from "../modules/naming/physical-names";
import { tagValue } from "../modules/naming/tag-value";
import { isOn, type ResolvedApp, type ResolvedStack } from "../modules/spec";
import { stateBackend } from "../modules/terraform/state-backend";

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

/**
 * What every stack has in common: providers with default tags, state, pinned versions, short and unique logical ids,
 * physical names, and outputs whose names are a contract.
 */
export abstract class TierStack extends TerraformStack {
  protected readonly app: ResolvedApp;
  protected readonly names: PhysicalNames;
  private readonly outputs = new Map<string, unknown>();

  constructor(
    scope: Construct,
    protected readonly definition: ResolvedStack,
  ) {
    super(scope, definition.id);
    const { app, tier, names } = definition;
    this.app = app;
    this.names = new PhysicalNames(
      { app: app.name, tier, environment: app.isDefaultEnvironment ? undefined : app.environment },
      names,
    );
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
    for (const [alias, target] of Object.entries(this.definition.outputAliases)) {
      if (!this.outputs.has(target) || this.outputs.has(alias)) continue;
      new TerraformOutput(aliases, alias, {
        value: this.outputs.get(target),
        description: `The same value as ${target}, under the name that this system's users know`,
        staticId: true,
      });
    }
  }

  private declareProviders(): void {
    new AwsProvider(this, "aws", { region: this.app.region, defaultTags: [{ tags: this.defaultTags() }] });
    new RandomProvider(this, "random");
  }

  private defaultTags(): Record<string, string> {
    const { name, environment, tags, protect, observability } = this.app;
    return {
      ...tags,
      Application: name,
      Environment: environment,
      Tier: this.definition.tier,
      ManagedBy: "Terraform",
      ...(isOn(protect) ? {} : { ProtectionOff: tagValue(protect.off) }),
      ...(isOn(observability.alarms) ? {} : { AlarmsOff: tagValue(observability.alarms.off) }),
    };
  }

  private declareState(): void {
    const backend = stateBackend(this.definition);
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
        (id) =>
          `stacks.${this.definition.tier}.names.${id} names no resource; allowed: ${this.names.known().join(", ")}`,
      );
  }

  private unknownAliasTargets(): string[] {
    const known = [...this.outputs.keys()];
    return Object.entries(this.definition.outputAliases)
      .filter(([alias, target]) => !this.outputs.has(target) || this.outputs.has(alias))
      .map(
        ([alias, target]) =>
          `stacks.${this.definition.tier}.outputAliases.${alias} is ${target}; allowed: a new name for one of ${known.join(", ")}`,
      );
  }
}

/** Resources and data sources by their Terraform type, everything else by its class. */
function elementKind(element: TerraformElement): string {
  const type: unknown = "terraformResourceType" in element ? element.terraformResourceType : undefined;
  const isData = element.constructor.name.startsWith("DataAws");
  return typeof type === "string" ? `${isData ? "data." : ""}${type}` : element.constructor.name;
}
