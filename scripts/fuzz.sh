#!/usr/bin/env bash
# Runs every fuzz target: scripts/fuzz.sh [SECONDS for each, 60 by default]
# A target is a program fuzz_NAME that fuzz/meson.build makes; what it starts from is in fuzz/corpus/NAME, what it learns
# stays in build/fuzz/corpus/NAME, an input that broke it in build/fuzz/broken/. Ends with "N passed, M failed".
set -u
cd "$(dirname "$0")/.." || exit 1

seconds=${1:-60}
folder=build/fuzz
targets=()
for source in fuzz/fuzz_*.c; do
        targets+=("${source%.c}")
done
CC=clang scripts/build.sh --setup-only "$folder" -Dfuzz=true -Dtests=disabled -Db_sanitize=address,undefined \
        -Dbuildtype=debugoptimized && ninja -C "$folder" --quiet "${targets[@]}" || exit 1

passed=0 failed=0
mkdir -p "$folder/broken"
for target in "${targets[@]}"; do
        name=${target##*/fuzz_}
        learnt=$folder/corpus/$name
        mkdir -p "$learnt"
        corpora=("$learnt")
        [ -d "fuzz/corpus/$name" ] && corpora+=("fuzz/corpus/$name")
        dictionary=()
        [ -f "fuzz/corpus/$name.dict" ] && dictionary=("-dict=fuzz/corpus/$name.dict")
        if UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$folder/$target" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=512 \
                -print_final_stats=0 -verbosity=0 -artifact_prefix="$folder/broken/$name-" "${dictionary[@]}" "${corpora[@]}" \
                >"$folder/$name.log" 2>&1; then
                echo "ok      fuzz $name"
                passed=$((passed + 1))
        else
                echo "NOT OK  fuzz $name"
                tail -n 40 "$folder/$name.log"
                failed=$((failed + 1))
        fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
