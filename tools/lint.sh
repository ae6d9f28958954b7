#!/bin/bash
# Slow checks of the code that no test runs: clang-format, clang-tidy, every header compiled alone, and g++ as a second
# opinion on syntax and warnings.  Usage: tools/lint.sh changed|all  (changed: against LINT_BASE, or main)
# Needs build/release to be configured (compile_commands.json).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
which=${1:-changed}
jobs=${JOBS:-$(nproc)}
status=0

if [[ $which == all ]]; then
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.cc' '*.h')
else
  base=$(git merge-base HEAD "${LINT_BASE:-main}" 2>/dev/null || git rev-parse HEAD)
  mapfile -t files < <({ git diff --name-only --diff-filter=d "$base" -- '*.cc' '*.h'
    git ls-files --others --exclude-standard -- '*.cc' '*.h'; } | sort -u)
fi
if ((${#files[@]} == 0)); then
  echo "lint: no changed .cc or .h; 'make lint LINT=all' looks at every file"
  exit 0
fi
units=() headers=()
for file in "${files[@]}"; do
  if [[ $file == *.h ]]; then headers+=("$file"); elif [[ $file != *_fuzz.cc ]]; then units+=("$file"); fi
done

# Runs "$@ FILE" for every file on standard input, several at once.
each() { xargs -r -P "$jobs" -n 1 "$@" || status=1; }

echo "lint: clang-format on ${#files[@]} files"
if ! unformatted=$(clang-format-19 --dry-run -Werror "${files[@]}" 2>&1); then
  sed -n 's/^\([^ :]*\):[0-9]*:.*/  \1: not as clang-format has it; make format/p' <<<"$unformatted" | sort -u
  status=1
fi

options=(-std=c++20 -Isrc -I. -Itests -Wall -Wextra -fsyntax-only -DBOOST_ASIO_SEPARATE_COMPILATION
  -DBOOST_BEAST_SEPARATE_COMPILATION -DBOOST_ASIO_NO_DEPRECATED -DHOLTER_VERSION='"lint"')
echo "lint: ${#headers[@]} headers, each alone"
printf '%s\n' "${headers[@]}" | each clang++-19 "${options[@]}" -x c++ -Wno-pragma-once-outside-header
if command -v g++ >/dev/null; then
  echo "lint: ${#units[@]} units with g++"
  # g++ 12 has false positives of these kinds in optimised coroutines and library headers.
  printf '%s\n' "${units[@]}" | each g++ "${options[@]}" -fcoroutines -Wno-maybe-uninitialized -Wno-attributes \
    -Wno-missing-field-initializers
fi
echo "lint: clang-tidy on ${#units[@]} units"
printf '%s\n' "${units[@]}" | each clang-tidy-19 --quiet --warnings-as-errors='*' -p build/release 2>/dev/null

((status == 0)) && echo "lint: nothing found"
exit "$status"
