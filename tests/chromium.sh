#!/bin/sh
# Make sure that a Chromium is there for the browser tests; install Debian's where that is possible: its shell without
# a window of its own, which has a sixth less to do, or else the whole browser.
set -u
has() { command -v "$1" >/dev/null 2>&1; }
add() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"; }

if has chromium-headless-shell; then exit 0; fi
if [ "$(id -u)" = 0 ] && has apt-get; then
    apt-get update -qq
    add chromium-headless-shell || has chromium || add chromium
fi
for name in chromium-headless-shell chromium chromium-browser; do
    if has "$name"; then exit 0; fi
done
echo "No Chromium found and none could be installed: the browser tests will be skipped. Install the package chromium." >&2
