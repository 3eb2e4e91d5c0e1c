# shellcheck shell=bash
# words <file>: how many words a file has.
words() {
  wc -w <"$1" | tr -d ' '
}
