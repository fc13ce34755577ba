"""Plain values: what a document may hold in free-form places, checked by codec and commands alike.

Whatever a command accepts can be saved and read back, because both ask here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from graph_engine.values import LayerloomError

MAX_DEPTH: Final = 32
MAX_TEXT: Final = 1_000_000
MAX_NAME: Final = 200
MAX_INTEGER: Final = 2**63 - 1
_CONTROL = re.compile(r"[\x00-\x1f\x7f/]")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


_KINDS: Final[dict[type, str]] = {
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


class DecodeError(LayerloomError):
    """A value that a document cannot hold. ``place`` is where, such as ``graphs[0].nodes[3].layer``."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"{place}: {problem}" if place else problem)
        self.problem = problem
        self.place = place

    def inside(self, step: str | int) -> DecodeError:
        """The same error, seen from one level further out."""
        head = f"[{step}]" if isinstance(step, int) else step[:80]
        joint = "." if self.place and not self.place.startswith("[") else ""
        return DecodeError(self.problem, f"{head}{joint}{self.place}")


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """A private copy of a JSON value, tuples turned into lists. Raises DecodeError for anything else."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, int):
        return plain_integer(value)
    if isinstance(value, float):
        return plain_number(value)
    if depth == 0:
        raise DecodeError(f"nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, Mapping):
        return plain_mapping(value, depth)
    if isinstance(value, (list, tuple)):
        return [_at(index, item, depth) for index, item in enumerate(value)]
    raise DecodeError(f"expected a JSON value, got {_kind(value)}")


def plain_mapping(value: Any, depth: int = MAX_DEPTH) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise DecodeError(f"expected an object, got {_kind(value)}")
    return {plain_text(key): _at(key, item, depth) for key, item in value.items()}


def _at(step: str | int, value: Any, depth: int) -> Any:
    try:
        return plain(value, depth - 1)
    except DecodeError as error:
        raise error.inside(step) from None


def plain_text(value: Any) -> str:
    if not isinstance(value, str):
        raise DecodeError(f"expected text, got {_kind(value)}")
    if len(value) > MAX_TEXT:
        raise DecodeError(f"text of {len(value)} characters; at most {MAX_TEXT} are allowed")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:  # a lone surrogate: it could be read, but never written again
            raise DecodeError("text that is not valid Unicode") from None
    return value


def plain_integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DecodeError(f"expected a whole number, got {_kind(value)}")
    if abs(value) > MAX_INTEGER:
        raise DecodeError("a whole number of more than 64 bits")
    return value


def plain_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DecodeError(f"expected a number, got {_kind(value)}")
    if isinstance(value, int):
        return float(plain_integer(value))
    if not math.isfinite(value):
        raise DecodeError("expected a finite number")
    return value


def name_fault(name: str) -> str:
    """Why a name cannot be used, or an empty string. Names are parts of weight paths: they hold no slash."""
    if not name.strip():
        return "a name cannot be empty"
    if name != name.strip():
        return f"the name {name!r} begins or ends with a blank"
    if len(name) > MAX_NAME:
        return f"a name of {len(name)} characters; at most {MAX_NAME} are allowed"
    return f"the name {name!r} holds a slash or a control character" if _CONTROL.search(name) else ""


def is_id(text: str) -> bool:
    """Whether a text may be an id. It is no number, since it may name a port of a Model layer."""
    return _ID.fullmatch(text) is not None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return _KINDS.get(type(value), type(value).__name__)
