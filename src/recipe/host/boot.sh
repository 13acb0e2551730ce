#!/bin/bash
# Runs on every boot. Running it again changes nothing that is already as it should be.
set -euo pipefail

# Package repositories and metadata can be out of reach for the first minute of a machine's life.
retry() {
  local attempt
  for attempt in $(seq 1 20); do
    "$@" && return 0
    sleep "$attempt"
  done
  return 1
}

install -d -m 755 /etc/scalectl
