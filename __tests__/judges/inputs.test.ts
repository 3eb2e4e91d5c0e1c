import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { faults, sourceFaults } from "./faults";
import { block, changed, editShipped, nested, remove } from "./faults/plant";
import { readableByCheckov } from "./judges/checkov-copy";
import { composeFiles, rendered, variableNames } from "./lib/compose-file";
import { readExceptions } from "./lib/exceptions";
import { dockerfiles, shellScripts, sources, workflows } from "./lib/sources";
import { userDataOf } from "./lib/user-data";
import { workspace } from "./lib/workspace";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "judges-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe("the copy for checkov", () => {
  const stack = {
    terraform: { required_version: ">= 1.11", required_providers: { aws: {} }, backend: { local: { path: "a" } } },
    moved: [{ from: "a", to: "b" }],
    removed: [{ from: "c" }],
    resource: { aws_vpc: { a: { tags: ["kept"] } } },
    locals: { list: [1, 2] },
    output: {},
  };

  test("differs from the stack in the keys that stop its parser, and in nothing else", () => {
    const { required_version: _, ...terraform } = stack.terraform;
    const { moved: _moved, removed: _removed, ...rest } = stack;
    expect(readableByCheckov(stack)).toEqual({ ...rest, terraform });
  });

  test("leaves the stack itself alone", () => {
    const before = structuredClone(stack);
    readableByCheckov(stack);
    expect(stack).toEqual(before);
  });

  test("does not invent a terraform block", () => {
    expect(readableByCheckov({ resource: {} })).toEqual({ resource: {} });
  });
});

describe("the shipped Compose file", () => {
  test.each([
    ["$${TAG:?}", "${TAG:?}"],
    ["%%{http_code}", "%{http_code}"],
    ["${aws_ecr_repository.api.repository_url}:1", "placeholder.example.com/placeholder:1"],
    ["$$${x}", "$${x}"],
    ["plain $5", "plain $5"],
  ])("%s is rendered as %s", (text, expected) => {
    expect(rendered(text)).toBe(expected);
  });

  test("is found by its key among the files of a bucket", () => {
    const resource = {
      aws_s3_object: {
        compose: { key: "config/compose.yaml", content: "services: {}" },
        other: { key: "config/app.env", content: "" },
        archive: { key: "old/compose.yaml", source: "a.zip" },
      },
    };
    expect(composeFiles({ resource }).map(({ key }) => key)).toEqual(["config/compose.yaml"]);
  });

  test("names its variables once, without escaped dollar signs", () => {
    expect(variableNames("${B:?no b} $A ${A} $${C} $$D ${E-x}")).toEqual(["A", "B", "E"]);
  });
});

