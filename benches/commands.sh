#!/usr/bin/env bash
# How long the commands take that answer without AWS, measured by hyperfine (apt-get install hyperfine; or cargo install hyperfine).
# Prints a table; judges nothing, because a machine's load is not the program's fault. User time is the figure to compare.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v hyperfine > /dev/null || { echo "hyperfine is missing: apt-get install hyperfine" >&2; exit 1; }
cargo build --release --quiet
program=${CARGO_TARGET_DIR:-target}/release/scalectl
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
hyperfine --shell=none --warmup 3 "$@" \
  "$program plan --users 500000" \
  "$program plan --users 500000 --format json" \
  "$program cost --users 500000" \
  "$program cost --from 0 --to 10M --points 200 --format csv" \
  "$program headroom --users 500000" \
  "$program phases" \
  "$program render --phase 10m" \
  "$program render --all -o $scratch/templates" \
  "$program render --check -o $scratch/templates --all"
