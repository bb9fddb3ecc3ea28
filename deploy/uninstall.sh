#!/bin/sh
# `make uninstall`: removes the program and its service. Data and settings stay; with PURGE=yes they go as well.
# DESTDIR as in install.sh.
set -eu

DESTDIR=${DESTDIR:-}
PURGE=${PURGE:-no}
ACCOUNT=heatpump
NAME=heat-pump-monitor

fail() { printf 'not removed: %s\n' "$*" >&2; exit 1; }

if [ -z "$DESTDIR" ] && [ "$(id -u)" -ne 0 ]; then
    fail "this needs root: sudo make uninstall"
fi
case $PURGE in
yes | no) ;;
*) fail "PURGE is $PURGE; write PURGE=yes to remove all readings, accounts and settings too" ;;
esac

if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then
    systemctl disable --now --quiet "$NAME" 2>/dev/null || true
fi
rm -f "$DESTDIR/etc/systemd/system/$NAME.service"
rm -rf "$DESTDIR/opt/$NAME"
if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi

if [ "$PURGE" = yes ]; then
    rm -rf "$DESTDIR/var/lib/$NAME" "$DESTDIR/etc/$NAME" "$DESTDIR/etc/systemd/system/$NAME.service.d"
    if [ -z "$DESTDIR" ] && getent passwd "$ACCOUNT" >/dev/null; then
        userdel "$ACCOUNT"
    fi
    printf 'removed, with all data and settings\n'
elif [ ! -e "$DESTDIR/var/lib/$NAME" ] && [ ! -e "$DESTDIR/etc/$NAME" ]; then
    printf 'nothing is installed any more, and there are no data\n'
else
    printf 'removed; the data stay in %s, the settings in %s\n' "$DESTDIR/var/lib/$NAME" "$DESTDIR/etc/$NAME"
fi
