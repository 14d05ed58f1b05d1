#!/usr/bin/env bash
# Makes .venv with the locked dependencies: with uv where it is installed, else python3 -m venv. Called by make.
set -euo pipefail
cd "$(dirname "$0")"

python=$(command -v python3.11 || command -v python3 || true)
need=()
[ -n "$python" ] || need+=(python3)
if [ -n "$python" ] && ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 3.11 or later is needed; found $("$python" --version). / 需要 Python 3.11 或更高版本。" >&2
    exit 2
fi
if ! command -v uv >/dev/null && { [ -z "$python" ] || ! "$python" -c 'import ensurepip, venv' 2>/dev/null; }; then
    need+=(python3-venv)
fi
if [ ${#need[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing system packages: ${need[*]}" >&2
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${need[@]}" >/dev/null
        python=$(command -v python3.11 || command -v python3)
    else
        echo "Please run / 请先运行:  sudo apt-get install -y ${need[*]}" >&2
        exit 2
    fi
fi

# PDFs need the first four, and with the last `follow` is quicker: where they cannot be installed, it is said and all goes on.
papers=()
if command -v dpkg-query >/dev/null; then
    for package in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk libjemalloc2; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || papers+=("$package")
    done
fi
if [ ${#papers[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] && apt-get update -qq \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${papers[@]}" >/dev/null \
        || echo "PDFs and follow need / 生成 PDF 和随到随查需要:  sudo apt-get install -y --no-install-recommends ${papers[*]}" >&2
fi

if command -v uv >/dev/null; then
    uv venv --quiet --allow-existing --python "$python" .venv
    uv pip install --quiet --python .venv/bin/python --require-hashes -r locks/requirements.txt
    uv pip install --quiet --python .venv/bin/python --no-deps -e .
else
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements.txt
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
fi
touch .venv/ready
