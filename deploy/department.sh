#!/usr/bin/env bash
# Adds a department that writes to the broker, or a reader: its password and rights, made by the next `prepare`.
#
#   deploy/department.sh NAME "write collection.payments" ["write collection.refunds" ...]
set -euo pipefail
umask 077
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
users=${MINGZHANG_RUN:-$here/run}/users
if [ $# -lt 2 ]; then
    sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
name=$1
shift
case $name in
    *[!a-z0-9-]* | '' | admin | consume | publish)
        echo "名称只用小写字母、数字和连字符 / lower-case letters, digits and hyphens only: $name" >&2
        exit 2
        ;;
esac
[ -d "$users" ] || { echo "先运行 deploy/first-start.sh / run deploy/first-start.sh first" >&2; exit 2; }
printf '%s\n' "$@" >"$users/$name.rights"
[ -e "$users/$name.password" ] || openssl rand -base64 33 | tr -d '\n=' | tr '+/' '-_' >"$users/$name.password"
[ "$(id -u)" != 0 ] || chown 10001:10001 "$users/$name".*
echo "口令在 / the password is in: $users/$name.password" >&2
echo "生效 / to take effect: docker compose --env-file ${users%/users}/compose.env run --rm prepare" >&2
