#!/usr/bin/env bash
# For a machine without a network: fetches what the installation needs, each file checked against the locked hashes.
#
#   deploy/wheelhouse.sh FOLDER [--images]
#
# On a machine of the same kind that has a network: FOLDER gets wheels/, the lock, SHA256SUMS and, with --images, images.tar.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ $# -lt 1 ] || [ "${1#-}" != "$1" ]; then
    sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
folder=$1
python=${PYTHON:-python3.11}
mkdir -p "$folder/wheels"
cp "$here/locks/runtime.txt" "$folder/requirements.txt"
"$python" -m pip download --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
    -r "$folder/requirements.txt" --dest "$folder/wheels"
if [ "${2:-}" = --images ]; then
    export MINGZHANG_RUN=.
    compose=(docker compose --file "$here/docker-compose.yml")
    "${compose[@]}" build --quiet
    "${compose[@]}" pull --quiet --ignore-buildable
    mapfile -t images < <("${compose[@]}" config --images | sort -u)
    docker save --output "$folder/images.tar" "${images[@]}"
fi
(cd "$folder" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
echo "已备好 / ready: $folder" >&2
