"""Texts that somebody else wrote, as they may be written down: messages of exceptions, declared values, notes, logs.

Masked (`…`) are URLs as `masked_urls` says, values behind names that speak of a secret (`Password=…`), user and
password before a host, and words that look drawn by lot. Masking a masked text changes nothing.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jupyter_prov.record.masked_urls import hides, mask_url
from jupyter_prov.record.random_text import MASK
from jupyter_prov.record.secret_names import names_secret, names_secret_number, speaks_of_secret

URL = "user names, values of parameters and other parts of URLs that may be secrets"
NAMED = "values of names such as 'password'"
RANDOM = "text that looks random, as keys do"
"""What was masked, in the words of a message."""
_URL = re.compile(
    r"(?:(?<![A-Za-z0-9+.-])(?<![A-Za-z0-9+.-]:)(?:[A-Za-z0-9+.-]+:)+//|\bdata:[\w+.-]+/[\w+.-]+[;,]|\bhttps?%3A%2F%2F)"
    r"(?:[^\s\"<>`'\\]|'(?![\s,;:)\]}]|$))*",
    re.IGNORECASE,
)
_HEAD, _TAIL = "0123456789+.-:", ".,;:!?)]}"
"""What stands before and behind a URL in a text, and is not part of it."""
_NAME = re.compile(
    r"(?P<quote>[\"']?)(?P<name>[A-Za-z_](?:[\w.-]|(?<=[A-Za-z]) (?=[A-Za-z]))*)(?P=quote)(?:\\[\"'])?\]?"
    r"(?P<sign>\s*(?::\s*[A-Za-z_][\w.]*(?:\[[^\]]{0,100}\])?(?:\s*\|\s*\w+)?\s*=(?!=)|:=|=>|[=!]=|[=:])\s*(?![=\s])"
    r"|(?P<beside>(?<=[\"']),?\s*(?=[\"'])|\s+(?=[\"'])))?"
)
"""A name, and the sign behind which its value stands, if there is one: other names are passed over but once."""
_VALUE = re.compile(
    r"[rbfuRBFU]{0,2}(?:\"{3}[^\"]*\"{3}|'{3}[^']*'{3}|\"[^\"]*(?:\"|$)|'[^']*(?:''[^']*)*(?:'|$))|\{[^}]{0,1000}\}"
    r"|(?:[A-Za-z_][\w.]{0,40})?(?:\[[^\]]{0,1000}\]|\([^)]{0,1000}\))|\\\"[^\"]*\""
    r"|(?:(?:Bearer|Basic|Token|Digest)\s+)?[^\s;&,)\]}'\"]+"
)
_QUOTED = re.compile(
    r"[rbfuRBFU]{0,2}(?:\"[^\"]*\"?|'[^']*'?)|[(\[]\s*[rbfuRBFU]{0,2}(?:\"[^\")\]]*\"|'[^')\]]*')\s*(?:,[^)\]]{0,1000})?[)\]]"
)
_LITERAL = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?")
_LINES = {quote: re.compile(rf"[^\r\n{quote}]+") for quote in ("", "'", '"')}
"""The rest of a line, or of what is quoted."""
_HEADER = re.compile(r"(?:.*[-_ ])?(?:authorization|cookie)", re.IGNORECASE)
"""Names of headers whose values hold several things with names of their own."""
_TAG = re.compile(r"(?P<sign><(?P<name>[A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>)(?P<value>[^<>]+)(?=</)")
_USER = re.compile(r"-u|--?[\w-]*user", re.IGNORECASE)
_OPTION = re.compile(r"(?<![\w-])(?P<name>--?[A-Za-z][\w-]*)(?P<sign>\s+)(?P<value>[^\s-]\S*)")
_SET = re.compile(r"(?P<name>^\s*%(?:set_)?env\s+\w+)(?P<sign>\s+)(?P<value>\S.*)")
"""A variable as IPython's `%env NAME VALUE` sets it."""
_KEYED = re.compile(
    r"(?P<sign>\b(?:key|name)[\"']?\s*[:=]\s*[\"']?(?P<name>[\w.-]{1,100})[\"']?[\s,]+[\"']?value[\"']?\s*[:=]\s*[\"']?)"
    r"(?P<value>[^\s\"',}>]+)",
    re.IGNORECASE,
)
"""A name and its value where both have names: `{"key": "password", "value": …}`."""
_BEARER = re.compile(r"(?P<name>\b(?:Bearer|Basic))(?P<sign>\s+)(?P<value>[\w.~+/=-]{4,})", re.IGNORECASE)
_SAID = re.compile(
    r"(?P<name>\b(?:pass(?:word|wd|phrase|code)|pwd|secret|token|key))(?P<sign>\s+(?:(?:is|was)\s+)?)(?P<value>[^\s,;\"']{4,})",
    re.IGNORECASE,
)
"""What a sentence says: `the password is hunter2`, and not `the password is wrong`."""
_LOGIN = re.compile(
    r"(?P<sign>\blogin\s+\S+\s+password\s+|\b(?i:identified\s+by)\s+|\bsshpass\s+-p\s*|(?<![\w-])-u[^\s:'\"-][^\s:'\"]*:(?!\d+(?:\s|$))|(?<![\w-])(?:-u\s*|--user(?:\s+|=))[^\s-]\S{0,100}\s"
    r"(?:[^|;&\n]{0,200}\s)?-p(?![\d:]+(?:\s|$)))(?P<value>\S+)"
)
"""A password as in a .netrc and in SQL, and as `mysql -u NAME -pPASSWORD`, `curl -uNAME:…` and `sshpass -p` take it."""
_PAIR = re.compile(r"(?<![\w….+-])[\w.+-]+[:/][^\s@'\"…]+(?P<host>@(?=[\w.-]+(?:[:/]|$)|//))?")
"""User and password, as in `user:password@host` and `scott/tiger@host:1521`, and what has no host behind it."""
_WORD = re.compile(r"[\w+=~-]{6,}(?:\.[\w-]{6,}\.[\w-]+)?", re.ASCII)


