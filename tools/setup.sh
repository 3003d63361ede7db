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
echo "installing$missing" >&2
if [ "$(id -u)" = 0 ]; then
    run=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    run=sudo
else
    echo "Ragtime needs packages that are not installed. Run:" >&2
    echo "  sudo apt-get install$missing" >&2
    exit 1
fi
$run apt-get update -qq >&2 || true
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq $missing >&2
