#!/usr/bin/env bash
# Make the virtual environment, or take up the one that is there.
# One that a set-up began and did not finish is made anew where another Python is asked for.
# Usage: scripts/setup_venv.sh PYTHON VENV; whoever finishes the set-up removes VENV/.begun
set -euo pipefail

python="$1"
venv="$2"
begun="$venv/.begun"

identity() { "$1" -c 'import sys; print(sys.version, sys.base_prefix)' 2>/dev/null || true; }

if [ -x "$venv/bin/python" ]; then
  if [ ! -e "$begun" ] || [ "$(identity "$python")" = "$(identity "$venv/bin/python")" ]; then
    exit 0
  fi
fi
"$python" -c "import venv"
if ! "$python" -m venv --clear "$venv"; then
  rm -rf "$venv"
  exit 1
fi
touch "$begun"
