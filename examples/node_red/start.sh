#!/bin/sh
# start.sh HOST PORT [OPTIONS OF NODE-RED]: Node-RED with the flow, connected to the bench that answers there.
# The rooms are on the bench's second port, which is the next one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 2 ]; then
    echo "usage: start.sh HOST PORT [OPTIONS OF NODE-RED]" >&2
    exit 2
fi
GEOTWIN_HOST=$1
GEOTWIN_PORT=$2
GEOTWIN_ROOMS_PORT=$(($2 + 1))
export GEOTWIN_HOST GEOTWIN_PORT GEOTWIN_ROOMS_PORT
shift 2
exec "$here/node_modules/.bin/node-red" --userDir "$here/user" -D uiHost=127.0.0.1 "$@" "$here/flows.json"
