import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMANDS as TABLE } from "../../scripts/commands/table";
import { run } from "../../scripts/lib/process";
import { filesIn } from "../helpers/folders";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";

let project: ProjectCopy;
beforeAll(async () => void (project = await copyProject("tiers")), 120_000);
afterAll(() => project.remove());

/** Lines of a stack trace, which no user's mistake may print. */
const STACK_TRACE = /^\s+at .*:\d+/m;

const COMMANDS = TABLE.map(({ name }) => name);
/** Those that hand the terminal to a person. */
const WITHOUT_JSON = ["exec", "tunnel"];

describe("help", () => {
  test("lists every command and the exit codes", async () => {
    const { code, stdout } = await project.tiers(["--help"]);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(stdout).toContain("2  wrong usage or input, or a required tool is missing; nothing was changed");
  });

  test.each(COMMANDS)("of %s shows an example that starts with a command that exists", async (command) => {
    const { code, stdout } = await project.tiers([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Example:\n {2}(tiers|npm run) /);
    expect(stdout.includes("--json")).toBe(!WITHOUT_JSON.includes(command));
  });

  test("without a command is shown too, and counts as wrong usage", async () => {
    const { code, stderr } = await project.tiers([]);
    expect([code, stderr.startsWith("Usage: tiers")]).toEqual([2, true]);
  });

  test("loads no command's code", async () => {
    const entry = path.join(project.root, "dist", "scripts", "tiers.js");
    const program = `process.argv.push("--help"); process.on("exit", () => console.error(Object.keys(require.cache).join("\\n")));
      require(${JSON.stringify(entry)})`;
    const { stderr } = await run(process.execPath, ["-e", program], { env: process.env });
    const loaded = stderr.split("\n").filter((file) => file.includes(`${path.sep}dist${path.sep}`));
    expect(loaded.map((file) => path.relative(path.join(project.root, "dist", "scripts"), file)).sort()).toEqual([
      "../modules/terraform/project-root.js",
      "commands/table.js",
      "lib/errors.js",
      "lib/paths.js",
      "lib/process.js",
      "tiers.js",
    ]);
  });

  test("the version is the package's", async () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(project.root, "package.json"), "utf8")) as {
      version: string;
    };
    expect((await project.tiers(["--version"])).stdout.trim()).toBe(version);
  });
});

describe("wrong usage ends with exit code 2, one clear message and no stack trace", () => {
  test.each([
    ["an unknown command", ["chek"], "Did you mean check?"],
    ["an unknown option", ["check", "--jsn"], "Did you mean --json?"],
    ["a missing argument", ["simulate"], "missing required argument 'stack'"],
    ["a value that is not allowed", ["simulate", "mvp", "--state", "gcs"], "Allowed choices are local, s3"],
    [
      "an unknown stack to simulate",
      ["simulate", "mvq"],
      `There is no stack "mvq"; stacks: mvp, rex-all-in-one, fastapi-ec2; did you mean "mvp"?`,
    ],
    ["an unknown stack to tear down", ["teardown", "prod", "--yes"], `There is no stack "prod"; stacks: mvp, `],
    ["an unknown stack for the quickstart", ["quickstart", "prod"], `There is no stack "prod"`],
    ["a fixtures file that is not there", ["simulate", "mvp", "--fixtures", "none.json"], "none.json does not exist."],
    ["a fixtures file that is no JSON", ["simulate", "mvp", "--fixtures", "main.ts"], "main.ts is not valid JSON"],
    [
      "a directory that is no stack",
      ["teardown", "mvp", "--yes", "--directory", "/tmp"],
      "/tmp is not a synthesized stack",
    ],
    ["init without answers", ["init", "--yes", "--name", "shop"], "With --yes, also give --region, --service."],
    ["init without a terminal", ["init"], "Nobody can answer: standard input is no terminal."],
    [
      "a service that is not understood",
      ["init", "--yes", "--service", "api:http"],
      `The service "api:http" is not understood`,
    ],
  ])("%s", async (_what, args, message) => {
    const { code, stderr, stdout } = await project.tiers(args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  test("a wrong TIERS_STATE", async () => {
    const { code, stderr } = await project.tiers(["check"], { TIERS_STATE: "gs://x" });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`TIERS_STATE is "gs://x"; allowed: "local" or "s3://<bucket>`),
    ]);
    expect(stderr).not.toMatch(STACK_TRACE);
  });
});

