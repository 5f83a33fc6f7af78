#!/usr/bin/env bash
# Checks the HTTP seam against the published cases in tests/http11.mjs, on a server of its own.
set -u
cd "$(dirname "$0")/.." || exit 1

folder=$(mktemp -d)
server=
finish() {
        [ -n "$server" ] && kill -TERM "$server" 2>/dev/null && wait "$server"
        rm -rf "$folder"
}
trap finish EXIT

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
GATEHOUSE_LISTEN=127.0.0.1:$port PLATFORM_BASE_URL=http://localhost:$port DATABASE_URL=sqlite:$folder/g.db \
        GATEHOUSE_KEY_FILE=$folder/key "${BUILD_DIR:-build}/gatehouse" serve </dev/null >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
        sleep 0.1
done

TARGET=127.0.0.1:$port GET_PATH=/healthz POST_PATH=/api/oauth/token node tests/http11.mjs
status=$?

# The server must have come through it whole: a sanitizer's complaint shows in its exit status.
kill -TERM "$server" 2>/dev/null
if ! wait "$server"; then
        echo "NOT OK  the server did not end well:"
        tail -n 40 "$folder/log"
        status=1
fi
server=
exit $status
