/** Which commit a release is of: the newest of its branch, or an earlier one that somebody asks for. */
import { afterAll, describe, expect, test } from "vitest";
import { gh, openSteps, RUN } from "./step-runner";

const { runStep, remove } = openSteps("ci-commit-step");
afterAll(remove);

describe("the commit of a release", () => {
  const [OLD, NEW] = ["a".repeat(40), "b".repeat(40)];
  /** A run of a commit while the branch is at another one, or GitHub does not answer. */
  const commit = (sha: string, attempt: number, asked = "", newest: string | undefined = NEW) =>
    runStep(
      "commit",
      {
        ...RUN,
        COMMIT: asked,
        GITHUB_SHA: sha,
        GITHUB_RUN_ATTEMPT: String(attempt),
        GITHUB_REF_NAME: "release/next",
      },
      { gh: newest === undefined ? "exit 1" : gh({ object: { sha: newest } }) },
    );

  test("of a repeated run is the newest of its branch, or the run is refused and says how to mean it", () => {
    const refused = commit(OLD, 2);
    expect(refused.code).toBe(1);
    expect(refused.calls).toEqual(["gh api repos/acme/shop/git/ref/heads/release/next --jq .object.sha"]);
    expect(refused.stdout).toMatch(
      new RegExp(
        `^::error title=An older run::This run began at ${OLD}, and release/next is at ${NEW} by now: [^\n]+\n$`,
      ),
    );
    expect(refused.stdout).toContain(`start this workflow by hand with commit ${OLD}.`);
    expect(commit(NEW, 2)).toMatchObject({ code: 0, stdout: "" });
  });

  test("of a repeated run is not taken for the newest when GitHub does not tell", () => {
    expect(commit(OLD, 2, "", undefined).code).toBe(1);
    expect(commit(OLD, 2, "", "").code).toBe(1);
  });

  test("of a first attempt is good though the branch has moved on: its release comes before the newer one's", () => {
    expect(commit(OLD, 1)).toMatchObject({ code: 0, calls: [] });
  });

  test("that somebody asks for has all its digits", () => {
    expect(commit(NEW, 1, OLD)).toMatchObject({ code: 0, calls: [] });
    expect(commit(NEW, 2, OLD)).toMatchObject({ code: 0, stdout: "" });
    for (const asked of [OLD.slice(1), "main", "latest", `${OLD}\n`, `${OLD} --no-backup`]) {
      const { code, stdout } = commit(NEW, 1, asked);
      expect([asked, code, stdout.includes("allowed: all 40 digits")]).toEqual([asked, 1, true]);
    }
  });

  test("that somebody has asked for once is not taken again by repeating that run later", () => {
    const asked = "c".repeat(40);
    const { code, stdout } = commit(OLD, 2, asked);
    expect([code, stdout]).toEqual([1, expect.stringContaining(`start this workflow by hand with commit ${asked}.`)]);
  });
});
