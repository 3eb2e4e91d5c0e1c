import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AWS_STAND_IN, ScriptHost } from "../../helpers/script-host";

/** Docker whose containers are files; a service that is named in `sick` is unhealthy as long as its file says "new". */
const DOCKER = String.raw`
case "$*" in
  "compose "*" up "*)
    service="$(printf '%s' "$*" | sed 's/.* //')"
    state="running healthy"
    if grep -qx "$service" "$root/sick" 2>/dev/null && grep -q new "$root/run/shop/env/$service.env"; then state="running unhealthy"; fi
    echo "$state" >"$root/containers/shop-$service"
    [[ "$state" == "running healthy" ]] ;;
  "inspect "*) cat "$root/containers/$4" 2>/dev/null ;;
esac`;

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost({
    secrets: { API_KEY: { source: "provided" }, TOKEN: {}, JOB_KEY: {}, SPARE: {} },
    services: {
      api: { image: { build: {} }, port: 8080, secrets: ["API_KEY", "TOKEN"], dependsOn: ["core"] },
      core: { image: { build: {} }, port: 3567, connects: [], secrets: ["API_KEY"], aliases: { API_KEYS: "API_KEY" } },
      later: { image: { build: {} }, port: 9000, connects: [], secrets: ["TOKEN"] },
    },
    jobs: { report: { service: "api", command: ["/app/report"], when: "manual", secrets: ["JOB_KEY"] } },
  });
  host.standIn("aws", AWS_STAND_IN);
  host.standIn("docker", DOCKER);
  host.write("opt/shop/images.env", "IMAGE_API='api:1'\nIMAGE_CORE='core:1'\n");
  for (const name of ["API_KEY", "TOKEN", "JOB_KEY", "SPARE", "DB_PASSWORD", "POSTGRES_PASSWORD"])
    store(name, `old-${name}`);
  host.run("libexec/secrets");
  for (const name of ["api", "core"]) host.write(`containers/shop-${name}`, "running healthy\n");
  host.forget();
});
afterEach(() => host.remove());

const store = (name: string, value: string) => host.write(`aws/_shop_mvp_secret_${name}`, value);
const takeUp = (name: string, ...words: string[]) => {
  const run = host.run("bin/secret", "take-up", name, "--by", "ada", "--json", ...words);
  return { code: run.status, report: JSON.parse(run.stdout) as Record<string, unknown>, said: run.lines.join("\n") };
};
const restarted = () =>
  host
    .calls("docker")
    .filter((call) => call.includes(" up "))
    .map((call) => call.replace(/.* --no-deps --force-recreate /, ""));
const variables = (name: string) => host.read(path.join(host.runDir, `env/${name}.env`));

describe("uses", () => {
  const uses = (name: string) =>
    JSON.parse(host.run("bin/secret", "uses", name, "--json").stdout) as Record<string, unknown>;

  test.each<[string, object]>([
    ["API_KEY", { services: ["core", "api"], jobs: [], databaseRole: "", serviceRestarts: ["core", "api"] }],
    ["TOKEN", { services: ["api", "later"], jobs: [], databaseRole: "", serviceRestarts: ["api"] }],
    ["JOB_KEY", { services: [], jobs: ["report"], databaseRole: "", serviceRestarts: [] }],
    ["SPARE", { services: [], jobs: [], databaseRole: "", serviceRestarts: [] }],
    ["DB_PASSWORD", { services: ["api"], jobs: [], databaseRole: "shop", serviceRestarts: ["api"] }],
    ["POSTGRES_PASSWORD", { services: [], jobs: [], databaseRole: "postgres", serviceRestarts: [] }],
  ])("%s: who has it, what is needed by others first", (name, expected) => {
    expect(uses(name)).toEqual(expected);
  });

  test("changes nothing, and people read it too", () => {
    expect(host.run("bin/secret", "uses", "API_KEY").stdout).toBe(
      "services: core api\njobs: \npassword of: \nrestarts: core api\n",
    );
    expect(restarted()).toEqual([]);
  });
});

describe("a new value", () => {
  test("reaches every service that has it, one after the other, and nothing else changes", () => {
    store("API_KEY", "new-key");
    // A value that somebody stored and nobody took up is none of its business.
    store("TOKEN", "new-token");
    const { code, report } = takeUp("API_KEY");
    expect(report).toEqual({
      name: "API_KEY",
      by: "ada",
      result: "taken up",
      reason: "",
      databaseRole: "",
      restarted: ["api", "core"],
      holder: "",
    });
    expect(code).toBe(0);
    expect(restarted()).toEqual(["core", "api"]);
    expect(variables("core")).toBe("API_KEY='new-key'\nAPI_KEYS='new-key'\n");
    expect(variables("api")).toContain("API_KEY='new-key'");
    expect(variables("api")).toContain("TOKEN='old-TOKEN'");
    expect(host.calls("aws").filter((call) => call.includes("put-"))).toEqual([]);
  });

  test("that no service has restarts nothing", () => {
    store("SPARE", "new-key");
    expect(takeUp("SPARE")).toMatchObject({ code: 0, report: { result: "taken up", restarted: [] } });
    expect(restarted()).toEqual([]);
  });

  test("that a job alone has is there for its next run", () => {
    store("JOB_KEY", "new-key");
    expect(takeUp("JOB_KEY")).toMatchObject({ code: 0, report: { result: "taken up", restarted: [] } });
    expect(variables("job-report")).toBe("JOB_KEY='new-key'\n");
    expect(restarted()).toEqual([]);
  });

  test("with quotes survives the way into the files and back", () => {
    store("API_KEY", `it's "a" \\ $HOME\n`);
    expect(takeUp("API_KEY").code).toBe(0);
    store("TOKEN", "new-token");
    expect(takeUp("TOKEN").code).toBe(0);
    expect(variables("core")).toContain(`API_KEY='it\\'s "a" \\ $HOME'`);
  });

  test("a service without a container gets it when it starts", () => {
    store("TOKEN", "new-token");
    expect(takeUp("TOKEN").report.restarted).toEqual(["api"]);
    expect(variables("later")).toBe("TOKEN='new-token'\n");
  });
});

