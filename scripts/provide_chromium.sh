#!/bin/sh
# See to a Chromium for the browser tests. The argument is the environment's Python.
python=$1
"$python" scripts/find_chromium.py 2>/dev/null && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    for name in chromium-headless-shell chromium; do
        apt-get install -qq -y --no-install-recommends "$name" && break
    done
else
    "$python" -m playwright install chromium
fi
"$python" scripts/find_chromium.py && exit 0
echo "The browser tests need a Chromium and none could be installed (see above)." \
    "Install Chromium or Google Chrome, then run make test again." >&2
exit 1
