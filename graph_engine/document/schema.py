"""Encoders and decoders of records, derived from their annotations."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, TypeVar, cast, get_args, get_origin, get_type_hints

from graph_engine.document.plain import DecodeError, plain_integer, plain_mapping, plain_number, plain_text

MAX_ITEMS: Final = 200_000  # of any one list
R = TypeVar("R")
Codec = Callable[[Any], Any]


def encode_record(record: Any) -> dict[str, Any]:
    """A record as JSON values, fields in order of declaration."""
    return cast("dict[str, Any]", encoder(cast("Any", type(record)))(record))


def decode_record(kind: type[R], value: Any) -> R:
    """Raises DecodeError with the place of the first value that does not fit."""
    return cast("R", decoder(cast("Any", kind))(value))


@cache
def encoder(kind: Any) -> Codec:
    """Values of an annotated kind to JSON values."""
    origin, args = get_origin(kind), get_args(kind)
    if is_record(kind):
        fields = [(name, encoder(hint)) for name, hint in hints(kind).items()]
        return lambda record: {name: encode(getattr(record, name)) for name, encode in fields}
    if origin is types.UnionType:
        some = encoder(_some(args))
        return lambda value: None if value is None else some(value)
    if origin is tuple:
        item = encoder(args[0])
        return lambda value: [item(element) for element in value]
    if origin is Mapping:
        return _table_encoder(args[1])
    if _is_named_tuple(kind):
        items = [encoder(hint) for hint in get_type_hints(kind).values()]
        return lambda value: [encode(item) for encode, item in zip(items, value, strict=True)]
    return float if kind is float else _as_it_is  # 1 and 1.0 are equal, so they are written alike


def _table_encoder(kind: Any) -> Codec:
    if kind is Any:
        return _sorted
    item = encoder(kind)
    if has_id(kind):
        return lambda table: [item(record) for record in table.values()]
    return lambda table: {key: item(table[key]) for key in sorted(table)}


def _sorted(value: Any) -> Any:
    """Free-form JSON values with sorted keys."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, (list, tuple)) else value


def _as_it_is(value: Any) -> Any:
    return value


@cache
def decoder(kind: Any) -> Codec:
    """JSON values to values of an annotated kind; raises DecodeError."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    origin, args = get_origin(kind), get_args(kind)
    if is_record(kind):
        return _record_decoder(kind)
    if origin is types.UnionType:
        some = decoder(_some(args))
        return lambda value: None if value is None else some(value)
    if origin is tuple:
        item = decoder(args[0])
        return lambda value: tuple(_each(value, item))
    if origin is Mapping:
        return _table_decoder(args[1])
    assert _is_named_tuple(kind), f"records hold no {kind}"
    return _named_tuple_decoder(kind)


def _record_decoder(kind: Any) -> Codec:
    decoders = {name: decoder(hint) for name, hint in hints(kind).items()}
    required = [
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]

    def decode(value: Any) -> Any:
        if not isinstance(value, dict):
            raise DecodeError("expected an object")
        for name in value:
            if name not in decoders:
                raise DecodeError(f"there is no field {name[:80]!r}; there are {', '.join(decoders)}")
        for name in required:
            if name not in value:
                raise DecodeError(f"the field {name!r} is missing")
        return kind(**{name: _inside(name, decoders[name], item) for name, item in value.items()})

    return decode


def _table_decoder(kind: Any) -> Codec:
    if kind is Any:
        return plain_mapping
    item = decoder(kind)
    return _record_table(item) if has_id(kind) else _keyed_table(item)


def _record_table(item: Codec) -> Codec:
    def decode(value: Any) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for index, record in enumerate(_each(value, item)):
            if record.id in table:
                raise DecodeError(f"the id {record.id[:80]!r} is used twice").inside(index)
            table[record.id] = record
        return table

    return decode


def _keyed_table(item: Codec) -> Codec:
    def decode(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise DecodeError("expected an object")
        _check_count(value)
        return {plain_text(key): _inside(key, item, entry) for key, entry in value.items()}

    return decode


def _named_tuple_decoder(kind: Any) -> Codec:
    decoders = [decoder(hint) for hint in get_type_hints(kind).values()]

    def decode(value: Any) -> Any:
        if not isinstance(value, list) or len(value) != len(decoders):
            raise DecodeError(f"expected a list of {len(decoders)}")
        return kind(*(_inside(index, decoders[index], item) for index, item in enumerate(value)))

    return decode


def _each(value: Any, item: Codec) -> list[Any]:
    if not isinstance(value, list):
        raise DecodeError("expected a list")
    _check_count(value)
    return [_inside(index, item, entry) for index, entry in enumerate(value)]


def _check_count(value: list[Any] | dict[str, Any]) -> None:
    if len(value) > MAX_ITEMS:
        raise DecodeError(f"{len(value)} items; at most {MAX_ITEMS} are allowed")


def _inside(step: str | int, decode: Codec, value: Any) -> Any:
    try:
        return decode(value)
    except DecodeError as error:
        raise error.inside(step) from None


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise DecodeError("expected true or false")
    return value


_SIMPLE: Final[Mapping[Any, Codec]] = {str: plain_text, int: plain_integer, float: plain_number, bool: _flag}


@cache
def hints(kind: Any) -> dict[str, Any]:
    """A record's fields and their annotations."""
    found = get_type_hints(kind)
    return {field.name: found[field.name] for field in dataclasses.fields(kind)}


def _some(args: tuple[Any, ...]) -> Any:
    (some,) = (arg for arg in args if arg is not type(None))
    return some


def is_record(kind: Any) -> bool:
    """Whether a kind is one of the records."""
    return dataclasses.is_dataclass(kind)


def has_id(kind: Any) -> bool:
    """Whether a kind is a record that stands in tables, in an order that has a meaning."""
    return is_record(kind) and "id" in hints(kind)


def _is_named_tuple(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")
