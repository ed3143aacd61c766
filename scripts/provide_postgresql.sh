#!/bin/sh
# See to a PostgreSQL for the tests of studies. The argument is the environment's Python.
python=$1
found() { "$python" -c 'from tests.trust_study import postgresql as it; raise SystemExit(it.programs() is None)'; }
found && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends postgresql
    found && exit 0
    echo "The tests of studies need PostgreSQL and it could not be installed (see above)." \
        "Install it, then run make test again." >&2
    exit 1
fi
echo "No PostgreSQL is installed, and only root could: the tests that need one are skipped." >&2
