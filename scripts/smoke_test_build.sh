#!/usr/bin/env bash
# Install one wheel or sdist into a clean environment and use it from another directory.
# Usage: scripts/smoke_test_build.sh PYTHON ARTIFACT
set -euo pipefail

python="$1"
artifact="$(realpath "$2")"
constraints="$(realpath "$(dirname "$0")/../constraints.txt")"

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT

"$python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet -c "$constraints" "$artifact"

mkdir "$place/elsewhere"
cd "$place/elsewhere"
"$place/venv/bin/robo-ddpg" tasks
"$place/venv/bin/robo-ddpg" train reach --steps 2000 --out run
"$place/venv/bin/robo-ddpg" evaluate run --episodes 5 --json >evaluation.json
echo "$(basename "$artifact") works when installed"
