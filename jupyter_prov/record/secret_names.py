"""Whether the name of a value speaks of a secret: of a parameter of a URL, a declared value, a setting in a text."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

WORDS = (
    r"token(?!iz)|secret|passw|passphrase|passcode|pwd|signature|credential|session(?!s)|auth(?!or(?!i))|jwt|bearer|hmac"
    r"|ticket|nonce|cookie|(?:api|access|account|shared|secret|private|encryption|license|master|service)[-_ ]?key"
)
"""What speaks of a secret wherever it stands in a name, in lower case."""
_WORDS = re.compile(WORDS)
_SIGNED = re.compile("^x-(?:amz|goog|ms)-")
_PARTS = frozenset("key sig sas pass pin otp pw sid psk cred creds dbpw dbpass userpass mypass".split())
"""What does as a word of its own."""
_COUNTED = re.compile(r"(?:^|-)(?:pin|otp|pw|pwd|password|passwd|passcode|secret|token|pass|key)$")
"""How a name ends whose value is a secret even if it is a number; `max_tokens` is not one."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")


def names_secret(name: str) -> bool:
    """Whether a value of this name may be a secret."""
    words = _words(name)
    parts = (part.rstrip("0123456789") for part in words.split("-"))
    return speaks_of_secret(name) or _SIGNED.match(words) is not None or not _PARTS.isdisjoint(parts)


def speaks_of_secret(name: str) -> bool:
    """Whether a name speaks of a secret by a word that is not used for much else, as `key` is."""
    return bool(_WORDS.search(name.lower()) or _WORDS.search(_words(name)))


def names_secret_number(name: str) -> bool:
    """Whether a number of this name may be a secret."""
    return _COUNTED.search(_words(name)) is not None


def _words(name: str) -> str:
    """The words of a name in lower case, with hyphens between them."""
    return _SEPARATORS.sub("-", _HUMP.sub("-", unquote_plus(name))).lower().strip("-")
