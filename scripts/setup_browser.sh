#!/usr/bin/env bash
# See to it that the browser tests can run: look for a browser, else install the Debian package.
# Usage: scripts/setup_browser.sh PYTHON
# Exit code: 0 a browser is there, 1 it could be had and is not there, 2 it cannot be had from here.
set -euo pipefail
cd "$(dirname "$0")/.."

python="$1"
package=chromium

found() { "$python" -c 'import sys, tests.browser; sys.exit(not tests.browser.installed())'; }

if found; then
  exit 0
fi

root=()
if [ "$(id -u)" -ne 0 ]; then
  root=(sudo -n)
fi
get() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@" </dev/null; }

if ! command -v apt-get >/dev/null || ! "${root[@]}" true 2>/dev/null ||
  ! get update -qq || ! get install -y -qq --no-install-recommends --download-only "$package"; then
  echo "No browser is installed, and it cannot be installed from here: the browser tests are skipped." >&2
  echo "To run them: sudo apt-get install $package" >&2
  exit 2
fi

echo "No browser is installed: installing $package"
get install -y -qq --no-install-recommends "$package" && found || exit 1
