/** Mistakes in IAM policies. */
import type { StackJson } from "../../../scripts/lib/stack-json";
import { type Fault, block } from "./plant";

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Principal?: unknown;
}

/** Puts one more statement into the host's own policy. */
function allow(stack: StackJson, action: string, resource: string): void {
  editPolicy(stack, "aws_iam_role_policy", "policy", (statements) => {
    statements.push({ Effect: "Allow", Action: action, Resource: resource });
  });
}

function editPolicy(stack: StackJson, type: string, key: string, change: (statements: Statement[]) => void): void {
  const owner = block(stack, type, ({ [key]: policy }) => typeof policy === "string" && policy.startsWith("{"));
  const policy = JSON.parse(owner[key] as string) as { Statement: Statement[] };
  change(policy.Statement);
  owner[key] = JSON.stringify(policy);
}

export const policyFaults: readonly Fault[] = [
  {
    name: "misspelt-action",
    reportedBy: { policy_sentry: "UNKNOWN_ACTION", "cfn-lint": "W3037" },
    plant: (stack) => allow(stack, "s3:PutObjectz", "arn:aws:s3:::placeholder/*"),
  },
  {
    name: "unknown-service",
    reportedBy: { policy_sentry: "UNKNOWN_ACTION" },
    plant: (stack) => allow(stack, "s4:*", "*"),
  },
  {
    name: "every-object-of-the-account",
    reportedBy: { parliament: "RESOURCE_STAR" },
    plant: (stack) => allow(stack, "s3:GetObject", "*"),
  },
  {
    name: "backups-for-everybody",
    reportedBy: { kics: "7af43613-6bb9-4a0e-8c4d-1314b799425e" },
    plant: (stack) =>
      editPolicy(stack, "aws_s3_bucket_policy", "policy", (statements) => {
        statements.push({ Effect: "Allow", Action: "s3:GetObject", Resource: "*", Principal: "*" });
      }),
  },
  {
    name: "every-action",
    reportedBy: { checkov: "CKV_AWS_62", kics: "575a2155-6af1-4026-b1af-d5bc8fe2a904" },
    plant: (stack) => allow(stack, "*", "*"),
  },
  {
    // A plan shows a policy only when nothing in it waits for an apply, so this one replaces all statements.
    name: "nothing-but-every-object",
    reportedBy: { "checkov-plan": "CKV_AWS_288" },
    plant: (stack) =>
      editPolicy(stack, "aws_iam_role_policy", "policy", (statements) => {
        statements.splice(0, statements.length, { Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
      }),
  },
  {
    name: "action-on-the-wrong-kind-of-resource",
    reportedBy: { parliament: "RESOURCE_MISMATCH" },
    plant: (stack) => allow(stack, "s3:PutObject", "arn:aws:s3:::placeholder"),
  },
  {
    name: "resource-that-is-no-arn",
    reportedBy: { parliament: "INVALID_ARN" },
    plant: (stack) => allow(stack, "s3:PutObject", "placeholder/*"),
  },
  {
    name: "effect-misspelt",
    reportedBy: { parliament: "MALFORMED", "cfn-lint": "E3510" },
    plant: (stack) =>
      editPolicy(stack, "aws_iam_role_policy", "policy", ([first]) => Object.assign(first ?? {}, { Effect: "Alow" })),
  },
  {
    name: "trust-in-nobody",
    reportedBy: { parliament: "MISSING_PRINCIPAL" },
    plant: (stack) => editPolicy(stack, "aws_iam_role", "assume_role_policy", ([first]) => delete first?.Principal),
  },
  {
    name: "trust-in-somebody-unknown",
    reportedBy: { parliament: "UNKNOWN_PRINCIPAL" },
    plant: (stack) =>
      editPolicy(stack, "aws_iam_role", "assume_role_policy", ([first]) =>
        Object.assign(first ?? {}, { Principal: { AWS: "nobody" } }),
      ),
  },
];
