#!/bin/sh
# `make install`: puts this version beside the former one under /opt, and switches over when it is whole.
#
#   DESTDIR=…   put everything under this folder instead, touch neither accounts nor services (for packages and tests)
#   PYTHON=…    the interpreter to make the environment with
#   LOCK=…      the lock file to install from
#   LOOK_S=…    for how many seconds the new version has to run before it counts as installed
#
# Everything that can fail – packages, disk, interpreter – happens in a folder that nobody uses yet. What is left of an
# attempt that broke off is removed, and the running version is not touched.
set -eu

SOURCE=$(cd "$(dirname "$0")/.." && pwd)
DESTDIR=${DESTDIR:-}
PYTHON=${PYTHON:-python3}
LOCK=${LOCK:-$SOURCE/requirements.lock}
ACCOUNT=heatpump
NAME=heat-pump-monitor
HOME_DIR=$DESTDIR/opt/$NAME
STATE=$DESTDIR/var/lib/$NAME
SETTINGS=$DESTDIR/etc/$NAME
UNITS=$DESTDIR/etc/systemd/system
PARTS="app drivers templates static docs deploy run.py schema.sql setup.cfg requirements.lock README.md CHANGELOG.md LICENSE"
KEPT_RELEASES=3
LOOK_S=${LOOK_S:-5}

say() { printf '%s\n' "$*"; }
fail() { printf 'not installed: %s\n' "$*" >&2; exit 1; }

if [ -z "$DESTDIR" ] && [ "$(id -u)" -ne 0 ]; then
    fail "this needs root: sudo make install"
fi
if [ -z "$DESTDIR" ] && [ ! -d /run/systemd/system ]; then
    fail "systemd does not run here; DESTDIR=/somewhere make install only puts the files there"
fi
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "$PYTHON is not Python 3.11 or newer; name another one with PYTHON="
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || fail "$PYTHON has no venv: apt install python3-venv"

umask 022
mkdir -p "$HOME_DIR/releases"
rm -rf "$HOME_DIR/releases/".new-* "$HOME_DIR"/.link-*
NEW=$HOME_DIR/releases/.new-$$
trap 'rm -rf "$NEW"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$NEW"

say "copying the program"
for part in $PARTS; do
    cp -R "$SOURCE/$part" "$NEW/" || fail "$part could not be copied"
done
find "$NEW" -name __pycache__ -type d -prune -exec rm -rf {} +

say "making its environment from $LOCK"
"$PYTHON" -m venv "$NEW/.venv" || fail "the environment could not be made"
"$NEW/.venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r "$LOCK" ||
    fail "a package could not be had, or is not the one that the lock file names"
"$NEW/.venv/bin/python" -m compileall -q "$NEW/app" "$NEW/drivers" || fail "the program could not be compiled"
VERSION=$(cd "$NEW" && "$NEW/.venv/bin/python" -B run.py --version) || fail "the program does not start"
VERSION=${VERSION##* }

FORMER=$(readlink "$HOME_DIR/current" 2>/dev/null || true)
RELEASE=$VERSION-$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e "$HOME_DIR/releases/$RELEASE" ] || RELEASE=$RELEASE-$$

if [ -z "$DESTDIR" ] && ! getent passwd "$ACCOUNT" >/dev/null; then
    useradd --system --user-group --no-create-home --home-dir "/var/lib/$NAME" --shell /usr/sbin/nologin "$ACCOUNT" ||
        fail "the account $ACCOUNT could not be made"
fi
mkdir -p "$STATE" "$SETTINGS" "$UNITS"
chmod 0750 "$STATE" "$SETTINGS"
[ -e "$SETTINGS/settings.env" ] || install -m 0640 "$SOURCE/deploy/systemd/settings.env" "$SETTINGS/settings.env"
if [ -z "$DESTDIR" ]; then
    chown "$ACCOUNT:$ACCOUNT" "$STATE"
    chown -R "root:$ACCOUNT" "$SETTINGS"
fi

# From here on nothing is made any more, only renamed: each step is there wholly or not at all.
switch() { # switch NAME TARGET: the link NAME leads to TARGET
    ln -s "$2" "$HOME_DIR/.link-$1"
    mv -T "$HOME_DIR/.link-$1" "$HOME_DIR/$1"
}
use_unit_of() { # the unit belongs to the version that it starts
    install -m 0644 "$1/deploy/systemd/$NAME.service" "$UNITS/.$NAME.service"
    mv "$UNITS/.$NAME.service" "$UNITS/$NAME.service"
}
lines() { # what the journal says since this moment
    journalctl --unit "$NAME" --since "@$1" --lines 30 --no-pager >&2 || true
}
starts() { # it starts, and the same process still runs some seconds later
    systemctl restart "$NAME" || return 1
    started=$(systemctl show --property MainPID --value "$NAME")
    sleep "$LOOK_S"
    systemctl is-active --quiet "$NAME" && [ "$(systemctl show --property MainPID --value "$NAME")" = "$started" ]
}
same() { # the same program, whatever it was put together from meanwhile
    diff -rq --exclude=.venv --exclude=__pycache__ "$1" "$2" >/dev/null
}
# Installing a version once more repairs it; the version before it stays the one to go back to.
EARLIER=$(readlink "$HOME_DIR/previous" 2>/dev/null || true)
BEFORE=$FORMER
if [ -n "$FORMER" ] && same "$HOME_DIR/$FORMER" "$NEW"; then
    BEFORE=$EARLIER
fi
mv "$NEW" "$HOME_DIR/releases/$RELEASE"
use_unit_of "$HOME_DIR/releases/$RELEASE"
[ -z "$BEFORE" ] || switch previous "$BEFORE"
switch current "releases/$RELEASE"

if [ -z "$DESTDIR" ]; then
    systemctl daemon-reload
    systemctl enable --quiet "$NAME"
    say "starting version $VERSION"
    begun=$(date +%s)
    if ! starts; then
        lines "$begun"
        if [ -n "$FORMER" ]; then
            switch current "$FORMER"
            rm -f "$HOME_DIR/previous"
            [ -z "$EARLIER" ] || switch previous "$EARLIER"
            rm -rf "${HOME_DIR:?}/releases/$RELEASE"
            use_unit_of "$HOME_DIR/$FORMER"
            systemctl daemon-reload
            begun=$(date +%s)
            if starts; then
                fail "version $VERSION does not run, the lines above say why; the former one runs again"
            fi
            lines "$begun"
            fail "neither version $VERSION nor the former one runs; the lines above say why, docs/upgrade.md what to do"
        fi
        systemctl disable --now --quiet "$NAME" || true
        rm -rf "$UNITS/$NAME.service" "$HOME_DIR/current" "${HOME_DIR:?}/releases/$RELEASE"
        systemctl daemon-reload
        fail "version $VERSION does not run; the lines above say why"
    fi
fi

# The running one, the former one, and one more.
find "$HOME_DIR/releases" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort -rn | cut -d' ' -f2- |
    tail -n +$((KEPT_RELEASES + 1)) | while read -r old; do
    case "releases/$old" in
    "$(readlink "$HOME_DIR/current")" | "$(readlink "$HOME_DIR/previous" || true)") ;;
    *) rm -rf "${HOME_DIR:?}/releases/$old" ;;
    esac
done

say "installed: version $VERSION in ${HOME_DIR#"$DESTDIR"}/current, its settings in ${SETTINGS#"$DESTDIR"}, its data in ${STATE#"$DESTDIR"}"
[ -n "$BEFORE" ] && say "the former version is kept: make rollback goes back to it" || true
