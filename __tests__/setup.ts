/** Runs before each test file. */
import { expect } from "vitest";
import { turnOffCreationTraces } from "../modules/terraform/creation-traces";
import { matchers } from "./helpers/matchers";

turnOffCreationTraces();
expect.extend(matchers);
