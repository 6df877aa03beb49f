"""URLs as they may be written down: what locates the data stays, what may be a secret is `…`.

Of a URL stay the scheme, host and port, and the path segments and names of parameters that read as words. Every value
of a parameter and every segment that looks drawn by lot is masked; user, password and fragment are left out. On this
machine itself (loopback) values of parameters stay that read as words under a name that speaks of no secret. Masking a
masked URL changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import unquote, unquote_plus

from jupyter_prov.record.random_text import MASK, looks_random
from jupyter_prov.record.secret_names import names_secret

LONGEST = 2000
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*"
_SCHEMES = re.compile(rf"(?<![A-Za-z0-9+.-])(?:{_SCHEME}:)+")
"""What a URL begins with, if two slashes follow."""
_MOST_NESTED = 20
"""How many URLs within each other are looked at."""
_ONLY_SCHEMES = re.compile(rf"(?:{_SCHEME}:)+")
_WHOLE = re.compile(
    rf"(?P<before>(?:{_SCHEME}:)*)(?P<scheme>{_SCHEME})://(?P<netloc>[^/?#\\]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:\#.*)?",
    re.DOTALL,
)
_OPAQUE = re.compile(rf"(?P<scheme>{_SCHEME}):(?P<rest>.*)", re.DOTALL)
_SCP = re.compile(r"(?:(?P<user>[^@:/\s]+)@)?(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):(?P<path>(?!//)[^\s:@]*)")
"""`git@github.com:org/repo.git`, as ssh and git write it."""
_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^:\[\]]*)(?::(?P<port>\d{0,5}))?")
_HOST = re.compile(r"[\w.~%*…-]*|\[[0-9A-Fa-f:.%]+\]")
_AFTER_HOST = re.compile(r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?:\.[A-Za-z]{2,}[/?:]|:\d+(?:/|$))")
"""In a path: an `@` with the name of a host behind it, so that what stands before it was user and password."""
_LOCAL = re.compile(r"localhost|.*\.localhost|127\.[\d.]+|\[::1?\]|0\.0\.0\.0", re.IGNORECASE)
_UNQUOTED = frozenset("@:/?#")
_ADDRESS = re.compile(r"[\d.]+|\[.*\]")
_MEDIA = re.compile(r"[\w+.-]+/[\w+.-]+(?:;[\w=.-]+)*", re.ASCII)
_KEY = re.compile(
    r"(?:gh[pousr]_|github_pat_|glpat-|hf_|sk-|xox[abprs]-|AKIA|ASIA|AIza|eyJ|pypi-|npm_|dop_v1_)[\w.-]{6,}|bot\d+:[\w-]+",
    re.ASCII,
)
"""Beginnings by which those who give out keys mark them."""
_HOOK = re.compile(r"(/(?:webhooks?\w*|services/T\w+|hooks/catch)/).+", re.ASCII | re.IGNORECASE)
"""Paths of web hooks, of which all that follows is a key: Slack's, Discord's, Office's, Zapier's."""
_BEFORE_SECRET = frozenset(
    (
        "token tokens access_token apikey api_key api-key key secret secrets password passwd pwd credentials "
        "signature sig"
    ).split()
)
"""Segments of a path behind which a secret stands."""
_STORES = frozenset("s3 s3a s3n gs gcs az azure abfs abfss adl wasb wasbs hf r2 oci oss hdfs".split())
"""Schemes in which the first part is the name of a bucket rather than of a host."""
_METHODS = frozenset(
    (
        "GET HEAD POST PUT DELETE PATCH OPTIONS TRACE CONNECT QUERY SEARCH REPORT PURGE LINK UNLINK "
        "PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK LIST"
    ).split()
)
_USERS = frozenset("user username login uid account".split())
_LAST_WORD = re.compile(r"[^A-Za-z]+")
_PARTS = re.compile(r"[?&;,]")
_SSH_USERS = ("git", "hg")
"""Users that everybody is on a server of repositories."""


def mask_url(url: str, known: Collection[str] = ()) -> str:
    """A URL, a chain of them, or the address that a connection names, without what may be a secret.

    Parts that are `known` to be none, such as the commit that a source is pinned to, stay.
    """
    url = "".join(char for char in url if char.isprintable()).strip()
    shown: list[str] = []
    for _ in range(_MOST_NESTED):
        begin, end = _nested(url)
        if begin < 0 or _ONLY_SCHEMES.fullmatch(url[:begin]):
            return "".join([*shown, _mask_one(url, known)])[:LONGEST].strip()
        shown += [_mask_one(url[:begin], known), url[begin:end]]
        url = url[end:].strip()
    return "".join([*shown, MASK])[:LONGEST].strip()


def _nested(url: str) -> tuple[int, int]:
    """Where, before the query, a URL within another begins, with the colons that join them and without; else -1."""
    told = url.partition("?")[0]
    for found in _SCHEMES.finditer(told):
        start = (
            found.start() or found[0].index(":") + 1
        )  # the schemes at the very beginning are those of the URL itself
        if start < found.end() and told.startswith("//", found.end()):
            return (start - 2 if told[:start].endswith("::") else start), start
    return -1, -1


def shown_method(method: str) -> str:
    """A method of HTTP; anything else may be a secret that came into the wrong place."""
    upper = method.upper()
    return upper if upper in _METHODS else MASK


def mask_host(host: str) -> str:
    """The name of a host, perhaps with its port: labels that look drawn by lot are masked."""
    found = _PORT.fullmatch(host)
    if found is None or not _is_host(host):
        return MASK
    port = f":{found['port']}" if found["port"] else ""
    if _ADDRESS.fullmatch(found["host"]):
        return found["host"] + port
    *labels, last = found["host"].split(".")
    shown = [MASK if hides(label) else label for label in labels]
    return ".".join([*shown, last if labels or not hides(last) else MASK]) + port


def is_local(host: str) -> bool:
    """Whether a host, perhaps with its port, is this machine itself."""
    found = _PORT.fullmatch(host)
    return found is not None and _LOCAL.fullmatch(found["host"]) is not None


def _mask_one(url: str, known: Collection[str]) -> str:
    whole = _WHOLE.fullmatch(url)
    if whole is None:
        return _mask_opaque(url, known)
    scheme, path = whole["scheme"].lower(), whole["path"].replace("\\", "/")
    before = "".join(f"{word.lower()}:" for word in whole["before"].split(":") if word)
    user, at, hosts = whole["netloc"].rpartition("@")
    if scheme == "file":
        return f"{before}{scheme}://{hosts}{path}"
    netloc = _mask_netloc(hosts)
    is_host = "." in hosts or ":" in hosts.rstrip(":") or is_local(hosts) or scheme in _STORES
    is_host &= "\\" not in whole["path"]
    if netloc is None or _is_cut(path, whole["query"] or "", bool(at), is_host):
        return f"{before}{scheme}://{MASK}"
    local = is_local(hosts)
    kept_user = f"{user}@" if user in _SSH_USERS and "ssh" in scheme else ""
    query = f"?{_mask_query(whole['query'], local)}" if whole["query"] else ""
    return f"{before}{scheme}://{kept_user}{netloc}{_mask_path(path, local, known)}{query}"


def _mask_netloc(netloc: str) -> str | None:
    """Hosts with their ports, and the parameters that some connections put behind them; None where it is neither."""
    hosts, *parameters = netloc.split(";")
    if not all(_is_host(host) for host in hosts.split(",")):
        return None
    shown = ",".join(mask_host(host) for host in hosts.split(","))
    return ";".join([shown, *(_mask_parameter(one, local=False) for one in parameters)])


def _is_host(host: str) -> bool:
    found = _PORT.fullmatch(host)
    if not host.startswith("[") and not _UNQUOTED.isdisjoint(_decoded(host).replace(host, "")):
        return False  # user and password, quoted
    return found is not None and _HOST.fullmatch(found["host"]) is not None and int(found["port"] or 0) < 1 << 16


def _is_cut(path: str, query: str, has_user: bool, is_host: bool) -> bool:
    """Whether a user or password with an unquoted `/`, `?` or `@` may have been cut in the midst."""
    return ("@" in path + query and (has_user or not is_host)) or _AFTER_HOST.search(path) is not None


def _mask_opaque(url: str, known: Collection[str]) -> str:
    """What has no `//`: a host and path for ssh, `host:port`, `data:` and the like, or no URL at all."""
    if scp := _SCP.fullmatch(url):
        user = f"{scp['user']}@" if scp["user"] in _SSH_USERS else ""
        path = scp["path"]
        return f"{user}{mask_host(scp['host'])}:" + (path if path.isdigit() else _mask_path(path, False, known))
    if found := _OPAQUE.fullmatch(url):
        if found["rest"].isdigit():
            return mask_host(url)
        media = found["rest"].partition(",")[0] if found["scheme"].lower() == "data" else ""
        is_media = _MEDIA.fullmatch(media) is not None and not looks_random(media)
        return f"{found['scheme'].lower()}:{f'{media},' if is_media else ''}{MASK}"
    return _mask_path(url, False, known) if "@" not in url and "=" not in url else MASK


def _mask_path(path: str, local: bool, known: Collection[str]) -> str:
    shown, hides = [], False
    for segment in _HOOK.sub(rf"\1{MASK}", path).split("/"):
        shown.append(MASK if hides and segment else _mask_segment(segment, local, known))
        text = _decoded(segment)
        hides = _stands_before_secret(text) and not looks_random(text)  # in which any word may turn up by chance
    return "/".join(shown)


def _stands_before_secret(segment: str) -> bool:
    """Whether a secret stands in the next segment of a path: this one ends with a word that speaks of one."""
    return segment.lower() in _BEFORE_SECRET or names_secret(_LAST_WORD.split(segment)[-1])


def _mask_segment(segment: str, local: bool, known: Collection[str]) -> str:
    """A part of a path; its own parameters (`;jsessionid=…`) are treated like those of a query."""
    first, *parameters = segment.split(";")
    text = _decoded(first)
    is_known = any(text.startswith(one) and len(text) - len(one) <= len(".tar.bz2") for one in known)
    if not is_known and (
        hides(text)
        or "://" in text
        or ":" in text.rpartition("@")[0]
        or _has_secret_value(text)
        or ("?" in text and text != first)
    ):
        first = MASK
    return ";".join([first, *(_mask_parameter(one, local) for one in parameters)])


def _mask_query(query: str, local: bool) -> str:
    return "&".join(";".join(_mask_parameter(one, local) for one in part.split(";")) for part in query.split("&"))


def _mask_parameter(text: str, local: bool) -> str:
    name, equals, value = text.partition("=")
    shown = name if _reads(name) else MASK
    if not equals or not value:
        return shown + equals
    stays = local and not names_secret(name) and _reads(value)
    return f"{shown}={value if stays else MASK}"


def _reads(quoted: str) -> bool:
    """Whether the name or value of a parameter reads as words, and is no address."""
    text = _decoded(unquote_plus(quoted))
    return not (hides(text) or "://" in text or "@" in text)


def hides(text: str) -> bool:
    """Whether a word may be a key or an id that was drawn."""
    return bool(looks_random(text) or _KEY.search(text))


def _has_secret_value(text: str) -> bool:
    """Whether a segment gives a value to a name that speaks of a secret (`token=x`, `key:x`)."""
    parts = [re.fullmatch(r"([\w.-]+)([=:])(.+)", part) for part in _PARTS.split(text)]
    return any(
        names_secret(part[1]) or (part[1].lower() in _USERS and (part[2] == ":" or ":" in part[3]))
        for part in parts
        if part
    )


def _decoded(text: str) -> str:
    """A text without percent signs, however often it was quoted."""
    for _ in range(5):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text
