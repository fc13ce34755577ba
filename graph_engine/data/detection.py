"""What a text table looks like, found from its first lines: separator, decimal mark, encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from itertools import chain, islice
from typing import Final

_SEPARATORS: Final = ",;\t|"
_LOOK: Final = 2**16  # characters
_LINES: Final = 200
_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_COMMA: Final = re.compile(r"\s*-?(\d{1,3}(\.\d{3})+|\d+),\d+\s*")
_POINT: Final = re.compile(r"\s*-?(\d{1,3}(,\d{3})+|\d+)\.\d+\s*")


def find_separator(content: str) -> str:
    """The separator that parts most of the first lines into as many values as the first one, and that into most.

    Not all of them: a line with a value too few is an error to be named, not a reason for another separator.
    """
    lines = [line for line in content[:_LOOK].splitlines()[:20] if line]

    def evenness(separator: str) -> tuple[bool, int, int]:
        counts = [line.count(separator) for line in lines]
        first = counts[0] if counts else 0
        return first > 0, counts.count(first), first

    return max(_SEPARATORS, key=evenness)


def find_decimal(rows: Sequence[Sequence[str]], separator: str) -> str:
    """A comma where more numbers of the first lines have one than a point."""
    if separator == ",":
        return "."
    values = list(chain.from_iterable(islice(rows, _LINES)))
    commas = sum(_COMMA.fullmatch(value) is not None for value in values)
    return "," if commas > sum(_POINT.fullmatch(value) is not None for value in values) else "."


def find_encoding(raw: bytes) -> str:
    """What the first bytes say, else UTF-8 where all bytes are, else that of Western Windows, which most others are."""
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"
