import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DOCKER_STAND_IN } from "../../helpers/docker-stand-in";
import { API_2, image, imagesFile, ReleaseHost, reportOf, WHO } from "../../helpers/release-host";

/** Containers that Compose leaves at the first image. */
const STUCK = 'printf "%s\\n%s\\n" "$state" "${image//@sha256:2*/@sha256:$(printf 1%.0s {1..64})}"';

/** "timeout", when the time of a call is over. */
const WITHOUT_END =
  'while [[ "$1" == --* ]]; do shift; done; shift; if [[ "$*" == *"CALL"* ]]; then exit 124; fi; "$@"';

let host: ReleaseHost;
beforeEach(() => {
  host = new ReleaseHost();
});
afterEach(() => host.remove());

describe("a deploy", () => {
  test("runs the named image, keeps the others, writes last what is released, and reports", () => {
    const ran = host.deploy("--message", "two", API_2);
    expect(ran.status, ran.lines.join("\n")).toBe(0);
    expect(reportOf(ran)).toEqual({
      id: "r2",
      action: "deploy",
      by: "ada",
      message: "two",
      startedAt: expect.stringMatching(/^20.*Z$/),
      seconds: expect.any(Number),
      result: "released",
      reason: "",
      images: {
        api: { before: image("api", 1), after: image("api", 2) },
        web: { before: image("web", 1), after: image("web", 1) },
      },
      backup: "20260101T000000Z",
      jobs: ["migrate"],
      holder: "",
    });
    expect(host.parameters()).toEqual([image("api", 2), image("web", 1)]);
    expect(host.read("opt/shop/images.env")).toBe(imagesFile(2, 1));
    expect(host.read("opt/shop/images.previous.env")).toBe(imagesFile(1, 1));
    expect(host.history()).toEqual([reportOf(ran)]);
  });

  test("goes in its order: pull, backup, job, services, smoke, and only then the parameter", () => {
    host.deploy(API_2);
    const order = host.calls().flatMap((call) => /put-parameter|^docker pull|(?<= )(?:run|up) /.exec(call)?.[0] ?? []);
    const first = (word: string) => order.findIndex((found) => found.includes(word));
    expect(first("pull")).toBeLessThan(first("run"));
    expect(first("run")).toBeLessThan(order.lastIndexOf("up "));
    expect(order.at(-1)).toBe("put-parameter");
    expect(host.read("programs")).toBe("backup now --reason before release r2\nsmoke --release --json\n");
    expect(host.calls("aws").filter((call) => call.includes("put-parameter"))).toHaveLength(1);
  });

  test("for people it says the same in words", () => {
    const { stdout } = host.run("bin/release", "deploy", "--id", "r2", "--by", "ada", API_2);
    expect(stdout).toMatch(/^deploy r2: released after \d+ s\n/);
    expect(stdout).toContain(`  api: ${image("api", 1)} -> ${image("api", 2)}\n`);
    expect(stdout).toContain("  backup: 20260101T000000Z\n  jobs: migrate\n");
    expect(host.run("bin/release", "history").stdout).toContain("released  deploy r2 by ada\n");
  });

  test("makes no backup when no job is due, and none when that is asked for", () => {
    expect(reportOf(host.deploy(`web=${image("web", 2)}`))).toMatchObject({ backup: "", jobs: [], result: "released" });
    expect(reportOf(host.deploy("--no-backup", API_2))).toMatchObject({ backup: "", jobs: ["migrate"] });
    expect(host.read("programs")).not.toContain("backup");
  });

  test("a job that runs once does so when all is well, until it has succeeded; then its marker is there", () => {
    fs.rmSync(path.join(host.dataDir, ".tierstack/once/admin"));
    host.write("bad-jobs", "job-admin\n");
    const failed = host.deploy(API_2);
    expect(failed.status).toBe(1);
    expect(reportOf(failed)).toMatchObject({ result: "taken back", jobs: ["migrate"] });
    expect(reportOf(failed).reason).toContain(`job-admin failed in ${image("api", 2)};`);
    expect(reportOf(failed).reason).not.toContain("running job-admin");
    expect(host.changed()).toEqual([]);
    expect(host.has("opt/shop/.admin-made")).toBe(false);
    host.write("bad-jobs", "");
    expect(reportOf(host.deploy(API_2))).toMatchObject({ result: "released", jobs: ["admin"] });
    expect(host.has("opt/shop/.admin-made")).toBe(true);
    expect(reportOf(host.deploy(`api=${image("api", 3)}`)).jobs).toEqual(["migrate"]);
  });

  test("a replaced host gets the marker of what has run, and does not run it", () => {
    host.run("libexec/start");
    expect(host.has("opt/shop/.admin-made")).toBe(true);
    expect(host.calls("docker").join("\n")).not.toContain("job-admin");
  });

  test("of a job that writes without an end the beginning and the last lines are kept, and the rest does not fill memory", () => {
    const lines = 'yes "a line of the job" | head -n 40000; echo "the last line of the job"';
    host.standIn("docker", DOCKER_STAND_IN.replace('case "$*" in', `case "$*" in *" run "*job-migrate) ${lines} ;;`));
    const ran = host.deploy(API_2);
    const said = ran.lines.join("\n");
    expect([ran.status, reportOf(ran).result]).toEqual([0, "released"]);
    expect(said.length).toBeGreaterThan(580_000);
    expect(said.length).toBeLessThan(600_000);
    expect(said).toContain("release: running job-migrate");
    expect(said).toContain("the last line of the job");
  });

  test("removes what releases have left whose caller was killed, and not what one has that is just asked for", () => {
    for (const name of ["old", "new"]) host.write(`run/shop/.release.${name}/log`, "");
    fs.utimesSync(path.join(host.runDir, ".release.old"), new Date(0), new Date(0));
    host.deploy(API_2);
    expect(fs.readdirSync(host.runDir).filter((name) => name.startsWith(".release."))).toEqual([".release.new"]);
  });

  test("a unit that failed at boot is started, outside of its lock", () => {
    host.standIn(
      "systemctl",
      'case "$1" in is-active) exit 3 ;; start) flock --nonblock "$root/run/shop/deploy.lock" touch "$root/free" ;; esac',
    );
    expect(host.deploy(API_2).status).toBe(0);
    expect(host.calls("systemctl").slice(-2)).toEqual([
      "systemctl reset-failed shop.service",
      "systemctl start --no-block shop.service",
    ]);
    expect(host.has("free")).toBe(true);
  });
});