describe("goes back", () => {
  test.each(["core", "api"])("when %s does not get well with it", (sick) => {
    const before = [variables("api"), variables("core")];
    store("API_KEY", "new-key");
    host.write("sick", `${sick}\n`);
    const { code, report, said } = takeUp("API_KEY");
    expect([code, report.result]).toEqual([1, "taken back"]);
    expect(report.reason).toContain(`restarting ${sick} failed: not every container runs`);
    expect(said).toContain(`restarting ${sick} with the value before`);
    expect([variables("api"), variables("core")]).toEqual(before);
    expect(host.read(`containers/shop-${sick}`)).toBe("running healthy\n");
  });

  test("when a service falls over right after its first answers", () => {
    store("API_KEY", "new-key");
    host.standIn(
      "sleep",
      'if grep -q new "$root/run/shop/env/api.env"; then echo "restarting" >"$root/containers/shop-core"; fi',
    );
    const { code, report } = takeUp("API_KEY");
    expect([code, report.result]).toEqual([1, "taken back"]);
    expect(report.reason).toContain("watching core api failed: core is restarting");
  });
});

describe("changes nothing", () => {
  test.each<[string, () => void, string]>([
    ["that AWS does not tell", () => host.write("aws/fails", "secret/API_KEY"), "could not be read from ssm"],
    ["that is empty", () => store("API_KEY", ""), "the new value of API_KEY is empty"],
    ["that no container could be handed", () => store("API_KEY", "a\nb"), "cannot be handed to a container"],
  ])("for a value %s", (_, spoil, message) => {
    const before = variables("core");
    spoil();
    const { code, report } = takeUp("API_KEY");
    expect([code, report.result]).toEqual([1, "failed"]);
    expect(report.reason).toContain(message);
    expect(report.reason).toContain("nothing was changed");
    expect(restarted()).toEqual([]);
    expect(variables("core")).toBe(before);
  });

  test("for a version that is not the one that was asked for", () => {
    store("API_KEY", "new-key");
    const before = variables("core");
    const { code, report } = takeUp("API_KEY", "--version", "2");
    expect([code, report.result]).toEqual([1, "failed"]);
    expect(report.reason).toContain(
      "the store holds version 3 of API_KEY, not 2: somebody else has written it meanwhile",
    );
    expect([restarted(), variables("core")]).toEqual([[], before]);
    expect(takeUp("API_KEY", "--version", "3").report.result).toBe("taken up");
  });

  test("while somebody else is at work, whom it names, with 75", () => {
    host.standIn("flock", "exit 1");
    host.write(path.join(host.runDir, "deploy.lock"), "deploy r1 by bob: hurry, process 7, since now\n");
    expect(takeUp("API_KEY")).toMatchObject({
      code: 75,
      report: { result: "refused", holder: "deploy r1 by bob: hurry, process 7, since now" },
    });
    expect(restarted()).toEqual([]);
  });
});

test("the lock says who is at work", () => {
  host.standIn("docker", `cp "$root/run/shop/deploy.lock" "$root/seen" 2>/dev/null\n${DOCKER}`);
  takeUp("API_KEY");
  expect(host.read("seen")).toMatch(/^secret API_KEY by ada, process \d+, since 2/);
});

test.each<[string[], string]>([
  [[], "unknown command: "],
  [["rotate", "API_KEY"], "unknown command: rotate"],
  [["uses"], "which secret?"],
  [["uses", "NOPE"], 'there is no secret "NOPE"; there are: API_KEY DB_PASSWORD JOB_KEY POSTGRES_PASSWORD SPARE TOKEN'],
  [["take-up", "API_KEY"], "take-up needs --by"],
  [["take-up", "API_KEY", "TOKEN", "--by", "ada"], "one secret at a time"],
  [["take-up", "API_KEY", "--by", "a\nb"], "--by belongs to take-up"],
  [["take-up", "API_KEY", "--by", "ada", "--version", "1;2"], "--version belongs to take-up"],
  [["uses", "API_KEY", "--by", "ada"], "--by belongs to take-up"],
  [["uses", "API_KEY", "--all"], "unknown option: --all"],
])("%j is wrong usage", (args, message) => {
  const { status, lines } = host.run("bin/secret", ...args);
  expect([status, lines[0]]).toEqual([2, expect.stringContaining(message)]);
  expect(host.calls()).toEqual([]);
});
