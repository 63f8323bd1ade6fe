#!/usr/bin/env bash
# Makes .venv from requirements.lock. Usage: install.sh UV
set -euo pipefail
uv=$1
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null; then
  echo "Making the environment in .venv with Python 3.10 …"
  "$uv" venv --quiet --clear --python 3.10 .venv
fi
packages=$(grep -c '==' requirements.lock)
echo "Installing $packages packages, about 1 minute (3 minutes with an empty cache) …"
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock
echo "Installed."
