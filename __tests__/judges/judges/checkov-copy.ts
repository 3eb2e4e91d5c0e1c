/** The copy of a stack that checkov can read. */

type StackDocument = Record<string, unknown>;

/**
 * A copy without what stops checkov's Terraform JSON parser, and nothing else: `terraform.required_version`, which it
 * takes for a block, and top-level lists such as `moved`, `removed` and `import`. With them it reports a parsing error
 * and judges nothing.
 */
export function readableByCheckov(stack: StackDocument): StackDocument {
  const copy = Object.fromEntries(Object.entries(stack).filter(([, value]) => !Array.isArray(value)));
  const terraform = copy.terraform as StackDocument | undefined;
  if (terraform) {
    const { required_version: _crashes, ...rest } = terraform;
    copy.terraform = rest;
  }
  return copy;
}
