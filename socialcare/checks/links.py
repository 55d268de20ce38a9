"""Links of a reply: where they lead, and whether people can see it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from socialcare.checks.model import Context, Level, Told
from socialcare.checks.plain import straight

_SHORTENERS_WORDS = (
    "bit.ly t.co tinyurl.com goo.gl ow.ly buff.ly is.gd v.gd rebrand.ly cutt.ly lnkd.in tiny.cc"
    " shorturl.at rb.gy t.ly s.id dlvr.it bl.ink trib.al fb.me amzn.to youtu.be wp.me j.mp ift.tt"
    " qr.ae adf.ly soo.gd clck.ru shorte.st u.to x.gd t1p.de kurzelinks.de linktr.ee surl.li"
    " urlz.fr tr.im short.io snip.ly bitly.com ogy.de hubs.ly mcaf.ee dub.sh ln.run"
)
SHORTENERS = frozenset(_SHORTENERS_WORDS.split())
_MOST = 50
"""So many links are judged."""
_WEB = re.compile(
    r"(?i)(?<![\w@])(?:https?|ftp)://([^\s<>\"'“”«»]{1,2000})|(?<![\w@./-])www\.[^\s<>\"'“”«»]{1,2000}"
)
_SCRIPT = re.compile(r"(?i)(?<![\w-])(?:javascript|vbscript|data:[a-z]+/|file:/|blob:h)[^\s]{0,80}")
_BARE = re.compile(
    r"(?i)(?<![\w@.:/%+-])(?:[\w-]{1,63}\.){1,6}"
    r"(?:(?:com|net|org|info|biz|edu|gov|de|uk|at|ch|fr|nl|se|no|dk|fi|es|pl|eu|us|ca|app|dev|shop"
    r"|store|online|site|xyz|top|click|link|page|example)(?![\w-]|\.[\w])"
    r"|[a-z]{2,6}(?=/\w))(?:[/?#][^\s<>\"'“”«»]{0,500})?"
)  # fmt: skip
_NO_SITES = frozenset({"asp.net", "ado.net", "vb.net", "e.no", "z.no"})
_NUMERIC = re.compile(r"(?i)(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}", re.ASCII)
_TOGETHER = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "LATIN"})
_WORST: dict[Level, int] = {"ok": 0, "look": 1, "stop": 2}


def links(text: str, context: Context) -> Told:
    plain = straight(text)
    if script := _SCRIPT.search(plain):
        kind = script[0].partition(":")[0].lower()
        if ":" in script[0]:
            return "stop", f"a {kind}: link runs or shows what nobody can see"
    hosts = list(dict.fromkeys(_hosts(text, plain)))[:_MOST]
    if not hosts:
        return "ok", "no links"
    told = [_judged(host, hidden, context.links) for host, hidden in hosts]
    worst = max(told, key=lambda one: _WORST[one[0]])
    return worst if worst[0] != "ok" else ("ok", f"{len(hosts)} to known places")


def _hosts(text: str, plain: str) -> Iterable[tuple[str, bool]]:
    """Each host, and whether the address hides it behind a name. Raw: look-alikes matter."""
    for source in dict.fromkeys((text[: len(text)], plain)):
        spans = []
        for match in _WEB.finditer(source):
            spans.append(match.span())
            yield _host(match[1] or match[0])
        rest = _without(source, spans)
        for match in _BARE.finditer(rest):
            host, hidden = _host(match[0])
            if host not in _NO_SITES:
                yield host, hidden


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts, place = [], 0
    for start, end in spans:
        parts += [text[place:start], " "]
        place = end
    return "".join([*parts, text[place:]])


def _host(address: str) -> tuple[str, bool]:
    """The host of an address without its scheme; a backslash ends it, as in browsers."""
    authority = re.split(r"[/?#\\]", address, maxsplit=1)[0]
    user, at, host = authority.rpartition("@")
    if not host.startswith("["):
        host = host.partition(":")[0]
    return host.casefold().strip(".,;:!?)'*_"), bool(at and user)


def _judged(host: str, hidden: bool, known: Iterable[str]) -> Told:
    shown = host[:60]
    if host.startswith("[") or _NUMERIC.fullmatch(host):
        return "stop", f"{shown} is a bare number, not a name"
    labels = [_readable(label) for label in host.split(".")]
    if any(_mixed(label) for label in labels):
        return "stop", f"{shown} mixes letters of several scripts"
    if hidden:
        return "look", f"a name stands before the @, the link leads to {shown}"
    if any(host == one or host.endswith(f".{one}") for one in known):
        return "ok", shown
    bare = host.removeprefix("www.")
    if bare in SHORTENERS:
        return "look", f"{bare} hides where it leads"
    return "look", f"{shown} is not among your [reply] links"


def _readable(label: str) -> str:
    """A label with its punycode read."""
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _mixed(label: str) -> bool:
    """Whether letters of scripts stand side by side that no language writes together."""
    scripts = {
        unicodedata.name(sign, "UNKNOWN").split(maxsplit=1)[0] for sign in label if sign.isalpha()
    }
    return len(scripts) > 1 and not scripts <= _TOGETHER
