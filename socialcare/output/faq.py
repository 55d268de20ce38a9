"""The public page of ready-made answers: one file, as HTML or Markdown, that asks for nothing.

The HTML has no script and loads nothing; light and dark follow the reader's system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from socialcare.text import for_screen

_LINK = re.compile(
    r"\[([^\[\]\n]{1,200})\]\((https?://[^\s()<>]+|#[\w.-]+)\)|(https?://[^\s<>\"]+)"
)
_TRAILING = ".,;:!?)'\""
_ITEM = re.compile(r"[-*] +")
_TITLES = {"de": "Häufige Fragen"}
_TITLE = "Questions and answers"
_SKIP = {"de": "Zum Inhalt"}
STYLE = """\
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --link: #0b57a4; --line: #767676; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --paper: #161616; --link: #8ab8ff; --line: #8a8f98; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 42rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.2rem; line-height: 1.35; }
nav ul { padding-left: 1.2rem; }
article { border-top: 1px solid var(--line); padding-top: .5rem; margin-top: 1.5rem; }
article:target h2 { text-decoration: underline; text-decoration-thickness: 3px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; }
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """``anchor`` is its address on the page, in small letters; ``text`` has lists and links."""

    anchor: str
    title: str
    text: str
    lang: str


def faq_html(entries: Sequence[Entry], brand: str, lang: str) -> Iterator[str]:
    """The page in pieces. Entries stand by language, the page's own first."""
    title = escape(_page_title(brand, lang))
    yield f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta http-equiv="Content-Security-Policy"'
    yield " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    yield '<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    yield f'<a class="skip" href="#Answers">{_SKIP.get(lang, "Skip to the answers")}</a>\n'
    yield f'<header>\n<h1>{title}</h1>\n</header>\n<nav aria-label="{title}">\n<ul>\n'
    for entry in _ordered(entries, lang):
        yield f'<li{_lang(entry, lang)}><a href="#{escape(entry.anchor)}">{_line(entry.title)}</a></li>\n'
    yield '</ul>\n</nav>\n<main id="Answers">\n'
    for entry in _ordered(entries, lang):
        anchor = escape(entry.anchor)
        yield f'<article id="{anchor}"{_lang(entry, lang)} aria-labelledby="{anchor}.title">\n'
        yield f'<h2 id="{anchor}.title">{_line(entry.title)}</h2>\n'
        yield from _blocks(entry.text)
        yield "</article>\n"
    yield "</main>\n</body>\n</html>\n"


def faq_markdown(entries: Sequence[Entry], brand: str, lang: str) -> Iterator[str]:
    """The same for a wiki. An anchor stands before each heading: who renders it makes their own."""
    yield f"# {_safe(_page_title(brand, lang))}\n\n"
    for entry in _ordered(entries, lang):
        yield f"* [{_safe(entry.title)}](#{entry.anchor})\n"
    for entry in _ordered(entries, lang):
        text = "\n".join(map(_safe_line, _clean(entry.text).split("\n")))
        yield f'\n<a id="{escape(entry.anchor)}"></a>\n\n## {_safe(entry.title)}\n\n{text}\n'


def _ordered(entries: Sequence[Entry], lang: str) -> list[Entry]:
    return sorted(entries, key=lambda e: (e.lang != lang, e.lang, e.title.casefold(), e.anchor))


def _page_title(brand: str, lang: str) -> str:
    title = _TITLES.get(lang, _TITLE)
    name = for_screen(brand, one_line=True)
    return f"{name}: {title}" if name else title


def _lang(entry: Entry, lang: str) -> str:
    return "" if entry.lang == lang else f' lang="{escape(entry.lang)}"'


def _clean(text: str) -> str:
    return for_screen(text, limit=len(text))


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, and lists of lines that begin with ``-``."""
    for paragraph in re.split(r"\n\s*\n", _clean(text)):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        for is_list, group in groupby(lines, key=lambda line: bool(_ITEM.match(line))):
            alike = list(group)
            yield from _list(alike) if is_list else _paragraph(alike)


def _list(lines: Iterable[str]) -> Iterator[str]:
    yield "<ul>\n"
    for line in lines:
        yield f"<li>{_line(_ITEM.sub('', line, count=1))}</li>\n"
    yield "</ul>\n"


def _paragraph(lines: Iterable[str]) -> Iterator[str]:
    broken = "<br>\n".join(map(_line, lines))
    yield f"<p>{broken}</p>\n"


def _line(text: str) -> str:
    """Escaped, with its links."""
    text, parts, begun = for_screen(text, one_line=True, limit=len(text)), [], 0
    for match in _LINK.finditer(text):
        words, url = match[1] or "", match[2] or match[3]
        end = match.end()
        if match[3]:
            url = url.rstrip(_TRAILING)
            words, end = url, match.start() + len(url)
        parts += [
            escape(text[begun : match.start()]),
            f'<a href="{escape(url)}">{escape(words)}</a>',
        ]
        begun = end
    return "".join((*parts, escape(text[begun:])))


def _safe(text: str) -> str:
    """One line of Markdown in which nothing is HTML, an image or a link of its own."""
    return re.sub(r"([\[\]`*_\\])", r"\\\1", escape(for_screen(text, one_line=True), quote=False))


def _safe_line(line: str) -> str:
    """A line of an answer: lists and links stay, HTML, images and headings do not."""
    line = escape(line, quote=False).replace("![", "\\![")
    return f"\\{line}" if re.match(r"#{1,6}\s|={2,}\s*$|-{2,}\s*$|```|~~~", line) else line
