/** One statement of an IAM policy that allows something. Refusals are written with `deny`. */
export interface Statement {
  /** What the statement is for, as one word in Pascal case. */
  readonly sid: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** @default - no principal: an identity policy */
  readonly principals?: { readonly Service?: string } | "*";
  /** @default - none */
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy document as JSON text. References inside resources and conditions stay references. */
export function policyJson(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect = "Allow", principals, actions, resources, condition }) => ({
      Sid: sid,
      Effect: effect,
      ...(principals === undefined ? {} : { Principal: principals }),
      Action: actions,
      Resource: resources,
      ...(condition === undefined ? {} : { Condition: condition }),
    })),
  });
}

/**
 * The trust policy of a role that only one AWS service may take.
 *
 * @param accountId the only account on whose behalf the service may take it, for services that work for many accounts
 */
export function trustService(service: string, accountId?: string): string {
  const statement = {
    Sid: "TrustService",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    ...(accountId === undefined ? {} : { Condition: { StringEquals: { "aws:SourceAccount": accountId } } }),
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
