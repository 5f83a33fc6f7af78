#!/usr/bin/env bash
# Everything that can be said of the sources without running them. Exit status 0 only if there is nothing to say.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=0

say() { # NAME STATUS SECONDS
        if [ "$2" -eq 0 ]; then
                printf 'ok      %-12s %3d s\n' "$1" "$3"
        else
                printf 'NOT OK  %-12s %3d s\n' "$1" "$3"
                failed=1
        fi
}

step() { # NAME COMMAND…
        local name=$1 start=$SECONDS
        shift
        "$@"
        say "$name" $? $((SECONDS - start))
}

sources() { # folders
        find "$@" \( -name '*.c' -o -name '*.h' \) -not -path '*/node_modules/*' -print0 2>/dev/null
}

format() {
        sources src fuzz tests/unit | xargs -0 clang-format --dry-run -Werror 2>&1 |
                sed -nE 's/^([^ :]+):[0-9]+:[0-9]+: error: .*/clang-format -i \1/p' | sort | uniq
        [ "${PIPESTATUS[1]}" -eq 0 ]
}

# Compiled by clang too, since it warns of other things than gcc, and for the generated headers that the sources include.
compile() {
        CC=clang scripts/build.sh build/lint -Dtests=enabled -Dfuzz=false -Dbuildtype=debugoptimized
}

tidy() {
        find src -name '*.c' -print0 | xargs -0 -P "$(nproc)" -n 4 clang-tidy --quiet -p build/lint 2>&1 |
                grep -vE '^([0-9]+ warnings? (and [0-9]+ errors? )?generated|Suppressed|Use -header-filter|[0-9]+ warnings? treated as error|Error while processing)'
        [ "${PIPESTATUS[1]}" -eq 0 ]
}

scripts_parse() {
        local script status=0
        for script in scripts/*.sh bench/*.sh .ci/run; do
                [ -f "$script" ] && { bash -n "$script" || status=1; }
        done
        python3 - <<'END' || status=1
import ast, pathlib, sys
for path in [*pathlib.Path('scripts').glob('*.py'), *pathlib.Path('src').rglob('*.py')]:
    ast.parse(path.read_text(), str(path))
END
        return $status
}

step layers scripts/lint-layers.py
step banned scripts/lint-banned.py
step scripts scripts_parse
step format format
step compile compile
step tidy tidy
exit $failed
