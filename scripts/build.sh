#!/usr/bin/env bash
# Builds into a folder: scripts/build.sh [--setup-only] FOLDER [meson options]. The first time, or when the options change,
# sets the folder up with them. Prints little unless something fails.
set -euo pipefail
cd "$(dirname "$0")/.."

setup_only=
[ "$1" = --setup-only ] && setup_only=yes && shift
folder=$1
shift
stamp=$folder/.options

if [ ! -f "$folder/build.ninja" ] || [ "$(cat "$stamp" 2>/dev/null)" != "${CC:-cc} $*" ]; then
        mkdir -p "$folder"
        rm -rf "$folder/meson-private" "$folder/build.ninja"
        if ! meson setup "$folder" "$@" >"$folder/setup.log" 2>&1; then
                tail -n 20 "$folder/setup.log" >&2
                echo "scripts/build.sh: meson could not set up $folder (see $folder/setup.log); 'scripts/install-deps.sh' installs what it needs." >&2
                exit 1
        fi
        echo "${CC:-cc} $*" >"$stamp"
fi
[ -n "$setup_only" ] || exec ninja -C "$folder" --quiet
