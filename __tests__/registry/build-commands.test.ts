import { expect, test } from "vitest";
import { buildCommands } from "../../modules/registry/build-commands";
import { built, referenced, serviceWith } from "./services";

test("one command line for each service that is built, with folder, Dockerfile and stage", () => {
  const services = {
    api: built("api"),
    worker: built(),
    plain: serviceWith({ build: { context: ".", dockerfile: "Dockerfile" } }),
    auth: referenced("registry.example.com/auth:1"),
  };
  expect(buildCommands(services)).toEqual({
    api: "docker build --file docker/Dockerfile.prod --target api --tag <repository>:<git sha> backend",
    worker: "docker build --file docker/Dockerfile.prod --tag <repository>:<git sha> backend",
    plain: "docker build --file Dockerfile --tag <repository>:<git sha> .",
  });
});

test("nothing to build, no command", () => {
  expect(buildCommands({ auth: referenced("registry.example.com/auth:1") })).toEqual({});
});
