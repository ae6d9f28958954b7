#!/bin/bash
# Runs every fuzz target of a list for some seconds. The corpus grows in build/corpus/TARGET from run to run; an input
# that fails is kept in build/found/.  Usage: tools/fuzz.sh LIST SECONDS
set -euo pipefail
list=$1
seconds=$2
mkdir -p build/found
failed=()
while read -r program; do
  name=${program##*/}
  corpus=build/corpus/$name
  mkdir -p "$corpus"
  echo "== $name for $seconds s"
  "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 \
    -artifact_prefix="build/found/$name-" "$corpus" || failed+=("$name")
done <"$list"
if ((${#failed[@]})); then
  echo "fuzz: ${failed[*]} failed; the inputs are in build/found/" >&2
  exit 1
fi
