"""Passwords: what a good one is, and how it is kept (scrypt, with a salt of its own)."""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from itertools import pairwise

from werkzeug.security import check_password_hash, generate_password_hash

from app.messages import Invalid

SHORTEST = 8
"""With the common ones refused, growing pauses after wrong ones, and a second factor for who wants more
(NIST SP 800-63B, section 5.1.1: at least 8, checked against common ones, and no rules about kinds of characters)."""

LONGEST = 1000
_ENDING = "0123456789!?.,-_+*#$&%/ "
_WORDS = """
1q2w3e4r 1q2w3e4r5t 1qaz2wsx abc abcd abcdef abcdefgh access admin administrator asdf asdfasdf asdfgh asdfghjk
asdfghjkl asdfjkl baseball changeit changeme computer dragon einfach fernseher football frankfurt freedom geheim
geheimnis gluehbirne hallo hallohallo hallowelt hamburg heating heatpump heizung heizungskeller helloworld
homeassistant iloveyou installateur internet jennifer kennwort letmein lovelove mallorca master mercedes michelle
monitor monkey mustermann navigator nutzer owner p@ssw0rd p@ssword passw0rd password passwort princess qazwsxedc
qwer qwert qwerty qwertyui qwertyuiop qwertz qwertzui qwertzuiop raspberry raspberrypi schalke schatz schatzi sommer
sonne sonnenschein startrek starwars steckdose sunshine superman superuser trustno1 user viewer waermepumpe welcome
whatever wilkommen willkommen winter wohnzimmer wärmepumpe xxxxxxxx yxcvbnm zaq12wsx zuhause
"""
COMMON = frozenset(_WORDS.split())
"""Lower case, without digits and signs at the end: what people try first, here and elsewhere."""


def hashed(password: str) -> str:
    return generate_password_hash(_plain(password))


def matches(password_hash: str, password: str) -> bool:
    """In a time that does not tell how much of it was right."""
    return check_password_hash(password_hash, _plain(password))


def spend_as_long() -> None:
    """What a comparison costs, for a name that nobody has."""
    generate_password_hash("-")


def fingerprint(password_hash: str) -> str:
    """Changes with the password, and tells nothing of it."""
    return sha256(password_hash.encode()).hexdigest()[:16]


def check(password: str, name: str, field: str = "password") -> None:
    """Raises Invalid for one that is too short, or that somebody else would try too."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(field, "a password has at least %(least)d characters", least=SHORTEST)
    lowered = _plain(password).casefold()
    word = lowered.rstrip(_ENDING)
    own = name.strip().casefold()
    if own and own in (lowered, lowered[::-1], word):
        raise Invalid(field, "a password that is the name is the first that others try")
    if word in COMMON or lowered in COMMON or len(set(lowered)) < 4 or _counts(lowered):
        raise Invalid(field, "this password is one of those that are tried first; choose another one")


def _counts(text: str) -> bool:
    """12345678, abcdefgh, 87654321."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1}) or text in ("1234567890", "0123456789", "123456789", "0987654321")


def _plain(password: str) -> str:
    """The same letters in the same code points, whatever keyboard they come from; cut where nobody types on."""
    # cut first: sorting the accents of a letter takes the square of their number, and anybody may send half a million
    return unicodedata.normalize("NFC", password[:LONGEST])
