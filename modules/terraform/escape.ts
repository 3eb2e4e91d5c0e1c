/**
 * Text that Terraform must hand on unchanged, such as a shell script or a Compose file. `${` and `%{` are doubled,
 * because Terraform reads them as templates; CDKTF's own references (`${TfToken[...]}`) stay as they are, so a text may
 * mix both. Dollar signs right before a reference become a literal of their own: `$${` would be read as an escape.
 */
export function literalText(text: string): string {
  return text.replace(/(\$+)(?=\$\{TfToken\[)|[$%]\{(?!TfToken\[)/g, (found, dollars?: string) =>
    dollars === undefined ? `${found[0]}${found}` : `\${"${dollars}"}`,
  );
}

/** The text that Terraform hands on for a literal: `$${` and `%%{` are its way to write `${` and `%{`. */
export const plainText = (literal: string): string => literal.replace(/([$%])\1\{/g, "$1{");
