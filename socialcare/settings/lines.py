"""On which line of a TOML text a key or value stands; tomllib does not tell.

Walks a text that tomllib accepts, or one it refused: then it may stop early and says
where. It never decides what is valid.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys from the top, with the index in arrays: ``("notify", 0, "on")``."""

_SPACE = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
_STRING = re.compile(
    r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"
    r'|(?!""")"(?:[^"\\\n]++|\\[^\n])*+"'
    r"|(?!''')'[^'\n]*+'",
    re.DOTALL,
)
_KEY = re.compile(r"""[^\s=.\[\]{}"'#,]+""")
_SCALAR = re.compile(r"[^,\]}#\n]+")


class Lost(Exception):  # noqa: N818 - not an error of the user's: where reading had to stop
    """Reading stopped; ``line`` is where the open string, array or table begins."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Lines:
    """``find`` gives a line; ``repeated`` is the first key that stands twice, if any.

    For whoever edits the text: ``values`` holds where the value of each key begins and
    ends, ``headers`` where each ``[section]`` line begins, both as offsets.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}
        self._tables: set[Path] = set()
        self.values: dict[Path, tuple[int, int]] = {}
        self.headers: list[tuple[int, Path]] = []
        self.repeated: tuple[Path, int, int] | None = None

    def find(self, path: Path) -> int | None:
        """Line of the key, or of the nearest thing around it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None

    def read(self) -> Lines:
        """Walk the text once.

        Raises
        ------
        Lost
            At something that is not TOML.

        """
        table: Path = ()
        while self._peek():
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
        return self

    @property
    def _line(self) -> int:
        return bisect_right(self._breaks, self._at - 1) + 1

    def _peek(self) -> str:
        """The next character that is neither space nor comment; empty at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, token: str, line: int) -> None:
        if self._peek() != token:
            raise Lost(line)
        self._at += 1

    def _header(self) -> Path:
        line, double, start = self._line, self._text.startswith("[[", self._at), self._at
        self._at += 2 if double else 1
        keys = list(self._keys(line))
        self._take("]", line)
        if double:
            self._take("]", line)
        path = self._place((), keys, line)
        if double:
            index = self._arrays[path] = self._arrays.get(path, -1) + 1
            path = (*path, index)
            self._lines[path] = line
        elif path in self._tables:
            self._repeat(path, line)
        self._tables.add(path)
        self.headers.append((start, path))
        return path

    def _place(self, table: Path, keys: list[str], line: int) -> Path:
        """The path of dotted keys below a table; a key through an array of tables means its last."""
        path = table
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            self._lines.setdefault(path, line)
            if number < len(keys) and path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _pair(self, table: Path) -> None:
        line = self._line
        path = self._place(table, list(self._keys(line)), line)
        self._take("=", line)
        if self._lines[path] != line or path in self._tables:
            self._repeat(path, line)
        self._tables.add(path)
        self._peek()
        start = self._at
        self._value(path)
        self.values[path] = (start, start + len(self._text[start : self._at].rstrip()))

    def _repeat(self, path: Path, line: int) -> None:
        if self.repeated is None:
            self.repeated = (path, self._lines[path], line)

    def _keys(self, line: int) -> Iterator[str]:
        while True:
            yield self._key(line)
            if self._peek() != ".":
                return
            self._at += 1

    def _key(self, line: int) -> str:
        quoted = self._peek() in ('"', "'")
        match = (_STRING if quoted else _KEY).match(self._text, self._at)
        if match is None:
            raise Lost(line)
        self._at = match.end()
        return _unquoted(match.group()) if quoted else match.group()

    def _value(self, path: Path) -> None:
        first = self._peek()
        self._lines.setdefault(path, self._line)
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            form = _STRING if first in ('"', "'") else _SCALAR
            match = form.match(self._text, self._at)
            if match is None:
                raise Lost(self._line)
            self._at = match.end()

    def _array(self, path: Path) -> None:
        line, index = self._line, 0
        self._at += 1
        while self._peek() != "]":
            self._value((*path, index))
            index += 1
            if self._peek() != ",":
                break
            self._at += 1
        self._take("]", line)

    def _inline_table(self, path: Path) -> None:
        line = self._line
        self._at += 1
        while self._peek() not in ("}", ""):
            self._pair(path)
            if self._peek() != ",":
                break
            self._at += 1
        self._take("}", line)


def _unquoted(key: str) -> str:
    if "\\" not in key:
        return key[1:-1]
    import tomllib

    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except ValueError:
        return key[1:-1]
