import { Fn, Op, Token } from "cdktf";

/**
 * A share of a number, rounded down: of a plain one at once, of a reference by Terraform.
 *
 * @param factor such as 0.8
 */
export const share = (of: number, factor: number): number =>
  Token.isUnresolved(of) ? Token.asNumber(Fn.floor(Token.asNumber(Op.mul(of, factor)))) : Math.floor(of * factor);
