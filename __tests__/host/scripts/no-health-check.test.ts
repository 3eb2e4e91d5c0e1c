import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DOCKER_STAND_IN } from "../../helpers/docker-stand-in";
import { ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost();
  for (const folder of ["env", "secrets"]) host.write(`run/shop/${folder}/.keep`, "");
  host.write("opt/shop/images.env", "IMAGE_API='api:1'\nIMAGE_WEB='web:1'\n");
});
afterEach(() => host.remove());

describe("a service of an image that says HEALTHCHECK NONE, which Compose 2 does not wait for", () => {
  const compose = (says: string, api = "running starting") => {
    const states = `case $name in web) state=running ;; api) state="${api}" ;; *) state="running healthy" ;; esac`;
    const fails = `if [[ "$*" == *" web"* ]]; then echo "${says}" >&2; exit 1; fi`;
    host.standIn(
      "docker",
      DOCKER_STAND_IN.replace('state="running healthy"', states).replace('exit "$((failed + 0))"', fails),
    );
  };
  const NO_CHECK = "container shop-web has no healthcheck configured";
  /** In which the health checks of the others have an answer. */
  const passes = (state: string) =>
    host.standIn("sleep", `sed --in-place 's/running starting/${state}/' "$root"/containers/*`);

  test("is well when it runs and the others get healthy", () => {
    compose(NO_CHECK);
    passes("running healthy");
    const { status, lines } = host.run("libexec/start");
    expect([status, lines]).toEqual([0, expect.arrayContaining([NO_CHECK])]);
    expect(host.calls("sleep").length).toBeGreaterThan(0);
  });

  test("is not well when another one gets unhealthy", () => {
    compose(NO_CHECK);
    passes("running unhealthy");
    const { status, lines } = host.run("libexec/start");
    expect([status, lines]).toEqual([3, expect.arrayContaining(["start: api is running unhealthy"])]);
  });

  test("other failures of Compose stay failures", () => {
    compose("the network is gone", "running healthy");
    expect(host.run("libexec/start")).toMatchObject({
      status: 3,
      lines: expect.arrayContaining(["the network is gone"]),
    });
  });
});
