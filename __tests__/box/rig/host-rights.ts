/** What the calls of a box need by IAM, against the policy that its role was deployed with. */
import type { Statement } from "../../../modules/security/policies";
import { allowed, type Need, needsOf } from "../../host/backup/permissions";
import type { AwsRequest } from "./aws-socket";

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
  const action = new URLSearchParams(call.body).get("Action");
  if (call.service === "monitoring" && action === "PutMetricData")
    return [{ action: "cloudwatch:PutMetricData", resource: "*" }];
  // Unsigned: the question for the time of day.
  if (call.service === "unknown" && call.method === "HEAD" && call.path === "/") return [];
  throw new Error(`nobody has said what this call needs: ${call.service} ${call.method} ${call.path} ${call.target}`);
}

function needsOfS3({ method, path, copySource, body }: AwsRequest): Need[] {
  const { pathname, searchParams } = new URL(path, "http://s3");
  return needsOf({ method, path: pathname, query: searchParams, copySource, body });
}

function needsOfParameters({ target, body }: AwsRequest, region: string): Need[] {
  const { Name, Names = [Name] } = JSON.parse(body) as { Name?: string; Names?: string[] };
  const action = target.replace("AmazonSSM.", "ssm:");
  return Names.map((name) => ({ action, resource: `arn:aws:ssm:${region}:ACCOUNT:parameter${name}` }));
}

/** What the policy does not allow. Account ids are left out of account: the stack has one. */
export function refusedBy(policy: string, needs: readonly Need[]): Need[] {
  const document = JSON.parse(policy) as PolicyDocument;
  const statements = document.Statement.filter(({ Effect }) => Effect === "Allow").map((statement) => ({
    sid: statement.Sid,
    actions: statement.Action,
    resources: statement.Resource.map((arn) => arn.replace(/^(arn:aws:ssm:[^:]*):\d+:/, "$1:ACCOUNT:")),
    condition: statement.Condition,
  })) satisfies Omit<Statement, "effect">[];
  return needs.filter((need) => !allowed(statements, need));
}
