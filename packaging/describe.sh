#!/bin/sh
# describe.sh HOLTER DIRECTORY: has HOLTER print its manual, completions and settings, and lays them out below
# DIRECTORY as the manual and the shells want them: the program's own tables are where all of it comes from.
set -eu
holter=$1
out=$2

rm -rf "$out"
mkdir -p "$out/man" "$out/completions"
pages=$("$holter" manual --list)
for page in $pages; do
  "$holter" manual "$page" >"$out/page.scd"
  scdoc <"$out/page.scd" | gzip -9n >"$out/man/$page.1.gz"
  # What reads empty is an error of scdoc, which a pipe would hide.
  [ "$(gzip -dc "$out/man/$page.1.gz" | wc -l)" -gt 1 ] || { echo "describe.sh: scdoc refuses $page" >&2; exit 1; }
done
rm "$out/page.scd"
"$holter" completion bash >"$out/completions/holter"
"$holter" completion zsh >"$out/completions/_holter"
"$holter" completion fish >"$out/completions/holter.fish"
"$holter" config init - >"$out/holter.toml"
