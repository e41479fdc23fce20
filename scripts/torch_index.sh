#!/usr/bin/env bash
# Print pip's options for the CPU build of PyTorch: a fifth of what PyPI has for Linux, with CUDA.
# Nothing is printed where PyTorch's own index does not answer at once, or is not needed.
# Usage: scripts/torch_index.sh PYTHON
set -euo pipefail

python="$1"
index=https://download.pytorch.org/whl/cpu
probe="import urllib.request; urllib.request.urlopen('$index/torch/', timeout=3)"

if [ "$(uname -s)" = Linux ] && timeout 3 "$python" -c "$probe" >/dev/null 2>&1 </dev/null; then
  echo "--extra-index-url $index"
fi
