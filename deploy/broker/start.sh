#!/usr/bin/env bash
# Runs in the broker's container: gives its storage a form the first time, then starts it.
set -euo pipefail
settings=/etc/mingzhang/server.properties
[ -r "$settings" ] || { echo "先运行 deploy/first-start.sh / run deploy/first-start.sh first" >&2; exit 2; }
# Its output repeats what the administrator's password is checked by: that belongs into no log. Errors come on stderr.
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --config "$settings" \
    --cluster-id "$(cat /etc/mingzhang/cluster-id)" --add-scram "$(cat /etc/mingzhang/admin.scram)" >/dev/null
exec /opt/kafka/bin/kafka-server-start.sh "$settings"
