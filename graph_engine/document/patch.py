"""What changed between two documents, as JSON values, and the later one made from the earlier one and the change.

Derived from the annotations of the records, like the codec: tables change row by row, records field by field, and
everything else is given whole. Costs what changed, after one look at every row of a table that is not shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast, get_args, get_origin

from graph_engine.document.plain import DecodeError
from graph_engine.document.records import Document
from graph_engine.document.schema import decoder, encoder, has_id, hints, is_record

R = TypeVar("R")


def changes(before: Document, after: Document) -> dict[str, Any]:
    """Empty where the documents are equal."""
    return _record_change(Document, before, after)


def applied(before: Document, change: Any) -> Document:
    """The later document. Raises DecodeError for what is no change of this one; asks for no invariants."""
    return cast("Document", _with_change(Document, before, change))


def _record_change(kind: Any, before: Any, after: Any) -> dict[str, Any]:
    found = {}
    for name, hint in hints(kind).items():
        old, new = getattr(before, name), getattr(after, name)
        if _differ(hint, old, new):
            found[name] = _change(hint, old, new)
    return found


def _change(hint: Any, before: Any, after: Any) -> Any:
    if is_record(hint):
        return _record_change(hint, before, after)
    row = _row_kind(hint)
    return _table_change(row, before, after) if row is not None else encoder(hint)(after)


def _table_change(row: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    both = [key for key in after if key in before and _differ(row, before[key], after[key])]
    found = {
        "new": {key: encoder(row)(value) for key, value in after.items() if key not in before},
        "changed": {key: _change(row, before[key], after[key]) for key in both},
        "gone": [key for key in before if key not in after],
    }
    naive = [*(key for key in before if key in after), *found["new"]]
    if has_id(row) and naive != list(after):
        found["order"] = list(after)
    return {name: part for name, part in found.items() if part}


def _differ(hint: Any, before: Any, after: Any) -> bool:
    """Unlike ``!=`` it sees, at any depth, that a table's records stand in another order, which has a meaning."""
    if before is after:
        return False
    if is_record(hint):
        return any(
            _differ(kind, getattr(before, name), getattr(after, name)) for name, kind in hints(hint).items()
        )
    row = _row_kind(hint)
    if row is None:
        return bool(before != after)
    if before.keys() != after.keys() or (has_id(row) and list(before) != list(after)):
        return True
    return any(_differ(row, before[key], value) for key, value in after.items())


def _with_change(kind: Any, before: Any, change: Any) -> Any:
    """A record with some fields changed."""
    known = hints(kind)
    fields = {name: getattr(before, name) for name in known}
    for name, part in _object(change).items():
        if name not in known:
            raise DecodeError(f"there is no field {name[:80]!r}")
        try:
            fields[name] = _changed(known[name], fields[name], part)
        except DecodeError as error:
            raise error.inside(name) from None
    return kind(**fields)


def _changed(hint: Any, before: Any, change: Any) -> Any:
    if is_record(hint):
        return _with_change(hint, before, change)
    row = _row_kind(hint)
    return _changed_table(row, before, change) if row is not None else decoder(hint)(change)


def _changed_table(row: Any, before: Mapping[str, Any], change: Any) -> dict[str, Any]:
    parts = _object(change)
    table = dict(before)
    for key in decoder(tuple[str, ...])(parts.get("gone", [])):
        table.pop(key, None)
    for key, part in _object(parts.get("changed", {})).items():
        if key not in table:
            raise DecodeError(f"there is no {key[:80]!r} to change")
        table[key] = _changed(row, table[key], part)
    for key, part in _object(parts.get("new", {})).items():
        table[key] = decoder(row)(part)
    order = decoder(tuple[str, ...])(parts.get("order", list(table)))
    if sorted(order) != sorted(table):
        raise DecodeError("the order must name each row once", "order")
    return {key: table[key] for key in order}


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DecodeError("expected an object")
    return value


def _row_kind(hint: Any) -> Any:
    """The kind of a table's rows; None for what is no table, such as a layer's free-form config."""
    if get_origin(hint) is not Mapping:
        return None
    row = get_args(hint)[1]
    return None if row is Any else row
