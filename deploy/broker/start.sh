#!/usr/bin/env bash
# Runs in the broker's container: gives its storage a form the first time, then starts it.
set -euo pipefail
settings=/etc/mingzhang/server.properties
[ -r "$settings" ] || { echo "先运行 deploy/first-start.sh / run deploy/first-start.sh first" >&2; exit 2; }
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --config "$settings" \
    --cluster-id "$(cat /etc/mingzhang/cluster-id)" --add-scram "$(cat /etc/mingzhang/admin.scram)"
exec /opt/kafka/bin/kafka-server-start.sh "$settings"