describe("the first release of a service", () => {
  beforeEach(() => {
    host.write("opt/shop/images.env", `IMAGE_API='${image("api", 1)}'\n`);
    host.released("web", "none");
  });

  test("is a release like another", () => {
    expect(reportOf(host.deploy(`web=${image("web", 1)}`))).toMatchObject({
      result: "released",
      images: { web: { before: "", after: image("web", 1) } },
    });
    expect(host.parameters()[1]).toBe(image("web", 1));
  });

  test("leaves no container when it is taken back", () => {
    host.write("bad", `${image("web", 1)}\n`);
    const ran = host.deploy(`web=${image("web", 1)}`);
    expect([ran.status, reportOf(ran).result]).toEqual([1, "taken back"]);
    expect(host.has("containers/shop-web")).toBe(false);
    expect(host.parameters()[1]).toBe("none");
  });
});

describe("a deploy that fails", () => {
  test.each<[string, () => void, string, string]>([
    [
      "its image cannot be pulled",
      () => host.write("unreachable", `${image("api", 2)}\n`),
      "failed",
      "could not be pulled",
    ],
    [
      "the backup fails",
      () => host.program("backup", "echo 'the bucket is away' >&2; exit 1"),
      "failed",
      "no backup before job-migrate: the bucket is away",
    ],
    [
      "its image takes too long",
      () => host.standIn("timeout", WITHOUT_END.replace("CALL", "docker pull")),
      "failed",
      "could not be pulled within 30 minutes",
    ],
    [
      "the backup takes too long",
      () => host.standIn("timeout", WITHOUT_END.replace("CALL", "bin/backup")),
      "failed",
      "no backup before job-migrate: it took longer than 6 hours",
    ],
    [
      "its smoke test does not come to its end",
      () => host.program("smoke", "exit 127"),
      "taken back",
      "the smoke test did not come to its end: status 127",
    ],
    ["its smoke test gives no answer", () => host.program("smoke", "exit 3"), "taken back", "gave no answer"],
    ["its job fails", () => host.write("bad-jobs", "job-migrate\n"), "failed", "job-migrate failed in"],
    [
      "AWS does not tell what is released",
      () => host.write("aws/fails", "get-parameter"),
      "failed",
      "AWS does not tell",
    ],
    [
      "its service is unwell",
      () => host.write("bad", `${image("api", 2)}\n`),
      "taken back",
      "api is running unhealthy",
    ],
    [
      "its service still runs another image",
      () => host.standIn("docker", DOCKER_STAND_IN.replace('printf \'%s\\n%s\\n\' "$state" "$image"', STUCK)),
      "taken back",
      `api runs ${image("api", 1)} in place of ${image("api", 2)}`,
    ],
    [
      "its smoke test fails",
      () =>
        host.program("smoke", `echo '{"checks":[{"name":"sign-in","result":"failed","detail":"refused"}]}'; exit 1`),
      "taken back",
      "the smoke test failed: sign-in: refused",
    ],
    [
      "AWS does not take what is released",
      () => host.write("aws/fails", "put-parameter"),
      "taken back",
      "AWS does not take",
    ],
  ])("when %s, the images before run with status 1, and nothing else is released", (_, spoil, result, reason) => {
    spoil();
    const ran = host.deploy(API_2);
    expect([ran.status, reportOf(ran).result], ran.lines.join("\n")).toEqual([1, result]);
    expect(reportOf(ran).reason).toContain(reason);
    expect(host.changed()).toEqual([]);
    expect(host.read("opt/shop/data/.tierstack/jobs-done")).toContain(image("api", 1));
    const started = host.calls("docker").some((call) => / up .*api/.test(call));
    expect(started).toBe(result === "taken back");
    expect(host.history().map(({ id }) => id)).toEqual(["r2"]);
  });

  test("half-way through what is released, the first parameter is written back", () => {
    host.write("aws/fails", "image/web --value");
    const ran = host.deploy(API_2, `web=${image("web", 2)}`);
    expect([ran.status, reportOf(ran).result]).toEqual([1, "taken back"]);
    expect(reportOf(ran).reason).toBe("AWS does not take which image of web is released");
    expect(host.calls("aws").filter((call) => /put-parameter .*image\/api/.test(call))).toHaveLength(2);
    expect(host.changed()).toEqual([]);
    expect(host.running()[1]).toContain(image("web", 1));
  });

  test("says so with status 3 when the images before are not well either", () => {
    host.write("bad", `${image("api", 2)}\n${image("api", 1)}\n`);
    const ran = host.deploy(API_2);
    expect([ran.status, reportOf(ran).result]).toEqual([3, "failed"]);
    expect(reportOf(ran).reason).toContain("and the images before are not well: api is running unhealthy");
    expect(host.parameters()).toEqual([image("api", 1), image("web", 1)]);
  });

  test("a smoke test that could not tell is said, and takes nothing back", () => {
    host.program("smoke", `echo '{"checks":[{"name":"backup","result":"unknown","detail":"none yet"}]}'; exit 3`);
    const ran = host.deploy(API_2);
    expect(ran.status).toBe(0);
    expect(reportOf(ran).reason).toBe("the smoke test could not tell: backup: none yet");
  });
});

