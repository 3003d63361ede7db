#!/bin/sh
# setup.sh PACKAGE... - installs what is missing of these Debian packages, by apt as root or through sudo; without either it prints the
# command to run and fails.
set -eu
command -v dpkg-query >/dev/null 2>&1 || exit 0 # no Debian: what is missing shows when compiling
missing=
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then
    run=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    run=sudo
else
    command="apt-get update && apt-get install -y$missing"
    echo "Ragtime needs packages that are not installed. Run:" >&2
    if command -v sudo >/dev/null 2>&1; then
        echo "  sudo sh -c '$command'" >&2
    else
        echo "  su -c '$command'" >&2
    fi
    exit 1
fi
echo "installing$missing" >&2
$run apt-get update -qq >&2 || true
# Through env, so that the setting reaches apt beyond sudo, which would drop it.
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >&2
