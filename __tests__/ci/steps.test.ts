/** The scripts of the workflows' steps, run by bash as a runner does, with stand-ins for what they call. */
import { afterAll, describe, expect, test } from "vitest";
import { gh, openSteps, RUN } from "./step-runner";

const { runStep, remove } = openSteps("ci-steps");
afterAll(remove);

describe("settings", () => {
  const settings = (env: Record<string, string>) => runStep("settings", { STATE_NEEDED: "true", ...env }, {});

  test("all there", () => {
    expect(settings({ AWS_ACCOUNT_ID: "111122223333", TIERS_STATE: "s3://acme-state" })).toMatchObject({ code: 0 });
    expect(settings({ AWS_ACCOUNT_ID: "111122223333", STATE_NEEDED: "false" })).toMatchObject({ code: 0, stdout: "" });
  });

  test("each that is missing is named", () => {
    const { code, stdout } = settings({ AWS_ACCOUNT_ID: "" });
    expect(code).toBe(1);
    expect(stdout).toContain("Set the repository variable AWS_ACCOUNT_ID:");
    expect(stdout).toContain("Set the repository variable TIERS_STATE:");
    expect(settings({ AWS_ACCOUNT_ID: "1111-2222", TIERS_STATE: "local" }).stdout.split("\n")).toHaveLength(3);
  });
});

describe("plan", () => {
  /** A Terraform whose plan ends with a code and whose `show` prints a text. */
  const terraform = (code: number, shown: string, said = "Refreshing state...") =>
    `case " $* " in *" init "*) echo Initializing ;; *" plan "*) echo '${said}'; exit ${code} ;; *" show "*) cat <<'SHOWN'\n${shown}\nSHOWN\n;; esac`;
  const plan = (code: number, shown = "", said?: string) =>
    runStep("plan", { STACK: "shop-mvp" }, { terraform: terraform(code, shown, said) });

  test("without changes", () => {
    const { code, outputs, calls } = plan(0);
    expect(code).toBe(0);
    expect(outputs).toEqual({ result: "same", report: "No changes: the stack is what the code says." });
    expect(calls).toEqual([
      "terraform -chdir=cdktf.out/stacks/shop-mvp init -input=false -no-color",
      "terraform -chdir=cdktf.out/stacks/shop-mvp plan -input=false -no-color -lock=false -detailed-exitcode -out=tfplan",
    ]);
  });

  test("with changes: what Terraform would do, with the sum on top", () => {
    const { code, outputs } = plan(2, "  # aws_vpc.main will be created\n\nPlan: 1 to add, 0 to change, 0 to destroy.");
    expect(code).toBe(0);
    expect(outputs.result).toBe("changes");
    expect(outputs.report?.split("\n")[0]).toBe("**Plan: 1 to add, 0 to change, 0 to destroy.**");
    expect(outputs.report).toContain("~~~~~~text\n  # aws_vpc.main will be created\n");
    expect(outputs.report).not.toContain("Refreshing");
  });

  test("that fails says why, and fails", () => {
    const { code, outputs } = plan(1, "", "Error: AccessDenied");
    expect(code).toBe(1);
    expect(outputs.result).toBe("failed");
    expect(outputs.report).toContain("**The plan failed.**");
    expect(outputs.report).toContain("Error: AccessDenied");
  });

  test("that is longer than a comment may be is cut, with whole characters", () => {
    const { outputs } = plan(2, `Plan: 9 to add\n${"ä€ ".repeat(20_000)}`);
    expect(Buffer.byteLength(outputs.report ?? "")).toBeLessThan(61_000);
    expect(outputs.report).not.toContain("\uFFFD");
    expect(outputs.report).toContain("Cut: the log of the run has all of it.");
  });

  test("cannot end its own frame", () => {
    const { outputs } = plan(2, "~~~~~~\n</details>\n**free**");
    expect(outputs.report?.match(/^~~~~~~/gm)).toHaveLength(2);
  });

  test("cannot hand on outputs of its own", () => {
    expect(Object.keys(plan(2, "end\nresult=same\nEOF").outputs)).toEqual(["result", "report"]);
  });
});

