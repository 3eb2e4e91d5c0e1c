/** The parts of the default app's stack. */
import { partsOf } from "../helpers/stack-parts";

export type { Block } from "../helpers/stack-parts";

export const { stack, file, services, secretsFile, defaultOf, resource } = partsOf("mvp");