describe("failures that are nobody's wrong usage", () => {
  test.each([
    ["simulate", ["simulate", "mvp"]],
    ["quickstart", ["quickstart"]],
  ])("without Terraform, %s says how to get it before anything is begun", async (_what, args) => {
    const before = filesIn(project.root);
    const { code, stdout, stderr } = await project.tiers(args, { PATH: "/nowhere" });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/error: (npm is missing.*\n.*\n.*\n)?terraform is missing; needs 1\.11\.0 or later\.\n/);
    expect(stderr).toContain("  macOS: brew install hashicorp/tap/terraform\n");
    expect(stderr.match(/^ {2}ok /gm)).toBeNull();
    expect(stderr).not.toMatch(STACK_TRACE);
    expect(filesIn(project.root)).toEqual(before);
    expect(fs.existsSync(path.join(project.root, ".simulated"))).toBe(false);
  });

  test("a Terraform that TERRAFORM_BINARY_NAME names in vain is told by that name", async () => {
    const { code, stderr } = await project.tiers(["simulate", "mvp"], { TERRAFORM_BINARY_NAME: "tofu-none" });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`error: terraform (TERRAFORM_BINARY_NAME is "tofu-none") is missing;`),
    ]);
  });

  test("a fault of the program is one line, and its details come on demand", async () => {
    const broken = path.join(project.root, "dist", "scripts", "commands", "stack-summary.js");
    const source = fs.readFileSync(broken, "utf8");
    fs.writeFileSync(broken, "exports.summarize = () => { throw new TypeError('planted fault\\nsecond line') }");
    try {
      const plain = await project.tiers(["check"]);
      expect([plain.code, plain.stderr]).toEqual([
        1,
        "error: planted fault\nThis is a fault of tiers; set TIERS_DEBUG=1 for details.\n",
      ]);
      expect((await project.tiers(["check"], { TIERS_DEBUG: "1" })).stderr).toMatch(STACK_TRACE);
    } finally {
      fs.writeFileSync(broken, source);
    }
  });
});

