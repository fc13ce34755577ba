"""Document <-> JSON, strictly: every field checked, every error with its place.

Encoders and decoders are made from the annotations of the records, once per type. Tables of records that
have an ``id`` become lists, because their order has a meaning; other tables become objects with sorted
keys. Every field is written; fields with a default may be left out by hand. Unknown fields are refused:
they are misspellings, or come from a newer version, which says so by its number. What layers and plugins
keep in a ``config`` is free, so nothing of theirs is lost.
"""

from __future__ import annotations

import json
from typing import Any, Final

from graph_engine.document.invariants import check_invariants
from graph_engine.document.json_text import dump
from graph_engine.document.migrations import migrate
from graph_engine.document.plain import DecodeError
from graph_engine.document.records import Document
from graph_engine.document.schema import decode_record, encode_record

FORMAT: Final = "layerloom"
VERSION: Final = 4


def encode(document: Document) -> dict[str, Any]:
    """The document as JSON values; equal documents give equal values in equal order."""
    return {"format": FORMAT, "version": VERSION, **encode_record(document)}


def decode(value: Any) -> Document:
    """Raises DecodeError, with the place, for anything but a document that keeps all invariants."""
    fields = migrate(value, FORMAT, VERSION)
    document = decode_record(Document, fields)
    for violation in check_invariants(document):
        place, _, problem = violation.partition(": ")
        raise DecodeError(problem, place)
    return document


def to_text(document: Document) -> str:
    """JSON text with one record a line, made for version control."""
    return dump(encode(document))


def from_text(text: str | bytes) -> Document:
    """Raises DecodeError."""
    return decode(parse(text))


def parse(text: str | bytes) -> Any:
    """JSON text as values. Raises DecodeError, also for what Python's parser takes but JSON does not have."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except DecodeError:
        raise
    except RecursionError:
        raise DecodeError("nested too deeply to be read") from None
    except ValueError as error:  # malformed text, broken UTF-8, integers of thousands of digits
        raise DecodeError(f"not valid JSON: {error}") from None


def _refuse_constant(constant: str) -> Any:
    raise DecodeError(f"{constant} is not a JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise DecodeError(f"the field {repeated[:80]!r} is given twice")
    return found
