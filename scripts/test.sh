#!/usr/bin/env bash
# All tests: scripts/test.sh. Unit tests and black-box tests under AddressSanitizer and UndefinedBehaviorSanitizer, the latter
# on SQLite and on PostgreSQL, the concurrent parts under ThreadSanitizer, and the HTTP conformance cases. Among the unit tests are
# the fuzz targets, each for a second.
# The last line says "N passed, M failed" over all of them; the exit status is 0 only if none failed.
set -u
cd "$(dirname "$0")/.." || exit 1

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:abort_on_error=1:print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1}
command -v mold >/dev/null && export CC_LD=mold # links hundreds of programs in a tenth of the time

logs=build/test-logs
rm -rf "$logs"
mkdir -p "$logs"
table=$logs/table # a line for each step: NAME PASSED FAILED SECONDS
: >"$table"

lower=() # what lowers the priority of a step

record() { # NAME PASSED FAILED SECONDS
        echo "$@" >>"$table"
}

# Runs a command with a time limit, shows its output at its end, since some steps run beside others, and counts its tests by
# count_tests.py. A runner that fails although it reports no failed test counts as one.
step() { # NAME LIMIT_SECONDS KIND SOURCE COMMAND…
        local name=$1 limit=$2 kind=$3 source=$4 start=$SECONDS status good bad
        shift 4
        echo "$name …"
        "${lower[@]}" timeout --kill-after=10 "$limit" "$@" >"$logs/$name.log" 2>&1
        status=$?
        (
                flock 9
                echo
                echo "== $name"
                cat "$logs/$name.log"
        ) 9>"$logs/.screen"
        read -r good bad < <(scripts/count_tests.py "$kind" "$source" 2>/dev/null || echo 0 1)
        [ "$status" -eq 124 ] && bad=$((bad + 1)) && echo "$name: not done after $limit seconds"
        [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
        record "$name" "$good" "$bad" $((SECONDS - start))
}

# With build_flags=--setup-only, only the programs of the chosen suites are built. The limits of single tests are for those that
# hang, on a machine that does other things, too.
unit_tests() { # FOLDER [meson test options]
        local folder=$1
        shift
        rm -f "$folder"/meson-logs/testlog*.json
        scripts/build.sh $build_flags "$folder" -Dtests=enabled -Db_sanitize="$sanitizers" -Dbuildtype=debugoptimized &&
                meson test -C "$folder" --print-errorlogs --timeout-multiplier 4 "$@"
}
export -f unit_tests

suite() { # ENGINE FOLDER…: black-box tests on that engine
        local engine=$1 name=$2-$1
        shift
        GATEHOUSE_TEST_ENGINE=$engine step "$name" 1500 tap "$logs/$name.tap" node tests/lib/run.mjs \
                --test-reporter=spec --test-reporter-destination=stdout \
                --test-reporter=tap --test-reporter-destination="$PWD/$logs/$name.tap" "${@/#/$PWD/tests/}"
}

# Needs the processors' time and not the clock's: at a lower priority, while the other tests wait for servers and for time to pass.
# Without the right to raise it again, which a browser makes use of that runs as root.
beside() {
        lower=(nice -n 10)
        setpriv --bounding-set -sys_nice true 2>/dev/null && lower+=(setpriv --bounding-set -sys_nice)
        suite sqlite browser # what a browser shows is the same on either
        suite sqlite document # and so is what its document says
        sanitizers=thread build_flags=--setup-only step unit-threads 900 meson build/tsan bash -c 'unit_tests build/tsan "$@"' -- \
                --suite base --suite http --suite db "${wrapper[@]}"
}

# The clients that the tests drive, as the lock file has them.
install_clients() {
        [ -f tests/package-lock.json ] || return 0
        cmp -s tests/package-lock.json tests/node_modules/.installed-lock && return 0
        echo "Installing the test clients of tests/package-lock.json …"
        (cd tests && npm ci --no-audit --no-fund --loglevel=error) && cp tests/package-lock.json tests/node_modules/.installed-lock
}

# What asks by the OpenAPI document, as its list of hashes has it.
install_schemathesis() {
        local venv=tests/document/venv list=tests/document/requirements.txt
        cmp -s $list $venv/.installed && return 0
        echo "Installing schemathesis of $list …"
        rm -rf $venv
        python3 -m venv $venv && $venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
                -r $list && cp $list $venv/.installed
}

# Newer kernels place programs where ThreadSanitizer does not expect them; without address randomisation they don't.
wrapper=()
setarch -R true 2>/dev/null && wrapper=(--wrapper "setarch -R")

sanitizers=address,undefined build_flags='' step unit 600 meson build/asan bash -c 'unit_tests build/asan'

export BUILD_DIR=build/asan
if [ -x build/asan/gatehouse ]; then
        install_clients || record clients-install 0 1 0
        install_schemathesis || record schemathesis-install 0 1 0
        beside &
        besides=$!
        # One engine after the other: side by side takes as long, and what waits for time waits too long.
        for engine in sqlite postgres; do
                suite "$engine" http clients
                suite "$engine" isolation
                suite "$engine" crash
        done
        suite postgres deploy # several nodes want a server
        [ -f tests/http11.mjs ] && step http11 120 summary "$logs/http11.log" scripts/http11.sh
        wait "$besides"
else
        record programs 0 1 0
fi

echo
awk '{ printf "%-28s %5d passed %3d failed %4d s\n", $1, $2, $3, $4; passed += $2; failed += $3 }
        END { printf "\n%d passed, %d failed\n", passed, failed; exit failed > 0 || passed == 0 }' "$table"
