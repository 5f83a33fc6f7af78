#!/usr/bin/env bash
# Installs the Debian packages that are missing: scripts/install-deps.sh [build|test|fuzz|lint|bench] …
#   build   what the programs are built from (default)
#   test    what `make test` needs beyond that
#   fuzz    what `make fuzz` needs beyond that
#   lint    what `make lint` needs beyond that
#   bench   what `make bench` needs beyond that
# Looks first; when nothing is missing it says nothing, takes no time and needs no network.
set -euo pipefail

for_build=(build-essential meson ninja-build pkg-config gettext python3 python3-yaml libuv1-dev node-llhttp libjansson-dev libsqlite3-dev
        libsodium-dev nettle-dev tzdata libcurl4-openssl-dev libcjose-dev libpq-dev libpcre2-dev libexpat1-dev zlib1g-dev
        libturbojpeg0-dev libspng-dev libwebp-dev libseccomp-dev
        cmark-gfm)
for_test=(libcmocka-dev json-schema-test-suite mold python3-venv chromium-headless-shell sqlite3 postgresql
        pgbouncer haproxy nginx-light caddy systemd openssl curl)
for_fuzz=(clang libclang-rt-14-dev)
for_lint=(clang clang-format clang-tidy)
for_bench=(nginx-light wrk valgrind)

wanted=()
for purpose in "${@:-build}"; do
        case $purpose in
        build) wanted+=("${for_build[@]}") ;;
        test) wanted+=("${for_test[@]}") ;;
        fuzz) wanted+=("${for_fuzz[@]}") ;;
        lint) wanted+=("${for_lint[@]}") ;;
        bench) wanted+=("${for_bench[@]}") ;;
        *)
                echo "usage: scripts/install-deps.sh [build|test|fuzz|lint|bench] …" >&2
                exit 2
                ;;
        esac
done

# Node.js and its npm may come from anywhere, as long as they work.
node_works() {
        command -v npm >/dev/null && [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 18' 2>/dev/null)" = true ]
}
case " ${*:-build} " in
*" test "*) node_works || wanted+=(nodejs npm) ;;
*" build "*) [ -d api/reference/node_modules/swagger-ui-dist ] || node_works || wanted+=(nodejs npm) ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        echo "install-deps: this is no Debian system, so nothing is checked or installed. Needed are the equivalents of:" >&2
        echo "  ${wanted[*]}" >&2
        exit 0
fi

missing=()
for package in "${wanted[@]}"; do
        status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
                echo "install-deps: these packages are missing, and there is no sudo to install them with:" >&2
                echo "  ${missing[*]}" >&2
                echo "Run as root:  apt-get update && apt-get install ${missing[*]}" >&2
                exit 1
        fi
        as_root=(sudo)
fi

echo "install-deps: installing with apt: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
had=()
for service in nginx haproxy caddy pgbouncer; do
        ! command -v "/usr/sbin/$service" "/usr/bin/$service" >/dev/null || had+=("$service")
done
had_postgres=$(command -v pg_lsclusters || true)
if ! { "${as_root[@]}" apt-get update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        echo "install-deps: apt could not install them. Check the network and /etc/apt/sources.list (Debian 12 'main' has all of" >&2
        echo "them), then run as root:  apt-get update && apt-get install ${missing[*]}" >&2
        exit 1
fi
# Debian starts a server as soon as it is installed; tests and benchmark only want the program.
for service in nginx haproxy caddy pgbouncer; do
        if [[ " ${had[*]} " != *" $service "* ]] && [ -d /run/systemd/system ] && systemctl cat "$service" >/dev/null 2>&1; then
                "${as_root[@]}" systemctl disable --now "$service" >/dev/null 2>&1 || true
        fi
done
# Debian makes a database cluster and starts it as soon as the server is installed; the tests only want the programs.
if [ -z "$had_postgres" ] && command -v pg_lsclusters >/dev/null; then
        pg_lsclusters --no-header | while read -r version cluster _; do
                "${as_root[@]}" pg_dropcluster --stop "$version" "$cluster" >/dev/null 2>&1 || true
        done
fi
echo "install-deps: done"
