import { ciStackId, ciStacksOf } from "../ci-stacks";
import { isHidden, showValue } from "../show";
import { finding, quote, type Rule } from "./rule";
import type { WarningRule } from "./warnings";

const INFRASTRUCTURE_FIELDS = ["ref", "tokenSecret"] as const;

const otherRepositoryNamed: Rule = {
  id: "ci-other-repository-named",
  description: "How another repository is read is said only when there is one.",
  check: ({ app: { ci } }) => {
    if (ci === undefined || ci.infrastructure.repository !== undefined) return [];
    const { infrastructure } = ci;
    return INFRASTRUCTURE_FIELDS.flatMap((field) => {
      const value = infrastructure[field];
      if (value === undefined) return [];
      const path = ["ci", "infrastructure", field];
      const fix = "name ci.infrastructure.repository, or remove it";
      return [
        finding(path, showValue(value, isHidden(path)), "nothing while the project lies in the app's repository", fix),
      ];
    });
  },
};

const somethingIsBuilt: Rule = {
  id: "ci-builds-something",
  description: "An app with CI has an image that CI builds.",
  check: ({ app: { ci, services } }) =>
    ci === undefined || Object.values(services).some(({ image }) => "build" in image)
      ? []
      : [
          finding(
            ["ci"],
            "an object",
            "nothing while no service is built: every image is a reference",
            "give a service image.build, or remove ci",
          ),
        ],
};

export const CI_RULES: readonly Rule[] = [otherRepositoryNamed, somethingIsBuilt];

/** One identity provider of GitHub is all that an account has room for. */
const oneProvider: WarningRule = {
  id: "ci-one-provider",
  check: ({ app }, { stacks }) => {
    if (app.ci?.oidcProvider !== "create") return [];
    const own = ciStackId(app);
    const first = ciStacksOf(stacks).find((other) => other.app.ci.oidcProvider === "create");
    if (first === undefined || first.id === own) return [];
    const text = `stack ${quote(first.id)} makes the identity provider too, and an account has room for one; write "existing" unless the two go to different accounts`;
    return [{ path: "ci.oidcProvider", text }];
  },
};

const localState: WarningRule = {
  id: "ci-state-local",
  check: ({ app: { ci, state } }) =>
    ci === undefined || state.backend === "s3"
      ? []
      : [
          {
            path: "state.backend",
            text: `"local" is a file that no runner has; the workflows take the repository variable TIERS_STATE, and the ci stack needs the same bucket`,
          },
        ],
};

export const CI_WARNINGS: readonly WarningRule[] = [oneProvider, localState];
