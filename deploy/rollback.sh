#!/bin/sh
# `make rollback`: the former version runs again, and the newer one is kept in its place. DESTDIR as in install.sh.
set -eu

DESTDIR=${DESTDIR:-}
NAME=heat-pump-monitor
HOME_DIR=$DESTDIR/opt/$NAME

fail() { printf 'not rolled back: %s\n' "$*" >&2; exit 1; }

if [ -z "$DESTDIR" ] && [ "$(id -u)" -ne 0 ]; then
    fail "this needs root: sudo make rollback"
fi
NOW=$(readlink "$HOME_DIR/current") || fail "nothing is installed in $HOME_DIR"
FORMER=$(readlink "$HOME_DIR/previous") || fail "there is no former version in $HOME_DIR"
[ -x "$HOME_DIR/$FORMER/.venv/bin/python" ] || fail "$FORMER is not whole any more"

switch() {
    rm -f "$HOME_DIR/.link-$1"
    ln -s "$2" "$HOME_DIR/.link-$1"
    mv -T "$HOME_DIR/.link-$1" "$HOME_DIR/$1"
}
switch current "$FORMER"
switch previous "$NOW"

if [ -z "$DESTDIR" ]; then
    install -m 0644 "$HOME_DIR/current/deploy/systemd/$NAME.service" "/etc/systemd/system/.$NAME.service"
    mv "/etc/systemd/system/.$NAME.service" "/etc/systemd/system/$NAME.service"
    systemctl daemon-reload
    begun=$(date +%s)
    if ! systemctl restart "$NAME"; then
        journalctl --unit "$NAME" --since "@$begun" --lines 30 --no-pager >&2 || true
        fail "$FORMER does not start; the lines above say why, docs/upgrade.md what to do. make rollback goes forward again"
    fi
fi
printf '%s runs; make rollback once more goes forward to %s again\n' "$FORMER" "$NOW"
