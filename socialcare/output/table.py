"""Tables without boxes: measured once, one line a row, never wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from socialcare.output.layout import cell_width, fit, one_cell
from socialcare.output.styled import Line, Piece

WIDE_SCREEN = 100
"""From here on columns stand further apart."""
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """How one column takes its place. ``most`` None takes what the others leave."""

    header: str
    least: int
    most: int | None = None
    most_wide: int | None = None
    """``most`` on a wide screen, where it differs."""
    right: bool = False
    whole: bool = False
    """Never cut: an id that is not complete is no id."""
    gap: tuple[int, int] = (1, 2)
    """Blanks before it, on a narrow and on a wide screen."""
    from_width: int = 0
    """Screens narrower than this do without it."""


def table(columns: Sequence[Column], rows: Sequence[Sequence[Piece]], width: int) -> Iterator[Line]:
    """The header line and one line a row; a row has one piece for every column given."""
    wide = width >= WIDE_SCREEN
    cleaned = [[Piece(one_cell(p.text) or NOTHING, p.style, p.end) for p in row] for row in rows]
    natural = [_natural(column, at, cleaned, wide=wide) for at, column in enumerate(columns)]
    widths = _fitting(columns, natural, width, wide=wide)
    yield _line(columns, widths, [Piece(column.header) for column in columns], wide=wide)
    for row in cleaned:
        yield _line(columns, widths, row, wide=wide)


def _natural(column: Column, at: int, rows: Sequence[Sequence[Piece]], *, wide: bool) -> int:
    """What a column would take if there were room for all."""
    widest = max((cell_width(row[at].text + row[at].end) for row in rows), default=0)
    widest = max(widest, column.least, cell_width(column.header))
    most = column.most_wide if wide and column.most_wide else column.most
    return widest if most is None else min(widest, most)


def _fitting(
    columns: Sequence[Column], natural: list[int], width: int, *, wide: bool
) -> dict[int, int]:
    """Widths by column: the open one gives way first, then the widest; at last columns go."""
    shown = [at for at, column in enumerate(columns) if width >= column.from_width]
    widths = {at: natural[at] for at in shown}
    least = {at: natural[at] if columns[at].whole else columns[at].least for at in shown}
    while (excess := _total(columns, widths, wide=wide) - width) > 0:
        able = [at for at in widths if widths[at] > least[at]]
        if able:
            at = max(able, key=lambda at: (columns[at].most is None, widths[at]))
            widths[at] -= _cut(
                at, [o for o in able if _alike(columns, o, at)], widths, least, excess
            )
        elif len(widths) > 1:
            widths.popitem()
        else:
            return dict.fromkeys(widths, width)
    return widths


def _alike(columns: Sequence[Column], one: int, other: int) -> bool:
    return (columns[one].most is None) == (columns[other].most is None)


def _cut(
    at: int, able: Sequence[int], widths: dict[int, int], least: dict[int, int], excess: int
) -> int:
    """How much the widest column gives: down to the next one, and no more than its share."""
    share = -(-excess // sum(widths[other] == widths[at] for other in able))
    below = max((widths[other] for other in able if widths[other] < widths[at]), default=0)
    return min(share, widths[at] - max(least[at], below))


def _total(columns: Sequence[Column], widths: dict[int, int], *, wide: bool) -> int:
    gaps = [columns[at].gap[wide] for at in widths]
    return sum(widths.values()) + sum(gaps[1:])


def _line(
    columns: Sequence[Column], widths: dict[int, int], row: Sequence[Piece], *, wide: bool
) -> Line:
    pieces: list[Piece] = []
    owed = 0
    for place, (at, width) in enumerate(widths.items()):
        text, end = row[at].text, row[at].end
        text = fit(text, width - len(end)) + end if len(end) < width else fit(text, width)
        spare = width - cell_width(text)
        before = owed + (columns[at].gap[wide] if place else 0)
        before, owed = (before + spare, 0) if columns[at].right else (before, spare)
        pieces += [Piece(" " * before), Piece(text, row[at].style)]
    return tuple(piece for piece in pieces if piece.text)


def rows(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int, indent: str = "  "
) -> Iterator[Line]:
    """Lines under a heading of their own, in columns that have no headers."""
    _, *lines = table(
        columns, [[Piece(cell) for cell in row] for row in cells], width - len(indent)
    )
    yield from ((Piece(indent), *line) for line in lines)


def field_table(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[Line]:
    """Any rows under the names of their fields; the widest fields give way first."""
    columns = [Column(name, min(4, len(name))) for name in names]
    return table(columns, [[Piece(cell) for cell in row] for row in rows], width)
