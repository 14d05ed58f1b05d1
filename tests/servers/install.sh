#!/usr/bin/env bash
# Installs what the tests start beside themselves: PostgreSQL, Java with Maven for Kafka, Chromium for the pages; and what
# PDFs need. Called by make test.
set -euo pipefail

need=()
if [ -z "${MINGZHANG_TEST_POSTGRES:-}" ] && ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    need+=(postgresql)
fi
if [ -z "${MINGZHANG_TEST_KAFKA:-}" ]; then
    command -v java >/dev/null || need+=(openjdk-17-jre-headless)
    command -v mvn >/dev/null || need+=(maven)
fi
command -v openssl >/dev/null || need+=(openssl)
command -v soffice >/dev/null || need+=(libreoffice-calc)
[ -x /usr/bin/chromium ] || need+=(chromium)
for package in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk libjemalloc2; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || need+=("$package")
done
[ ${#need[@]} -gt 0 ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: ${need[*]}" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
else
    # The tests that need them fail and say so again; the others run.
    echo "Some tests need / 部分测试需要:  sudo apt-get install -y ${need[*]}" >&2
fi
