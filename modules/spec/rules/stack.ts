import { isOn } from "../fields";
import type { LocatedFinding } from "../issues";
import { type App, TIERS } from "../schema";
import { showValue } from "../show";
import { finding, quote, type Rule } from "./rule";

const atLeastOneStack: Rule = {
  id: "stacks-present",
  description: "An app has at least one stack.",
  check: ({ app }) =>
    TIERS.some((tier) => app.stacks[tier] !== undefined)
      ? []
      : [
          finding(
            ["stacks"],
            showValue({}),
            `an object with at least one of ${TIERS.join(", ")}`,
            `add ${TIERS[0]}: {}, or leave stacks out`,
          ),
        ],
};

type State = App["state"];
const STATE_FIELDS = ["bucket", "region", "kmsKeyId"] as const;

/** State in S3 without a bucket. */
export const bucketMissing = (state: State): LocatedFinding[] =>
  state.backend !== "s3" || state.bucket !== undefined
    ? []
    : [
        finding(
          ["state", "bucket"],
          showValue(undefined),
          `the name of an S3 bucket, because state.backend is "s3"`,
          "name the bucket that holds the state",
        ),
      ];

/** What is said about S3 while the state is local. */
export const needlessStateFields = (state: State): LocatedFinding[] =>
  state.backend === "s3"
    ? []
    : STATE_FIELDS.filter((field) => state[field] !== undefined).map((field) =>
        finding(
          ["state", field],
          showValue(state[field]),
          `nothing while state.backend is "local"`,
          `remove it, or set state.backend to "s3"`,
        ),
      );

/** Tags that every stack sets itself. */
const OWN_TAGS = ["Application", "Environment", "Tier", "ManagedBy", "Name"];

/** Tags that replace those of stacks or AWS. */
export const takenTags = (tags: App["tags"]): LocatedFinding[] =>
  Object.keys(tags)
    .filter((key) => OWN_TAGS.includes(key) || key.toLowerCase().startsWith("aws:"))
    .map((key) =>
      finding(
        ["tags", key],
        `named ${quote(key)}`,
        `any name but ${OWN_TAGS.join(", ")} and aws:...`,
        "rename it: stacks or AWS set this tag themselves",
      ),
    );

const s3StateHasBucket: Rule = {
  id: "s3-state-has-bucket",
  description: "State in S3 has a bucket.",
  check: ({ app }) => bucketMissing(app.state),
};

const stateFieldsNeedS3: Rule = {
  id: "state-fields-need-s3",
  description: "Bucket, region and key are given for state in S3 only.",
  check: ({ app }) => needlessStateFields(app.state),
};

const tagsFree: Rule = {
  id: "tags-free",
  description: "Tags do not replace those that stacks or AWS set.",
  check: ({ app }) => takenTags(app.tags),
};

/** AWS allows 50 tags per resource (Tagging AWS Resources guide); stacks keep ten for themselves. */
const MOST_TAGS = 40;

const fewEnoughTags: Rule = {
  id: "few-enough-tags",
  description: "The tags of the app and of the stack fit into AWS's limit per resource.",
  check: ({ app }) =>
    Object.keys(app.tags).length <= MOST_TAGS
      ? []
      : [
          finding(
            ["tags"],
            `an object with ${Object.keys(app.tags).length} tags`,
            `up to ${MOST_TAGS} tags`,
            "remove the tags that nobody reads",
          ),
        ],
};

const aliasesAreDirect: Rule = {
  id: "aliases-are-direct",
  description: "An output alias stands for an output, not for another alias or itself.",
  check: ({ app, tier }) => {
    const aliases = app.stacks[tier]?.outputAliases ?? {};
    return Object.entries(aliases)
      .filter(([, target]) => Object.hasOwn(aliases, target))
      .map(([alias, target]) =>
        finding(
          ["stacks", tier, "outputAliases", alias],
          quote(target),
          "an output of the stack, not an alias",
          "name the output that the alias stands for",
        ),
      );
  },
};

const emailsNeedAlarms: Rule = {
  id: "emails-need-alarms",
  description: "Mail addresses for alarms are given only when there are alarms.",
  check: ({ app: { observability } }) =>
    observability.emails.length === 0 || isOn(observability.alarms)
      ? []
      : [
          finding(
            ["observability", "emails"],
            showValue(observability.emails),
            "an empty list while observability.alarms is off",
            "remove the addresses, or turn the alarms on",
          ),
        ],
};

export const STACK_RULES: readonly Rule[] = [
  atLeastOneStack,
  s3StateHasBucket,
  stateFieldsNeedS3,
  tagsFree,
  fewEnoughTags,
  aliasesAreDirect,
  emailsNeedAlarms,
];
