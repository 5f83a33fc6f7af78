#!/usr/bin/env bash
# Builds the fuzz targets and runs them: fuzz/run.sh SECONDS [TARGET…]
#
# Each target runs for SECONDS, as many at once as there are processors, from the inputs in fuzz/corpus/TARGET and from
# what earlier runs learnt (build/fuzz/corpus/TARGET). Prints a line for each: "TARGET: N executions, M failed", and at
# the end "N passed, M failed", counting targets; the exit status is 0 only if none failed. An input that broke something
# is kept in build/fuzz/broken/. Where there is no clang, the corpora are replayed, with every prefix of each input and with
# mutations that know nothing of the program. With 0 SECONDS they are built, and not run.
set -u
cd "$(dirname "$0")/.." || exit 1

seconds=${1:-}
if ! [[ $seconds =~ ^[0-9]+$ ]]; then
        echo "usage: fuzz/run.sh SECONDS [TARGET…]" >&2
        exit 2
fi
shift
folder=${FUZZ_BUILD_DIR:-build/fuzz}
compiler=clang
command -v clang >/dev/null || compiler=cc
if [ $# -eq 0 ]; then
        for source in fuzz/fuzz_*.c; do
                name=${source##*/fuzz_}
                set -- "$@" "${name%.c}"
        done
fi
CC=$compiler scripts/build.sh --setup-only "$folder" -Dfuzz=true -Dtests=disabled -Db_sanitize=address,undefined \
        -Dbuildtype=debugoptimized && ninja -C "$folder" --quiet "${@/#/fuzz/fuzz_}" || exit 1
[ "$seconds" -eq 0 ] && exit 0
mkdir -p "$folder/broken"
rm -f "$folder"/*.outcome

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:abort_on_error=1:print_stacktrace=1}

fuzz() { # NAME: libFuzzer's run; its statistics go to the log
        local learnt=$folder/corpus/$1 options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024)
        mkdir -p "$learnt"
        [ -f "fuzz/corpus/$1.dict" ] && options+=("-dict=fuzz/corpus/$1.dict")
        "$folder/fuzz/fuzz_$1" "${options[@]}" -print_final_stats=1 -artifact_prefix="$folder/broken/$1-" \
                "$learnt" "fuzz/corpus/$1" >"$folder/$1.log" 2>&1
}

replay() {
        local corpus=$PWD/fuzz/corpus/$1 program
        program=$(realpath "$folder/fuzz/fuzz_$1")
        (cd "$folder/broken" && "$program" --seconds="$seconds" --dict="$corpus.dict" "$corpus") >"$folder/$1.log" 2>&1
}

one() { # NAME
        local log=$folder/$1.log executions failed=0
        if [ ! -x "$folder/fuzz/fuzz_$1" ]; then
                echo "there is no fuzz target '$1'" >"$log"
                failed=1
        elif [ "$compiler" = clang ]; then
                fuzz "$1" || failed=1
        else
                replay "$1" || failed=1
        fi
        executions=$(sed -n 's/^stat::number_of_executed_units: *//p; s/^\([0-9]*\) executions$/\1/p' "$log" | tail -n 1)
        [ "$failed" -eq 0 ] || tail -n 40 "$log"
        echo "$1: ${executions:-0} executions, $failed failed"
        echo "$failed" >"$folder/$1.outcome"
}

running=0 processors=$(nproc)
for name in "$@"; do
        if [ "$running" -ge "$processors" ]; then
                wait -n
                running=$((running - 1))
        fi
        one "$name" &
        running=$((running + 1))
done
wait

passed=0 failed=0
for name in "$@"; do
        if [ "$(cat "$folder/$name.outcome" 2>/dev/null)" = 0 ]; then
                passed=$((passed + 1))
        else
                failed=$((failed + 1))
        fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
