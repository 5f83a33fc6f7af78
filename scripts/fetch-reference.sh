#!/usr/bin/env bash
# Fetches what the page of the API reference is made of, as api/reference/package-lock.json has it; meson calls it when it sets
# a folder up. Looks first: when the package is in place, in whatever way it got there, this needs neither npm nor a network.
set -euo pipefail
cd "$(dirname "$0")/../api/reference"

wanted=$(python3 -c 'import json; print(json.load(open("package-lock.json"))["packages"]["node_modules/swagger-ui-dist"]["version"])')
package=node_modules/swagger-ui-dist

in_place() {
        [ "$(python3 -c 'import json; print(json.load(open("'$package'/package.json"))["version"])' 2>/dev/null)" = "$wanted" ]
}

# Several folders may be set up at once.
exec 9<package-lock.json
flock 9
in_place && exit 0
if ! command -v npm >/dev/null; then
        echo "fetch-reference: npm is missing, which fetches swagger-ui-dist $wanted for the API reference. 'scripts/install-deps.sh'" >&2
        echo "installs it; or put that package into api/reference/$package yourself." >&2
        exit 1
fi
# No script of a package runs: the pages need its files alone.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
in_place || { echo "fetch-reference: npm did not bring swagger-ui-dist $wanted" >&2; exit 1; }