describe("the exceptions file", () => {
  const read = (text: string) => {
    const file = path.join(folder, "exceptions.yaml");
    fs.writeFileSync(file, text);
    return readExceptions(file);
  };
  const entry = "- judge: checkov\n  id: CKV_AWS_18\n  reason: the bucket is the log of itself\n";

  test("reads entries", () => {
    expect(read(entry)).toEqual([{ judge: "checkov", id: "CKV_AWS_18", reason: "the bucket is the log of itself" }]);
  });

  test("may be empty", () => {
    expect(read("# none\n")).toEqual([]);
  });

  test.each([
    ["no reason", "- judge: checkov\n  id: CKV_AWS_18\n", /reason/],
    ["a reason that says nothing", "- judge: checkov\n  id: CKV_AWS_18\n  reason: ok\n", /reason/],
    ["an unknown key", `${entry}  resource: x\n`, /resource/],
    ["the same twice", entry + entry, /checkov CKV_AWS_18 stands twice/],
  ])("refuses %s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("planted faults", () => {
  test("have unique names that are safe as folder names", () => {
    const names = [...faults, ...sourceFaults].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
  });

  test("each names at least one judge", () => {
    expect([...faults, ...sourceFaults].filter(({ reportedBy }) => Object.keys(reportedBy).length === 0)).toEqual([]);
  });

  test("cannot be planted into a stack that lacks their place", () => {
    const planted = faults.filter((fault) => {
      try {
        fault.plant({ resource: {} });
        return true;
      } catch {
        return false;
      }
    });
    expect(planted.map(({ name }) => name)).toEqual([]);
  });

  test("find a block by condition, and a nested one in either form", () => {
    const stack = { resource: { aws_vpc: { a: { n: 1, rule: [{ x: 1 }] }, b: { n: 2, rule: { x: 2 } } } } };
    expect(nested(block(stack, "aws_vpc"), "rule")).toEqual({ x: 1 });
    expect(
      nested(
        block(stack, "aws_vpc", ({ n }) => n === 2),
        "rule",
      ),
    ).toEqual({ x: 2 });
    expect(() => nested({}, "rule")).toThrow("there is no rule block");
    remove(stack, "aws_vpc");
    expect(() => block(stack, "aws_vpc")).toThrow("there is no fitting aws_vpc");
  });

  test("of a file that is shipped go into the first one that they fit", () => {
    const stack = {
      resource: {
        aws_s3_object: {
          a: { key: "a.service", content: "[Timer]" },
          b: { key: "b.service", content: "[Service]" },
        },
      },
    };
    editShipped(stack, ".service", (text) => text.replace("Service", "Servic"));
    expect(stack.resource.aws_s3_object).toMatchObject({ a: { content: "[Timer]" }, b: { content: "[Servic]" } });
    expect(() => editShipped(stack, ".timer", (text) => `${text}x`)).toThrow("changes nothing in 0 files");
  });

  test("of the samples fit them", () => {
    for (const fault of sourceFaults) {
      const sample = fs.readFileSync(path.join(workspace.samples, fault.file), "utf8");
      expect(() => changed(fault, sample), fault.name).not.toThrow();
    }
    const idle = { name: "idle", reportedBy: {}, file: "Dockerfile", change: (text: string) => text };
    expect(() => changed(idle, "FROM scratch")).toThrow("changes nothing in Dockerfile");
  });
});

describe("source files", () => {
  const root = path.join(folder, "sources");
  const put = (relative: string, text = ""): void => {
    fs.mkdirSync(path.dirname(path.join(root, relative)), { recursive: true });
    fs.writeFileSync(path.join(root, relative), text);
  };

  test("are told apart by name, and scripts without an extension by their first line", () => {
    for (const name of ["a.sh", "lib/b.bash", "Dockerfile", "x/Dockerfile.dev", "y/app.Dockerfile", "Dockerfiles/z"])
      put(name);
    for (const name of [".github/workflows/a.yml", "b/.github/workflows/c.yaml", ".github/other.yml"]) put(name);
    put("bin/direct", "#!/bin/bash\n");
    put("bin/through-env", "#!/usr/bin/env bash\n");
    put("bin/posix", "#! /bin/sh -e\n");
    put("bin/python", "#!/usr/bin/env python3\n# not bash\n");
    put("bin/mentions", "text\n#!/bin/bash\n");
    put("notes.txt", "#!/bin/bash\n");
    expect(sources(shellScripts, root)).toEqual(["a.sh", "bin/direct", "bin/posix", "bin/through-env", "lib/b.bash"]);
    expect(sources(dockerfiles, root)).toEqual(["Dockerfile", "x/Dockerfile.dev", "y/app.Dockerfile"]);
    expect(sources(workflows, root)).toEqual([".github/workflows/a.yml", "b/.github/workflows/c.yaml"]);
  });

  test("of the repository are what git knows or would take, without the samples", () => {
    const found = sources(shellScripts, workspace.project.root);
    expect(found).toEqual(expect.arrayContaining([".ci/run", "modules/host/files/loader.sh"]));
    expect(found.filter((file) => /^(node_modules|\.judges|__tests__\/judges\/samples)\//.test(file))).toEqual([]);
  });
});

describe("user data", () => {
  test("is that of every instance, as the host gets it", () => {
    const resource = {
      aws_instance: { a: { user_data: "#!/bin/bash\necho $${HOME} ${aws_vpc.main.id}" }, b: {} },
    };
    expect(userDataOf({ resource })).toEqual([
      { address: "aws_instance.a", text: "#!/bin/bash\necho ${HOME} placeholder.example.com/placeholder" },
    ]);
  });

  test.each<[string, string]>([
    ["aws_instance", "user_data_base64"],
    ["aws_launch_template", "user_data"],
  ])("in a form that is not read is refused: %s.%s", (type, argument) => {
    expect(() => userDataOf({ resource: { [type]: { a: { [argument]: "IyE=" } } } })).toThrow("cannot read it");
  });
});
