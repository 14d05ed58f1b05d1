# Small, without root and without build tools. To pin the base by digest where a registry can be asked:
#   docker build --build-arg BASE=python@sha256:... (docker buildx imagetools inspect python:3.11-slim-bookworm)
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
# With deploy/wheels (wheels/ of deploy/wheelhouse.sh) nothing is fetched; every file is checked against the lock.
COPY locks/runtime.txt deploy/whee[l]s /wheels/
RUN python -m venv --without-pip /opt/packages \
    && python -m pip --python /opt/packages/bin/python install --no-cache-dir --no-compile --only-binary :all: \
        --require-hashes $(ls /wheels/*.whl >/dev/null 2>&1 && echo --no-index --find-links /wheels) -r /wheels/runtime.txt

# What PDFs need, Pango and a Chinese font, and the allocator with which `follow` is quicker. A base that has them already is not asked to fetch anything.
FROM ${BASE} AS system
RUN packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk libjemalloc2" \
    && if ! dpkg-query -W -f '${Status}\n' $packages 2>/dev/null | awk '/ installed$/ {n++} END {exit n != 5}'; then \
        apt-get update -qq \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages \
        && rm -rf /var/lib/apt/lists/*; \
    fi

FROM system
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin mingzhang \
    && install -d -o mingzhang -g mingzhang -m 700 /var/lib/mingzhang
COPY --from=packages /opt/packages /opt/packages
COPY domain /opt/mingzhang/domain
COPY ledger /opt/mingzhang/ledger
COPY projections /opt/mingzhang/projections
COPY risk /opt/mingzhang/risk
COPY intake /opt/mingzhang/intake
COPY casework /opt/mingzhang/casework
COPY consumers /opt/mingzhang/consumers
COPY web /opt/mingzhang/web
COPY simulation /opt/mingzhang/simulation
COPY mingzhang /opt/mingzhang/mingzhang
ENV PATH=/opt/packages/bin:$PATH PYTHONPATH=/opt/mingzhang PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MINGZHANG_HOME=/var/lib/mingzhang XDG_CACHE_HOME=/tmp/cache
USER 10001:10001
WORKDIR /var/lib/mingzhang
ENTRYPOINT ["python", "-m", "mingzhang"]
CMD ["--help"]
