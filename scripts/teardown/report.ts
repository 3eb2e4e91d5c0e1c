/** Words for what a teardown will do and what it has left. */
import type { StackJson } from "../lib/stack-json";
import { count } from "../lib/terminal";
import type { Decision } from "./decide";
import type { Leftover } from "./journal";
import type { Held } from "./state";

/** What the data types are to a person. */
const WORDS: Record<string, string> = {
  aws_ebs_volume: "data volume",
  aws_ebs_snapshot: "last snapshot of volume",
  aws_s3_bucket: "bucket with its objects and settings",
  aws_secretsmanager_secret: "secret with its value",
  aws_ecr_repository: "image repository with every image in it",
};

const word = (type: string): string => WORDS[type] ?? type;

/** What will happen, before anyone agrees to it. */
export function describePlan(decision: Decision): string {
  const byType = new Map<string, Held[]>();
  for (const held of decision.goes) byType.set(held.type, [...(byType.get(held.type) ?? []), held]);
  const goes = [...byType].sort(([a], [b]) => a.localeCompare(b));
  const lines = [`Goes (${count(decision.goes.length, "resource")}):`];
  for (const [type, held] of goes) {
    const note = WORDS[type] ? `  (${WORDS[type]})` : "";
    lines.push(`  ${type} ${held.map(({ address }) => address.slice(type.length + 1)).join(", ")}${note}`);
  }
  if (decision.leftovers.length === 0) return [...lines, "Stays: nothing."].join("\n");
  lines.push(`Stays (${count(decision.leftovers.length, "resource")} with data, and the settings of each):`);
  for (const held of decision.leftovers) lines.push(`  ${held.address} ${held.id}  (${word(held.type)})`);
  return lines.join("\n");
}

/** How each kind of leftover is deleted by hand, and what it costs until then. */
const DELETION: Record<string, (leftover: Leftover) => string> = {
  aws_ebs_volume: ({ id, region }) =>
    `billed per GiB and month; delete: aws ec2 delete-volume${inRegion(region)} --volume-id ${id}`,
  aws_ebs_snapshot: ({ id, region }) =>
    `billed per GB and month; find it: aws ec2 describe-snapshots${inRegion(region)} --owner-ids self --filters Name=volume-id,Values=${id}`,
  aws_s3_bucket: ({ id, region }) =>
    `billed per GB and month; delete: empty it with all versions in the S3 console, then aws s3 rb${inRegion(region)} s3://${id}`,
  aws_secretsmanager_secret: ({ id, region }) =>
    `billed per month; delete, when no backup needs it: aws secretsmanager delete-secret${inRegion(region)} --secret-id ${id}`,
};

const inRegion = (region: string | undefined): string => (region ? ` --region ${region}` : "");

/** What is left in the account, with the way to delete each. */
export function describeLeftovers(leftovers: readonly Leftover[], earlier: readonly Leftover[] = []): string {
  const now =
    leftovers.length === 0 ? "Nothing of the stack is left in the account." : listed("Left in the account", leftovers);
  return earlier.length === 0
    ? now
    : `${now}\n${listed("Left by earlier teardowns, unless you have deleted it", earlier)}`;
}

function listed(title: string, leftovers: readonly Leftover[]): string {
  const lines = leftovers.map((leftover) => {
    const how = DELETION[leftover.type]?.(leftover) ?? "delete it in the AWS console";
    return `  ${word(leftover.type)} ${leftover.id}\n    ${how}`;
  });
  return [`${title} (${leftovers.length}):`, ...lines].join("\n");
}

/** Output of a stack that says where each secret lies. */
const SECRETS_OUTPUT = "secret_sources";

/** Names of the parameters that the host keeps secrets in. They are no resources of the stack, so no state holds them. */
export function secretParameters(stack: StackJson): string[] {
  const sources = stack.output?.[SECRETS_OUTPUT]?.value;
  if (typeof sources !== "object" || sources === null) return [];
  return Object.values(sources)
    .filter((name): name is string => typeof name === "string" && name.startsWith("/"))
    .sort();
}

/** How many names one call of DeleteParameters takes. */
const NAMES_PER_CALL = 10;

/**
 * Which secrets stay, and the commands that delete them; empty when there are none.
 *
 * @param region where they lie. @default - the region of the user's own settings
 */
export function describeSecrets(names: readonly string[], region?: string): string {
  if (names.length === 0) return "";
  const calls = Array.from({ length: Math.ceil(names.length / NAMES_PER_CALL) }, (_, at) =>
    names.slice(at * NAMES_PER_CALL, (at + 1) * NAMES_PER_CALL),
  );
  return [
    "Secrets that the host wrote to the Parameter Store, outside Terraform, stay:",
    ...names.map((name) => `  ${name}`),
    "A new deployment uses them again. Without those that host/secrets.json marks with carry nobody can",
    "read what backups hold: keep them as long as a backup, and take their names out before you delete:",
    ...calls.map((call) => `  aws ssm delete-parameters${inRegion(region)} --names ${call.join(" ")}`),
  ].join("\n");
}

/** What a person has to know before the stack is deployed again. */
export function describeRedeploy(stack: string, leftovers: readonly Leftover[]): string {
  const again = `cdktf deploy ${stack} makes the stack anew.`;
  const taken = leftovers.filter(({ fixedName }) => fixedName);
  const imports = leftovers.filter(({ type, fixedName }) => fixedName || type === "aws_ebs_volume");
  if (imports.length === 0) return again;
  const commands = imports.map(({ address, id }) => `  terraform import '${address}' ${id}`);
  const need =
    taken.length > 0
      ? "Names that are fixed in the specification are still taken by what was left. Before deploying, take it over"
      : "It starts with empty data. To take over what was left instead, before deploying";
  return [again, `${need}, in cdktf.out/stacks/${stack} after terraform init:`, ...commands].join("\n");
}
