import { describe, expect, test } from "vitest";
import { policyJson, trustService } from "../../modules/security/policies";

describe("policyJson", () => {
  test("allows by default and leaves out what is not said", () => {
    expect(
      JSON.parse(policyJson([{ sid: "Read", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/*"] }])),
    ).toEqual({
      Version: "2012-10-17",
      Statement: [{ Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] }],
    });
  });

  test("says effect, principal and condition when they are given", () => {
    const condition = { Bool: { "aws:SecureTransport": "false" } };
    const text = policyJson([
      { sid: "A", effect: "Deny", principals: "*", actions: ["s3:*"], resources: ["*"], condition },
      { sid: "B", principals: { Service: "ec2.amazonaws.com" }, actions: ["sts:AssumeRole"], resources: ["*"] },
    ]);
    expect(JSON.parse(text)).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "A", Effect: "Deny", Principal: "*", Action: ["s3:*"], Resource: ["*"], Condition: condition },
        {
          Sid: "B",
          Effect: "Allow",
          Principal: { Service: "ec2.amazonaws.com" },
          Action: ["sts:AssumeRole"],
          Resource: ["*"],
        },
      ],
    });
  });
});

test("trustService lets one service take the role", () => {
  expect(JSON.parse(trustService("dlm.amazonaws.com"))).toEqual({
    Version: "2012-10-17",
    Statement: [
      { Sid: "TrustService", Effect: "Allow", Principal: { Service: "dlm.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  });
});
