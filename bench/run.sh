#!/usr/bin/env bash
# Measures speed and size: bench/run.sh [growth] [options]; see bench/README.md, or bench/run.sh --help.
set -euo pipefail
cd "$(dirname "$0")/.."

export BUILD_DIR=${BUILD_DIR:-build}
for program in wrk nginx meson python3; do
        PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || {
                echo "bench/run.sh: $program is missing; scripts/install-deps.sh build bench installs what is needed" >&2
                exit 1
        }
done
if [[ " $* " == *postgres* ]] && ! compgen -G '/usr/lib/postgresql/*/bin/pgbench' >/dev/null; then
        echo "bench/run.sh: pgbench is missing; scripts/install-deps.sh bench test installs what is needed" >&2
        exit 1
fi
# The options are those of `make build`: what is measured is what people get.
scripts/build.sh "$BUILD_DIR" -Dtests=disabled -Dbuildtype=release -Doptimization=2 -Db_lto=true
ninja -C "$BUILD_DIR" --quiet bench/bench_seed
if [ "${1-}" = agents ]; then
        ninja -C "$BUILD_DIR" --quiet bench/bench_agents
        exec python3 bench/agents.py
fi
if [ "${1-}" = schedules ]; then
        exec python3 bench/schedules.py
fi
if [ "${1-}" = vault ]; then
        ninja -C "$BUILD_DIR" --quiet bench/bench_vault
        folder=$(mktemp -d)
        trap 'rm -rf "$folder"' EXIT
        "$BUILD_DIR/bench/bench_vault" "$folder/vault.db"
        exit
fi
if [ "${1-}" = audit ]; then
        ninja -C "$BUILD_DIR" --quiet bench/bench_audit
        folder=$(mktemp -d)
        trap 'rm -rf "$folder"' EXIT
        "$BUILD_DIR/bench/bench_audit" "sqlite:$folder/audit.db" "${BENCH_EVENTS:-150000}"
        exit
fi
if [ "${1-}" = limits ]; then
        command -v callgrind_control >/dev/null || {
                echo "bench/run.sh: valgrind is missing; scripts/install-deps.sh build bench installs what is needed" >&2
                exit 1
        }
        exec python3 bench/limits.py
fi
if [ "${1-}" = store ]; then
        exec python3 bench/store.py
fi
exec python3 bench/measure.py "$@"
