#!/usr/bin/env bash
# Install one wheel or sdist into a clean environment and use it from another directory.
# Usage: scripts/smoke_test_build.sh PYTHON ARTIFACT
set -euo pipefail

python="$1"
artifact="$(realpath "$2")"
constraints="$(realpath "$(dirname "$0")/../constraints.txt")"
torch_index="$("$(dirname "$0")/torch_index.sh" "$python")"

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT

"$python" -m venv "$place/venv"
install() { "$place/venv/bin/python" -m pip install --quiet -c "$constraints" "$@"; }
install "$artifact"

mkdir "$place/elsewhere"
cd "$place/elsewhere"
"$place/venv/bin/robo-ddpg" tasks
"$place/venv/bin/robo-ddpg" evaluate reach --episodes 5 --json >shipped.json
if "$place/venv/bin/python" -c "import torch" 2>/dev/null; then
  echo "PyTorch was installed, which takes the extra train" >&2
  exit 1
fi

# shellcheck disable=SC2086 - none, or an option and its value
install $torch_index "$artifact[train]"
"$place/venv/bin/robo-ddpg" train reach --steps 2000 --out run
"$place/venv/bin/robo-ddpg" evaluate run --episodes 5 --json >evaluation.json
echo "$(basename "$artifact") works when installed"
