#!/usr/bin/env bash
# Starts Gatehouse on the database in ./data together with the test client, and ends both on Ctrl-C: the test client
# first, so that it can still remove its temporary app. Settings come from the environment (see .env.default).
set -u
set -m # each program in a process group of its own: Ctrl-C reaches this script alone, which then ends them in order
cd "$(dirname "$0")/.." || exit 1

programs=${BUILD_DIR:-build}
export GATEHOUSE_LISTEN=${GATEHOUSE_LISTEN:-127.0.0.1:8006}
port=${GATEHOUSE_LISTEN##*:}
export PLATFORM_BASE_URL=${PLATFORM_BASE_URL:-http://localhost:$port}
test_port=${TEST_SERVER_PORT:-9876}
server= client=

end() { # PID NAME
        [ -n "$1" ] && kill -TERM "$1" 2>/dev/null && wait "$1" 2>/dev/null
}

finish() {
        trap '' INT TERM HUP
        end "$client"
        end "$server"
        exit "$1"
}
trap 'echo; echo "Stopping …"; finish 0' INT TERM HUP

host=${GATEHOUSE_LISTEN%:*}
case $host in
0.0.0.0) host=127.0.0.1 ;;
"[::]") host=::1 ;;
*) host=${host#[} host=${host%]} ;;
esac

answers() { # whether /healthz answers 200
        local status
        {
                exec 3<>"/dev/tcp/$host/$port" || return 1
                printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
                read -r -t 2 status <&3
                exec 3<&-
        } 2>/dev/null
        [[ ${status:-} == "HTTP/1.1 200"* ]]
}

if answers; then
        echo "run: something answers at $GATEHOUSE_LISTEN already. Stop it, or choose another port: GATEHOUSE_LISTEN=127.0.0.1:8016 make run" >&2
        exit 1
fi

mkdir -p data && chmod 700 data || exit 1
"$programs/gatehouse" serve "$@" </dev/null &
server=$!

for _ in $(seq 100); do
        answers && break
        if ! kill -0 "$server" 2>/dev/null; then
                wait "$server"
                exit $?
        fi
        sleep 0.1
done
if ! answers; then
        echo "run: Gatehouse did not answer at $GATEHOUSE_LISTEN within 10 seconds." >&2
        finish 1
fi

"$programs/oauth-tool" test-server --port "$test_port" </dev/null &
client=$!

# The test client's own address counts only once it listens.
for _ in $(seq 50); do
        (exec 3<>"/dev/tcp/127.0.0.1/$test_port") 2>/dev/null && break
        kill -0 "$client" 2>/dev/null || break
        sleep 0.1
done

echo
echo "  Gatehouse      $PLATFORM_BASE_URL"
if kill -0 "$client" 2>/dev/null; then
        echo "  Test client    http://localhost:$test_port   sign in to it through Gatehouse"
else
        wait "$client"
        echo "  Test client    did not start (see above); Gatehouse runs without it"
        client=
fi
echo
echo "  Ctrl-C stops both."
echo

# Gatehouse is what matters: the test client may end before it.
wait "$server"
status=$?
server=
finish "$status"
