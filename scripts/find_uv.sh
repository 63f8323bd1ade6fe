#!/usr/bin/env bash
# Prints the path of uv: the one on PATH, or one put into a private folder. The person's own Python stays as it is.
# Usage: find_uv.sh FOLDER
set -euo pipefail
folder=$1
if found=$(command -v uv 2>/dev/null) && "$found" --version >/dev/null 2>&1; then
  echo "$found"
  exit 0
fi
venv=$(cd "$folder" && pwd)/uv-env
python=""
for candidate in python3 python3.13 python3.12 python3.11 python3.10 python3.9 python3.8; do
  # Asked from /: a .python-version here must not stop pyenv from finding any Python 3 for this step.
  if (cd / && "$candidate" -c 'import venv, sys; sys.exit(sys.version_info < (3, 8))') >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { echo "Kneewise needs some Python 3.8 or newer with venv to set itself up." >&2; exit 1; }
echo "Fetching uv, the installer, into .tools/ (about 10 seconds) …" >&2
(cd / && "$python" -m venv "$venv") >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.5" >&2
echo "$venv/bin/uv"
