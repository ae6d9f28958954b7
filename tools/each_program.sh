#!/bin/bash
# Runs every program of a list (one path a line), one after the other, and fails when one of them does.
set -euo pipefail
while read -r program; do
  echo "== ${program##*/}"
  "$program"
done <"$1"
