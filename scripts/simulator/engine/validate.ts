/** Checks that every provider makes, whatever the type. */
import type { Diagnostic, Obj } from "../contract";
import { type Block, isComputedOnly } from "../schema/types";
import { DUMMY_KEY } from "../credentials";
import { error } from "./diagnostics";
import { elements } from "./paths";

/** Terraform leaves it to the provider to refuse a value for what only the provider sets. */
export function unconfigurable(block: Block, config: Obj, path: (string | number)[] = []): Diagnostic[] {
  const own = block.attributes
    .filter((a) => isComputedOnly(a) && (config[a.name] ?? null) !== null)
    .map((a) => {
      const at = [...path, a.name];
      return error(
        "Value for unconfigurable attribute",
        `Can't configure a value for "${at.join(".")}": its value will be decided automatically based on the result of applying this configuration.`,
        at,
      );
    });
  const inner = block.blocks.flatMap((nested) =>
    elements(config[nested.name]).flatMap((element, i) =>
      unconfigurable(
        nested.block,
        element,
        nested.nesting === "single" ? [...path, nested.name] : [...path, nested.name, i],
      ),
    ),
  );
  return [...own, ...inner];
}

/** Keys in a provider block would sit in a configuration that is about to be played with: refused before anything runs. */
export function realCredentialsInConfig(config: Obj): Diagnostic[] {
  return ["access_key", "secret_key", "token"]
    .filter((name) => typeof config[name] === "string" && config[name] !== "" && config[name] !== DUMMY_KEY)
    .map((name) =>
      error(
        "Real credentials in a simulated run",
        `The provider block sets ${name}. The simulated AWS takes no credentials; remove it, and give credentials through the environment of real runs only.`,
        [name],
      ),
    );
}