describe("comment", () => {
  const MARK = "<!-- tiers ci: plan of shop-mvp -->";
  const bot = { login: "github-actions[bot]" };
  const comment = (objects: readonly object[]) => {
    return runStep("comment", { ...RUN, NUMBER: "12", REPORT: 'a `plan`\n"quoted" $(id)' }, { gh: gh(objects) });
  };

  const BODY = `${MARK}\n### Plan of shop-mvp\n\na \`plan\`\n"quoted" $(id)\n\n[Run](https://github.com/acme/shop/actions/runs/77)`;

  test("is made when there is none", () => {
    const { code, calls } = comment([{ id: 1, user: bot, body: "something else" }]);
    expect(code).toBe(0);
    expect(calls[1]).toBe(`gh api --silent --method POST repos/acme/shop/issues/12/comments --raw-field body=${BODY}`);
  });

  test("is rewritten when it is there", () => {
    const objects = [
      { id: 1, user: { login: "mallory" }, body: `${MARK}\nforged` },
      { id: 2, user: bot, body: "<!-- tiers ci: plan of shop-mvp-staging -->" },
      { id: 3, user: bot, body: `${MARK}\nold` },
    ];
    expect(comment(objects).calls[1]).toBe(
      `gh api --silent --method PATCH repos/acme/shop/issues/comments/3 --raw-field body=${BODY}`,
    );
  });
});

describe("issue", () => {
  const TITLE = "Drift check of shop-mvp needs a look";
  const BODY = "**Plan: 1 to add**\n\n[Run](https://github.com/acme/shop/actions/runs/77)";
  const ISSUES = "repos/acme/shop/issues";
  const issue = (result: string, objects: readonly object[]) =>
    runStep("issue", { ...RUN, RESULT: result, REPORT: "**Plan: 1 to add**" }, { gh: gh(objects) });
  const open = { number: 5, title: TITLE };

  test("is opened when something differs", () => {
    const { code, calls, stdout } = issue("changes", [
      { number: 4, title: "Other" },
      { ...open, pull_request: {} },
    ]);
    expect(code).toBe(0);
    expect(calls[1]).toBe(
      `gh api --silent --method POST ${ISSUES} --raw-field title=${TITLE} --raw-field body=${BODY}`,
    );
    expect(stdout).toContain("::warning");
  });

  test("is rewritten while something differs", () => {
    expect(issue("changes", [open]).calls[1]).toBe(
      `gh api --silent --method PATCH ${ISSUES}/5 --raw-field body=${BODY}`,
    );
  });

  test("is closed when nothing differs any more", () => {
    expect(issue("same", [open]).calls[1]).toBe(
      `gh api --silent --method PATCH ${ISSUES}/5 --raw-field state=closed --raw-field state_reason=completed`,
    );
  });

  test.each(["failed", "", "unheard"])("is opened or rewritten, never closed, when the result is %j", (result) => {
    const body =
      "body=**Whether the stack is what the code says is not known: the comparison did not come to an end.**";
    const opened = issue(result, []);
    expect(opened.calls[1]).toContain(`gh api --silent --method POST ${ISSUES} --raw-field title=${TITLE} `);
    expect(opened.calls[1]).toContain(`${body} **Plan: 1 to add**`);
    const rewritten = issue(result, [open]);
    expect(rewritten.calls[1]).toContain(`gh api --silent --method PATCH ${ISSUES}/5 --raw-field ${body}`);
    expect(rewritten.stdout).toContain("Issue 5 says that the comparison could not run.");
    expect(rewritten.calls.join("\n")).not.toContain("state=closed");
  });

  test("is left alone when there is none and nothing differs", () => {
    expect(issue("same", []).calls).toHaveLength(1);
  });
});

describe("the wait for the host", () => {
  const wait = (aws: string) =>
    runStep(
      "wait-for-host",
      { AWS_REGION: "eu-central-1", APPLICATION: "shop", ENVIRONMENT: "production", TIER: "mvp", WAIT_SECONDS: "0" },
      { aws },
    );

  test("ends as soon as it is online", () => {
    const third = `n=$(cat looks 2>/dev/null || echo 0); echo $((n + 1)) >looks; if ((n < 2)); then echo; else echo i-0abc; fi`;
    const { code, stdout, calls } = wait(third);
    expect([code, stdout]).toEqual([0, "Online: i-0abc\n"]);
    expect(calls).toHaveLength(3);
    expect(calls[0]).toContain(
      "--filters Key=tag:Application,Values=shop Key=tag:Environment,Values=production Key=tag:Tier,Values=mvp",
    );
  });

  test("is given up, with what to do", () => {
    const { code, stdout, calls } = wait("echo None");
    expect(code).toBe(1);
    expect(calls).toHaveLength(60);
    expect(stdout).toContain("No host of shop (production, mvp) is online in Systems Manager");
  });

  test("ends at once when AWS refuses", () => {
    expect(wait("exit 254")).toMatchObject({ code: 254 });
  });
});

describe("the smoke test", () => {
  const smoke = (code: number) => runStep("smoke", { STACK: "shop-mvp" }, { npm: `exit ${code}` });

  test.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 0],
  ])("that ends with %i makes the step end with %i", (code, expected) => {
    const ran = smoke(code);
    expect([ran.code, ran.calls]).toEqual([expected, ["npm run -s tiers -- smoke shop-mvp"]]);
    expect(ran.stdout.startsWith("::warning")).toBe(code === 3);
  });
});
