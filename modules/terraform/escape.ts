/**
 * Text that Terraform must hand on unchanged, such as a shell script or a Compose file. `${` and `%{` are doubled,
 * because Terraform reads them as templates; CDKTF's own references (`${TfToken[...]}`) stay as they are, so a text may
 * mix both.
 */
export function literalText(text: string): string {
  return text.replace(/[$%]\{(?!TfToken\[)/g, (start) => `${start[0]}${start}`);
}
