#!/bin/sh
# Make sure that a Chromium is there for the browser tests; install Debian's where that is possible.
set -u
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium && exit 0
fi
echo "No Chromium found and none could be installed: the browser tests will be skipped. Install the package chromium." >&2
