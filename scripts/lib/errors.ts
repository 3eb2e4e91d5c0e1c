/**
 * A mistake that the user can mend: shown as its message alone, without a stack trace.
 *
 * Exit codes: 1 something failed, 2 bad usage or input, 3 could not be told.
 */
export class UserError extends Error {
  override readonly name = "UserError";

  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 3 = 1,
  ) {
    super(message);
  }
}