@dataclass(frozen=True)
class Masked:
    """A text without what may be a secret, and what that was."""

    text: str
    parts: tuple[str, ...] = ()


def mask_text(text: str) -> str:
    """A text without what may be a secret."""
    return masked(text).text


@functools.lru_cache(maxsize=4096)
def masked(text: str) -> Masked:
    """A text without what may be a secret, and what was masked."""
    masker = _Masker()
    return Masked(masker.words(masker.settings(text, _VALUE)), tuple(masker.parts))


@functools.lru_cache(maxsize=4096)
def mask_source(line: str) -> str:
    """A line of source without what may be a secret.

    Values behind names are masked only where they are quoted, as others are names themselves; not so in magics.
    """
    masker = _Masker()
    return masker.words(masker.settings(line, _VALUE if line.lstrip().startswith(("%", "!")) else _QUOTED))


def mask_urls(text: str) -> str:
    """A text of which only URLs and settings are masked: one whose other words are what it is about."""
    return _Masker().settings(text, _VALUE)


def mask_named(name: str, value: Any) -> tuple[Any, tuple[str, ...]]:
    """A number or text as it may be written down under a name, and what was masked of it."""
    if value is None or isinstance(value, bool):
        return value, ()
    if isinstance(value, str):
        if value and names_secret(name):
            return MASK, (NAMED,)
        found = masked(value)
        return found.text, found.parts
    return (MASK, (NAMED,)) if names_secret_number(name) else (value, ())


class _Masker:
    """Masks one text, and remembers which parts it masked."""

    def __init__(self) -> None:
        self.parts: dict[str, None] = {}

    def words(self, text: str) -> str:
        """Mask words that look random, other than those of URLs."""
        return self._beside_urls(_WORD, _word, RANDOM, text)

    def settings(self, text: str, value: re.Pattern[str]) -> str:
        """Mask URLs, values behind names that speak of a secret, and user and password before a host."""
        text = self._each(_KEYED, _keyed, NAMED, self._each(_URL, _url, URL, text))
        text = self._named(text, value)
        text = self._each(_TAG, _tag, NAMED, text)
        text = self._each(_OPTION, _option, NAMED, text)
        text = self._each(_SET, _set, NAMED, text)
        text = self._each(_BEARER, _drawn, NAMED, text)
        text = self._each(_SAID, _drawn, NAMED, text)
        text = self._each(_LOGIN, _login, NAMED, text)
        return self._beside_urls(_PAIR, _pair, URL, text)

    def _beside_urls(self, pattern: re.Pattern[str], mask: Callable[[re.Match[str]], str], part: str, text: str) -> str:
        shown, end = [], 0
        for url in _URL.finditer(text):
            shown += [self._each(pattern, mask, part, text[end : url.start()]), url[0]]
            end = url.end()
        return "".join([*shown, self._each(pattern, mask, part, text[end:])])

    def _each(self, pattern: re.Pattern[str], mask: Callable[[re.Match[str]], str], part: str, text: str) -> str:
        shown = pattern.sub(mask, text)
        if shown != text:
            self.parts[part] = None
        return shown

    def _named(self, text: str, pattern: re.Pattern[str]) -> str:
        shown, end, at, inner = [], 0, 0, _inner(text) if pattern is _QUOTED else []
        while (name := _NAME.search(text, at)) is not None:
            at = name.end()
            names = name["sign"] is not None and _names(name)
            value = _value(name, _VALUE if _is_within(name.end(), inner) else pattern) if names else None
            if value is not None and _is_secret(name["name"], value[0].strip("\"'{}")):
                quote = value[0][-1] if value[0][-1] in "\"'" else ""
                shown += [text[end : name.end()], quote, MASK, quote]
                end = at = value.end()
                self.parts[NAMED] = None
        return "".join([*shown, text[end:]])