describe("what is refused with 2 before anything is touched", () => {
  test.each([
    [[], 'deploy, rollback, history, job or maintenance, not ""'],
    [["deploy", API_2], "deploy needs --id and --by"],
    [["deploy", ...WHO], "which images?"],
    [["deploy", ...WHO, "api"], '"api" is not SERVICE=IMAGE'],
    [["deploy", ...WHO, `db=${image("db", 1)}`], 'there is no service "db"; choose one of: api web'],
    [["deploy", ...WHO, API_2, API_2], "api is named twice"],
    [["deploy", ...WHO, "api=ghcr.io/shop/api:2"], "api needs an image with its digest"],
    [["deploy", ...WHO, `api=x'y@sha256:${"0".repeat(64)}`], "api needs an image with its digest"],
    [["deploy", ...WHO, "--to", "r1", API_2], "unknown option: --to"],
    [["deploy", "--id", "a b", "--by", "ada", API_2], "--id is up to 64"],
    [["deploy", "--id", "r2", "--by", "a\nb", API_2], "--by is one line"],
    [["deploy", API_2, "--id"], "--id needs a value"],
    [["rollback", ...WHO, API_2], "rollback takes no images"],
    [["history", "--count", "51"], "--count is a number up to 50"],
    [["job"], "job takes the name of one job"],
  ])("%j", (args, message) => {
    const { status, lines: said } = host.run("bin/release", ...args);
    expect([status, said[0]]).toEqual([2, expect.stringContaining(message)]);
    expect(host.calls()).toEqual([]);
  });

  test("with a report, for who reads JSON", () => {
    const ran = host.deploy(`db=${image("db", 1)}`);
    expect([ran.status, reportOf(ran)]).toMatchObject([
      2,
      {
        id: "r2",
        result: "refused",
        reason: 'there is no service "db"; choose one of: api web',
        images: {},
        holder: "",
      },
    ]);
  });
});
