#!/usr/bin/env bash
# Makes what must not stand in a repository: passwords, certificates, the broker's settings. Once, before the first start.
#
#   deploy/first-start.sh [--host NAME] [--folder FOLDER]
#
# NAME: under which departments reach the broker (default: this machine's name). FOLDER: default deploy/run.
# MINGZHANG_KAFKA_PORT: the port beside that name (default: 9093).
# What stands already is left as it is, so that it may be run again; nothing is printed that is secret.
set -euo pipefail
umask 077

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
host=$(hostname -f 2>/dev/null || hostname)
folder=$here/run
while [ $# -gt 0 ]; do
    case $1 in
        --host) host=${2:?--host NAME}; shift 2 ;;
        --folder) folder=${2:?--folder FOLDER}; shift 2 ;;
        *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    esac
done
case $host in
    *[!A-Za-z0-9.-]* | '') echo "主机名有误 / not a host name: $host" >&2; exit 2 ;;
esac
case ${MINGZHANG_KAFKA_PORT:=9093} in
    *[!0-9]*) echo "端口有误 / not a port: $MINGZHANG_KAFKA_PORT" >&2; exit 2 ;;
esac
command -v openssl >/dev/null || { echo "缺少 openssl / openssl is missing: apt-get install openssl" >&2; exit 4; }

# Users inside the containers: the broker's, the database's, this service's.
broker_user=1000 database_user=999 service_user=10001
days=3650
mkdir -p "$folder"/{authority,broker,consume,database,follow,publish,serve,users}
folder=$(cd "$folder" && pwd)

# Writes standard input to a file at once, where the file does not stand yet.
keep() {
    if [ -e "$1" ]; then
        cat >/dev/null
    else
        cat >"$1.new"
        mv "$1.new" "$1"
    fi
}
password() { openssl rand -base64 33 | tr -d '\n=' | tr '+/' '-_'; }

# An authority of this installation's own; its key is needed for new certificates only: keep it elsewhere.
if [ ! -e "$folder/authority/ca.pem" ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -days $days -subj "/CN=mingzhang $host" -keyout "$folder/authority/ca.key" \
        -out "$folder/authority/ca.pem.new" -addext "basicConstraints=critical,CA:TRUE" 2>/dev/null
    mv "$folder/authority/ca.pem.new" "$folder/authority/ca.pem"
fi

# A key and a certificate for the names under which a server is reached: KEY CERTIFICATE NAMES
certify() {
    [ ! -e "$2" ] || return 0
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1" 2>/dev/null
    openssl req -new -key "$1" -subj "/CN=$host" -out "$2.csr"
    printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$3" >"$2.ext"
    openssl x509 -req -in "$2.csr" -CA "$folder/authority/ca.pem" -CAkey "$folder/authority/ca.key" -CAcreateserial \
        -days $days -sha256 -extfile "$2.ext" -out "$2.new" 2>/dev/null
    rm "$2.csr" "$2.ext"
    mv "$2.new" "$2"
}
certify "$folder/broker/key.pem" "$folder/broker/certificate.pem" "DNS:kafka,DNS:localhost,DNS:$host,IP:127.0.0.1"
certify "$folder/database/key.pem" "$folder/database/certificate.pem" "DNS:postgres,DNS:localhost,IP:127.0.0.1"
cat "$folder/broker/key.pem" "$folder/broker/certificate.pem" | keep "$folder/broker/keystore.pem"
for place in consume follow publish serve users; do keep "$folder/$place/ca.pem" <"$folder/authority/ca.pem"; done

# The broker: its settings, its cluster, its first user. The others are made by `prepare`.
password | keep "$folder/users/admin.secret"
openssl rand 16 | base64 | tr -d '\n=' | tr '+/' '-_' | keep "$folder/broker/cluster-id"
if [ ! -e "$folder/broker/admin.scram" ]; then
    salt=$(openssl rand -hex 32)
    salted=$(openssl kdf -keylen 64 -kdfopt digest:SHA512 -kdfopt "pass:$(cat "$folder/users/admin.secret")" \
        -kdfopt "hexsalt:$salt" -kdfopt iter:8192 -binary PBKDF2 | base64 | tr -d '\n')
    encoded=$(printf '%b' "$(printf '%s' "$salt" | sed 's/../\\x&/g')" | base64 | tr -d '\n')
    printf 'SCRAM-SHA-512=[name=admin,iterations=8192,salt="%s",saltedpassword="%s"]' "$encoded" "$salted" |
        keep "$folder/broker/admin.scram"
fi
sed "s/@HOST@/$host/g; s/@PORT@/$MINGZHANG_KAFKA_PORT/g" "$here/broker/server.properties" |
    keep "$folder/broker/server.properties"

# Users of the broker, and the database's: each process has a folder of its own, with its own password and no other.
for user in consume publish; do
    password | keep "$folder/users/$user.password"
    keep "$folder/$user/$user.password" <"$folder/users/$user.password"
done
password | keep "$folder/database/password"
for process in consume follow publish serve; do
    printf '*:*:mingzhang:mingzhang:%s\n' "$(cat "$folder/database/password")" | keep "$folder/$process/pgpass"
done

# The port is published as the broker announces it; other lines are the administrator's.
{
    echo "MINGZHANG_RUN=$folder"
    sed -nE 's/^advertised.listeners=.*,OUTSIDE:[^,]*:([0-9]+),.*/MINGZHANG_KAFKA_PORT=\1/p' "$folder/broker/server.properties"
    [ ! -e "$folder/compose.env" ] || sed -E '/^MINGZHANG_(RUN|KAFKA_PORT)=/d' "$folder/compose.env"
} >"$folder/compose.env.new"
mv "$folder/compose.env.new" "$folder/compose.env"

find "$folder" -type d -exec chmod 700 {} +
find "$folder" -type f -exec chmod 600 {} +
if [ "$(id -u)" = 0 ]; then
    chown -R $broker_user:$broker_user "$folder/broker"
    chown -R $service_user:$service_user "$folder"/{consume,follow,publish,serve,users}
    # The database reads its password as root before it becomes its own user.
    chown -R $database_user:$database_user "$folder/database"
    chmod 711 "$folder"
else
    echo "非 root 运行：文件属于当前用户，容器读不到，请用 sudo 再运行一次。" >&2
    echo "Not run as root: the files are yours, and containers cannot read them; run it again with sudo." >&2
fi
echo "已备好 / ready: docker compose --env-file $folder/compose.env up -d" >&2
