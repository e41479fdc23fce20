#!/usr/bin/env bash
# See to it that frames can be rendered: try, else install the Debian packages, else say which.
# Usage: scripts/setup_gl.sh PYTHON
set -euo pipefail

python="$1"
probe="$(dirname "$0")/../robo_ddpg/rendering/gl.py"
packages=(libegl1 libgl1 libgl1-mesa-dri)

renders() { "$python" -P "$probe" >/dev/null 2>&1 </dev/null; }

if renders; then
  exit 0
fi

root=()
if [ "$(id -u)" -ne 0 ]; then
  root=(sudo -n)
fi
if command -v apt-get >/dev/null && "${root[@]}" true 2>/dev/null; then
  echo "OpenGL does not render here: installing ${packages[*]}"
  "${root[@]}" apt-get update -qq </dev/null || true
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null || true
fi

if ! renders; then
  echo "OpenGL does not render here; everything but images and videos works. To mend it:" >&2
  echo "  sudo apt-get install ${packages[*]}" >&2
fi