describe("check", () => {
  test("shows each stack's tier, environment, region, resources, state and names, and writes nothing", async () => {
    const before = filesIn(project.root).filter((file) => !file.startsWith("dist"));
    const { code, stdout } = await project.tiers(["check"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^mvp\n {2}app +webrana\n {2}tier +mvp\n {2}environment +production\n {2}region +ap-southeast-1\n/,
    );
    expect(stdout).toMatch(/resources +\d+ blocks of \d\d types, \d data sources?\n/);
    expect(stdout).toContain("terraform.mvp.tfstate in the project's root (local file)");
    expect(stdout).toContain("webrana-mvp-*, webrana/mvp/*");
    expect(filesIn(project.root).filter((file) => !file.startsWith("dist"))).toEqual(before);
  });

  test("tells bucket, key, encryption and lock of a state in S3", async () => {
    const { stdout } = await project.tiers(["check", "--json"], { TIERS_STATE: "s3://states?region=eu-west-1" });
    const { ok, stacks } = JSON.parse(stdout) as {
      ok: boolean;
      stacks: { id: string; backend: object; names: { physical: object } }[];
    };
    expect(ok).toBe(true);
    const backend = {
      type: "s3",
      bucket: "states",
      key: "webrana/mvp.tfstate",
      region: "eu-west-1",
      encrypt: true,
      lock: true,
    };
    expect(stacks[0]).toMatchObject({ id: "mvp", backend });
    expect(stacks[0]?.names.physical).toMatchObject({ "aws_vpc.network_vpc": expect.stringContaining("webrana-mvp") });
  });

  test("works from any folder", async () => {
    expect((await project.tiers(["check"], {}, "/")).code).toBe(0);
  });
});

describe("init, then check", () => {
  const SERVICES = ["--service", "api:8080", "--service", "web:3000=ghcr.io/acme/web:1.2", "--service", "mailer"];
  const SHOP = ["init", "--yes", "--name", "shop", "--region", "eu-central-1", "--domain", "shop.example", ...SERVICES];

  test("reports every mistake in one go and writes nothing", async () => {
    const before = filesIn(path.join(project.root, "apps"));
    const args = ["init", "--yes", "--name", "Shop!", "--region", "mars-1", "--service", "api:99999"];
    const { code, stderr } = await project.tiers(args);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: the new app: name is "Shop!"; allowed: `);
    for (const field of ["region is", "services.api.port is"]) expect(stderr).toContain(field);
    expect(filesIn(path.join(project.root, "apps"))).toEqual(before);
  });

  test("writes a file that compiles, lists the stack, and refuses to write it again", async () => {
    const written = await project.tiers(SHOP);
    expect(written.stderr).toBe("");
    expect(written.stdout).toContain("Wrote apps/shop.ts and listed it in apps/index.ts.");
    expect(written.stdout).toContain("simulate shop-mvp");

    const check = await project.tiers(["check", "--json"]);
    const { stacks } = JSON.parse(check.stdout) as { stacks: { id: string }[] };
    expect(stacks.map(({ id }) => id)).toEqual([
      "mvp",
      "rex-all-in-one",
      "fastapi-ec2",
      "shop-mvp",
      "fastapi-ci",
      "state",
    ]);

    const file = path.join(project.root, "apps", "shop.ts");
    const content = fs.readFileSync(file, "utf8");
    const again = await project.tiers(SHOP);
    expect([again.code, fs.readFileSync(file, "utf8")]).toEqual([2, content]);
    expect(again.stderr).not.toMatch(STACK_TRACE);
  });

  test("an app that does not compile is reported with the compiler's line, also the second time", async () => {
    const file = path.join(project.root, "apps", "shop.ts");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("port: 8080", `port: "8080"`));
    for (const _ of [1, 2]) {
      const { code, stderr } = await project.tiers(["check"]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/error: The project does not compile:\napps\/shop\.ts\(\d+,\d+\): error TS2322/);
    }
  });

  test("an app with a wrong value is a problem of its stack alone: check and synth fail, the other stack is written", async () => {
    const file = path.join(project.root, "apps", "shop.ts");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(`port: "8080"`, "port: 99999"));
    const check = await project.tiers(["check"]);
    expect([check.code, check.stdout]).toEqual([
      2,
      expect.stringMatching(/1 problem:\n {2}shop-mvp: services\.api\.port is 99999; allowed: /),
    ]);
    const synth = await project.tiers(["synth"]);
    const others = ["fastapi-ci", "fastapi-ec2", "mvp", "rex-all-in-one", "state"];
    expect([synth.code, synth.stdout]).toEqual([2, others.map((id) => `cdktf.out/stacks/${id}\n`).join("")]);
    expect(synth.stderr).toContain("services.api.port is 99999");
    expect(fs.readdirSync(path.join(project.root, "cdktf.out", "stacks"))).toEqual(others);
    const simulate = await project.tiers(["simulate", "shop-mvp"]);
    expect([simulate.code, simulate.stderr]).toEqual([2, expect.stringContaining("services.api.port is 99999")]);
  });
});

describe("synth", () => {
  test("keeps what Terraform left in a stack's directory and hides Terraform variables from the app", async () => {
    const directory = path.join(project.root, "cdktf.out", "stacks", "mvp");
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, ".terraform.lock.hcl"), "# lock");
    await project.tiers(["synth"], { TF_VAR_domain: "changed.example" });
    const first = fs.readFileSync(path.join(directory, "cdk.tf.json"), "utf8");
    expect(first).not.toContain("changed.example");
    expect(fs.readFileSync(path.join(directory, ".terraform.lock.hcl"), "utf8")).toBe("# lock");
    expect(fs.readdirSync(path.join(project.root, ".cache")).filter((name) => name.startsWith("synth-"))).toEqual([]);
  });
});
