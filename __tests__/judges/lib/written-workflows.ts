/** Workflows as `tiers ci` writes them: of every app that ships, and of two that between them use every option. */
import * as path from "node:path";
import { apps } from "../../../apps";
import { defineApp, resolveApps } from "../../../modules/spec";
import { compareFiles, type StackWithCi, workflowFiles, writeFiles } from "../../../scripts/ci";
import { emptyFolder } from "../../../scripts/lib/write";
import { plain, rich } from "../../ci/apps";
import type { Input } from "./types";
import { workspace } from "./workspace";

/** Writes them anew. */
export function writeWorkflows(): Input[] {
  emptyFolder(workspace.workflows);
  const { stacks } = resolveApps([...apps, defineApp(plain), defineApp(rich)]);
  const withCi = stacks.filter((stack): stack is StackWithCi => stack.app.ci !== undefined);
  return withCi.map((stack) => {
    const folder = path.join(workspace.workflows, stack.id);
    writeFiles(compareFiles(workflowFiles(stack, workspace.project.root), folder), folder);
    return { label: `workflows of ${stack.id}`, file: folder };
  });
}