def _url(found: re.Match[str]) -> str:
    begun = found[0].lstrip(_HEAD)
    url = begun.rstrip(_TAIL)
    return found[0][: len(found[0]) - len(begun)] + mask_url(url) + begun[len(url) :]


def _pair(found: re.Match[str]) -> str:
    return f"{MASK}@" if found["host"] else found[0]


def _tag(found: re.Match[str]) -> str:
    return f"{found['sign']}{MASK}" if speaks_of_secret(found["name"]) else found[0]


def _option(found: re.Match[str]) -> str:
    user, colon, password = found["value"].partition(":")
    if _USER.fullmatch(found["name"]) and colon and not password.isdigit():
        return f"{found['name']}{found['sign']}{user}:{MASK}"
    return f"{found['name']}{found['sign']}{MASK}" if names_secret(found["name"]) else found[0]


def _set(found: re.Match[str]) -> str:
    name = found["name"].split()[-1]
    return (
        f"{found['name']}{found['sign']}{MASK}" if names_secret(name) and _is_secret(name, found["value"]) else found[0]
    )


def _keyed(found: re.Match[str]) -> str:
    secret = names_secret(found["name"]) and _is_secret(found["name"], found["value"])
    return f"{found['sign']}{MASK}" if secret else found[0]


def _drawn(found: re.Match[str]) -> str:
    value = found["value"]
    is_word = not any(map(str.isdigit, value)) or not any(map(str.isalpha, value))
    return found[0] if is_word else f"{found['name']}{found['sign']}{MASK}"


def _login(found: re.Match[str]) -> str:
    return f"{found['sign']}{MASK}"


def _word(found: re.Match[str]) -> str:
    return MASK if hides(found[0]) else found[0]


def _inner(text: str) -> list[tuple[int, int]]:
    """Where what is quoted begins and ends in a line of source."""
    return [found.span() for found in _LITERAL.finditer(text)]


def _is_within(place: int, spans: list[tuple[int, int]]) -> bool:
    """Whether a place is between the quotes of one of them; the spans are in their order."""
    before = bisect.bisect_left(spans, (place, 0))
    return before > 0 and place < spans[before - 1][1]


def _names(found: re.Match[str]) -> bool:
    """Whether a name with a sign speaks of a secret; before a value that is only beside it, its last word has to."""
    if found["beside"] is None:
        return _is_secret_name(found["name"])
    is_argument = found["quote"] and found.string[found.start() - 1 : found.start()] == "("
    return speaks_of_secret(found["name"].rpartition(" ")[2]) and bool(is_argument or not found["quote"])


def _value(name: re.Match[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    """What stands behind a name; of a header without quotes, all of it."""
    text, at = name.string, name.end()
    if pattern is _VALUE and ":" in name["sign"] and _HEADER.fullmatch(name["name"]) and text[at : at + 1] not in "\"'":
        before = text[name.start() - 1 : name.start()] if name.start() else ""
        return _LINES[before if before in _LINES else ""].match(text, at)
    return pattern.match(text, at)


def _is_secret_name(name: str) -> bool:
    """Whether a name in a text speaks of a secret, and is not the type of an exception (`KeyError: …`)."""
    return not name.endswith(("Error", "Exception", "Warning")) and names_secret(name)


def _is_secret(name: str, value: str) -> bool:
    """Whether a value is more than a number or constant, as a count of tokens or a missing password is."""
    if value in ("", MASK):
        return False
    if re.fullmatch(r"[\d.]+", value):
        return names_secret_number(name)
    return value.lower() not in ("none", "null", "true", "false")
