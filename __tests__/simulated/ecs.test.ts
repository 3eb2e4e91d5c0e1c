import * as fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EcsChanges, ecsStack } from "../ecs/ecs-stack";
import { type PlannedChange, SimulatedAccount } from "../helpers/simulated";
import { CONSTRUCT_STACK as STACK } from "../helpers/synth";

const DIGEST = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/growth/api@sha256:${"a".repeat(64)}`;
const LIMIT = { timeout: 120_000 };

let account: SimulatedAccount;

beforeAll(async () => {
  account = await SimulatedAccount.startWith("ecs", ecsStack(), ["update:aws_ecs_service:2=revert:task_definition"]);
  await account.init(STACK);
}, 120_000);

afterAll(() => account.stop());

const inPlace = (address: string): PlannedChange => ({ address, actions: ["update"] });
const anew = (address: string): PlannedChange => ({ address, actions: ["delete", "create"] });

interface WorldJson {
  objects: { type: string; id: string; attributes: Record<string, unknown> }[];
}

/** Changes objects of the account as something outside Terraform does. */
function outside(change: (object: WorldJson["objects"][number]) => void): void {
  const file = `${account.folder}/world.json`;
  const world = JSON.parse(fs.readFileSync(file, "utf8")) as WorldJson;
  world.objects.forEach(change);
  fs.writeFileSync(file, JSON.stringify(world));
}

/** A service of the account as it is now. */
function service(name: string): Record<string, unknown> {
  const found = account
    .world()
    .find(({ type, id }) => type === "aws_ecs_service" && id.endsWith(`/shop-growth-${name}`));
  if (!found) throw new Error(`there is no service ${name}`);
  return found.attributes;
}

/** What the newest revision of a family runs. */
function image(what: string): string {
  const family = account
    .world()
    .find(({ type, id }) => type === "ecs_task_family" && id.endsWith(`/shop-growth-${what}`));
  if (!family) throw new Error(`there is no family ${what}`);
  const { revision, definitions } = family.attributes as { revision: number; definitions: Record<string, string> };
  return (JSON.parse(definitions[revision] ?? "") as { image: string }[])[0]?.image ?? "";
}

/** Plans with a changed stack, then puts the old one back. */
async function planWith(changes: EcsChanges): Promise<PlannedChange[]> {
  account.rebuild(ecsStack(changes));
  try {
    return await account.plan(STACK);
  } finally {
    account.rebuild(ecsStack());
  }
}

/** What a release does: new revisions of every family with the image, the service on the newest, its bounds, the parameter. */
function release(): void {
  outside(({ type, id, attributes }) => {
    if (type === "ecs_task_family" && !id.endsWith("worker")) {
      const { revision, definitions } = attributes as { revision: number; definitions: Record<string, string> };
      const next = (definitions[revision] ?? "").replaceAll("not-released.invalid/api", DIGEST);
      attributes.revision = revision + 1;
      attributes.definitions = { ...definitions, [revision + 1]: next };
    }
    if (type === "aws_ecs_service" && id.endsWith("api")) {
      attributes.task_definition = String(attributes.task_definition).replace(/:1$/, ":2");
      attributes.desired_count = 2;
    }
    if (type === "aws_appautoscaling_target") Object.assign(attributes, { min_capacity: 2, max_capacity: 6 });
    if (type === "aws_ssm_parameter" && id.endsWith("/api")) attributes.insecure_value = DIGEST;
  });
}

describe("a stack of services and jobs", () => {
  test("applies before anything is released: nothing runs, and a second plan is empty", LIMIT, async () => {
    await account.must(STACK, "validate");
    await account.apply(STACK);
    expect(await account.plan(STACK)).toEqual([]);
    expect([service("api").desired_count, service("worker").desired_count]).toEqual([0, 0]);
    expect([image("api"), image("job-migrate")]).toEqual(["not-released.invalid/api", "not-released.invalid/api"]);
    expect(await account.outputs(STACK)).toEqual({
      families: {
        migrate: "shop-growth-job-migrate",
        report: "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-growth-job-report",
      },
    });
  });

  test("after a release the plan is empty, and every new task runs the released digest", LIMIT, async () => {
    release();
    expect(await account.plan(STACK)).toEqual([]);
    expect([image("api"), image("job-migrate"), image("job-report")]).toEqual([DIGEST, DIGEST, DIGEST]);
    expect(image("worker")).toBe("not-released.invalid/worker");
    expect(service("api").task_definition).toMatch(/:task-definition\/shop-growth-api:2$/);
  });

  test("a release that Terraform has not seen is kept by an apply of something else", LIMIT, async () => {
    account.rebuild(ecsStack({ environment: { GREETING: "good day" } }));
    expect(await account.plan(STACK)).toEqual([
      inPlace("aws_ecs_service.service_api_service"),
      anew("aws_ecs_task_definition.task_api_task"),
    ]);
    await account.apply(STACK);
    expect(image("api")).toBe(DIGEST);
    expect(service("api").task_definition).toMatch(/:3$/);
    expect(await account.plan(STACK)).toEqual([]);
  });
});

describe("variables", () => {
  test("compute off and on again: in place, nobody is destroyed, and everything runs as before", LIMIT, async () => {
    const off = "-var=compute_enabled=false";
    expect(await account.plan(STACK, off)).toEqual([
      inPlace("aws_appautoscaling_target.scaling_api_target"),
      inPlace("aws_scheduler_schedule.schedule_report_schedule"),
    ]);
    await account.apply(STACK, off);
    expect(service("api").desired_count).toBe(0);
    expect(await account.plan(STACK, off)).toEqual([]);
    await account.apply(STACK);
    expect(service("api").desired_count).toBe(2);
    expect(await account.plan(STACK)).toEqual([]);
  });

  test("counts: bounds in place, and a number that the load decides on is left alone", LIMIT, async () => {
    expect(await account.plan(STACK, "-var=api_min=3", "-var=api_max=9", "-var=api_desired=5")).toEqual([
      inPlace("aws_appautoscaling_target.scaling_api_target"),
    ]);
    outside(({ type, id, attributes }) => {
      if (type === "aws_ecs_service" && id.endsWith("api")) attributes.desired_count = 5;
    });
    expect(await account.plan(STACK)).toEqual([]);
  });
});

describe("changes of the specification", () => {
  test.each<[string, EcsChanges, PlannedChange[]]>([
    ["another share of Spot", { spotPercent: 50 }, [inPlace("aws_ecs_service.service_api_service")]],
    ["shells", { api: { exec: true } }, [inPlace("aws_ecs_service.service_api_service")]],
    ["Container Insights", { insights: "enhanced" }, [inPlace("aws_ecs_cluster.ecs_cluster")]],
  ])("%s: in place", LIMIT, async (_what, changes, planned) => {
    const same = { environment: { GREETING: "good day" } };
    expect(await planWith({ ...same, ...changes })).toEqual(planned);
  });
});

describe("a deployment that fails", () => {
  test("ECS goes back, the apply fails and says so, and the next one tries again", LIMIT, async () => {
    account.rebuild(ecsStack({ environment: { GREETING: "broken" } }));
    const before = service("api").task_definition;
    const { code, stderr } = await account.terraform(STACK, "apply", "-auto-approve");
    expect(code).toBe(1);
    expect(stderr.replace(/[│╷╵\s]+/g, " ")).toContain(
      "ECS rolled the service back: the new tasks of api did not become healthy, and those from before run on.",
    );
    expect(service("api").task_definition).toBe(before);
    expect(await account.plan(STACK)).toEqual([inPlace("aws_ecs_service.service_api_service")]);
    await account.apply(STACK);
    expect(service("api").task_definition).not.toBe(before);
    expect(await account.plan(STACK)).toEqual([]);
  });
});

test("destroyed in order, and nothing is left but revisions, which are free", LIMIT, async () => {
  await account.must(STACK, "destroy", "-auto-approve");
  expect([...new Set(account.world().map(({ type }) => type))]).toEqual(["ecs_task_family"]);
});
