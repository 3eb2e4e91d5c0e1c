/** What the calls of a box need by IAM, against the policy that its role was deployed with. */
import type { Statement } from "../../../modules/security/policies";
import { allowed, type Need, needsOf } from "../../host/backup/permissions";
import type { AwsRequest } from "./aws-socket";

const WITH_OVERWRITE = " with Overwrite";

interface PolicyDocument {
  readonly Statement: {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action: string[];
    readonly Resource: string[];
    readonly Condition?: Statement["condition"];
  }[];
}

/**
 * What every call needs.
 *
 * @param region of the stack, for the ARNs of parameters
 * @throws Error on a call that nobody has looked up in IAM's tables yet
 */
export const needsOfCalls = (calls: readonly AwsRequest[], region: string): Need[] =>
  calls.flatMap((call) => needsOfCall(call, region));

function needsOfCall(call: AwsRequest, region: string): Need[] {
  if (call.service === "s3") return needsOfS3(call);
  if (call.service === "ssm") return needsOfParameters(call, region);
  if (call.service === "monitoring") return needsOfMetrics(call);
  // The only call of ECR's own that a host makes: for the password of Docker, which pulls by another protocol.
  if (call.target.endsWith(".GetAuthorizationToken")) return [{ action: "ecr:GetAuthorizationToken", resource: "*" }];
  // Unsigned: the question for the time of day.
  if (call.service === "unknown" && call.method === "HEAD" && call.path === "/") return [];
  throw unknownCall(call);
}

const unknownCall = ({ service, method, path, target }: AwsRequest): Error =>
  new Error(`nobody has said what this call needs: ${service} ${method} ${path} ${target}`);

function needsOfS3({ method, path, copySource, body }: AwsRequest): Need[] {
  const { pathname, searchParams } = new URL(path, "http://s3");
  return needsOf({ method, path: pathname, query: searchParams, copySource, body });
}

/** Overwriting is an option of the call, and an action of its own here: only a statement without a condition allows it. */
function needsOfParameters({ target, body }: AwsRequest, region: string): Need[] {
  const input = JSON.parse(body) as { Name?: string; Names?: string[]; Overwrite?: boolean };
  const action = target.replace("AmazonSSM.", "ssm:") + (input.Overwrite ? WITH_OVERWRITE : "");
  const names = input.Names ?? [input.Name ?? ""];
  return names.map((name) => ({ action, resource: `arn:aws:ssm:${region}:ACCOUNT:parameter${name}` }));
}

/** The namespace is a condition of the policy, and the resource here. */
function needsOfMetrics(call: AwsRequest): Need[] {
  const input = new URLSearchParams(call.body);
  if (input.get("Action") !== "PutMetricData") throw unknownCall(call);
  return [{ action: "cloudwatch:PutMetricData", resource: `namespace/${input.get("Namespace")}` }];
}

/** What the policy does not allow. It has one account, whose id is left out. */
export function refusedBy(policy: string, needs: readonly Need[]): Need[] {
  const document = JSON.parse(policy) as PolicyDocument;
  const statements: Statement[] = document.Statement.filter(({ Effect }) => Effect === "Allow").map((statement) => ({
    sid: statement.Sid,
    actions: statement.Condition ? statement.Action : [...statement.Action, ...overwriting(statement.Action)],
    resources: resourcesOf(statement),
    ...(statement.Condition && { condition: statement.Condition }),
  }));
  return needs.filter((need) => !allowed(statements, need));
}

const overwriting = (actions: readonly string[]): string[] =>
  actions.filter((action) => action === "ssm:PutParameter").map((action) => `${action}${WITH_OVERWRITE}`);

function resourcesOf({ Resource, Condition }: PolicyDocument["Statement"][number]): string[] {
  const namespace = Condition?.StringEquals?.["cloudwatch:namespace"];
  if (typeof namespace === "string") return [`namespace/${namespace}`];
  return Resource.map((arn) => arn.replace(/^(arn:aws:ssm:[^:]*):\d+:/, "$1:ACCOUNT:"));
}
