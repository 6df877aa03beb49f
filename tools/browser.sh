#!/bin/sh
# Makes sure that there is a Chromium for tests/browser: one from the PATH, else Debian's, else playwright's own.
# Usage: browser.sh PYTHON, where PYTHON has playwright installed.
python=$1

works() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        # Asked for its version, because Ubuntu's chromium-browser may be a script that only advertises a snap.
        command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1 && return 0
    done
    return 1
}

from_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "Installing Debian's chromium for the browser tests ..."
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium >/dev/null && works
}

from_playwright() {
    # Prints nothing and downloads nothing where it was downloaded before.
    "$python" -m playwright install chromium
}

works || from_debian || from_playwright || {
    echo "No browser for the browser tests: install chromium or google-chrome, or run 'make test-fast'." >&2
    exit 1
}
