"""Nested lists, tuples and mappings of tensors: how inputs and outputs are given, and come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph_engine.values import LayerloomError

Place = tuple[str | int, ...]


class Mismatch(LayerloomError):
    """What was given is not nested as what was asked for."""


def is_nested(structure: Any) -> bool:
    return isinstance(structure, (list, tuple, Mapping))


def leaves(structure: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every leaf with its place: the keys and indices that lead to it. Mappings in the order they were written in."""
    if isinstance(structure, Mapping):
        for key, part in structure.items():
            yield from leaves(part, (*place, key))
    elif isinstance(structure, (list, tuple)):
        for index, part in enumerate(structure):
            yield from leaves(part, (*place, index))
    else:
        yield place, structure


def packed(structure: Any, found: Sequence[Any]) -> Any:
    """``found``, one for each leaf in order, nested as ``structure`` is."""
    return _packed(structure, iter(found))


def aligned(structure: Any, given: Any, *, partial: bool = False) -> list[Any]:
    """What ``given`` holds at each leaf of ``structure``; None where it may be ``partial`` and has nothing.

    Mappings are matched by key, never by position. Raises Mismatch where the nesting differs.
    """
    found: list[Any] = []
    _align(structure, given, partial, found)
    return found


def nested(structure: Any, nodes: Sequence[str], flat: Any) -> Any:
    """The symbols of ``flat``, one for each of ``nodes``, nested as a structure of nodes is, if it holds just those.

    Mappings come in the order of their keys, as the nodes do; a list of one is its element, as Keras returns it.
    """
    ordered = _sorted(structure)
    if isinstance(ordered, list) and len(ordered) == 1:
        (ordered,) = ordered
    if [leaf for _, leaf in leaves(ordered)] != list(nodes):
        return flat
    return packed(ordered, [symbol for _, symbol in leaves(flat)])


def described(structure: Any) -> str:
    """``{'a': x, 'b': [x, x]}``: the nesting, for a sentence."""
    if isinstance(structure, Mapping):
        return "{" + ", ".join(f"{key!r}: {described(part)}" for key, part in structure.items()) + "}"
    if isinstance(structure, (list, tuple)):
        inside = ", ".join(map(described, structure))
        return f"({inside})" if isinstance(structure, tuple) else f"[{inside}]"
    return "None" if structure is None else "x"


def _packed(structure: Any, found: Iterator[Any]) -> Any:
    if isinstance(structure, Mapping):
        return {key: _packed(part, found) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        parts = [_packed(part, found) for part in structure]
        return tuple(parts) if isinstance(structure, tuple) else parts
    return next(found)


def _align(structure: Any, given: Any, partial: bool, found: list[Any]) -> None:
    if given is None and partial:
        found.extend(None for _ in leaves(structure))
    elif isinstance(structure, Mapping):
        keys = set(structure)
        fits = isinstance(given, Mapping) and (set(given) <= keys if partial else set(given) == keys)
        if not fits:
            raise Mismatch(f"expected {described(structure)}, got {described(given)}")
        for key, part in structure.items():
            _align(part, given.get(key), partial, found)
    elif isinstance(structure, (list, tuple)):
        if not isinstance(given, (list, tuple)) or len(given) != len(structure):
            raise Mismatch(f"expected {described(structure)}, got {described(given)}")
        for part, item in zip(structure, given, strict=True):
            _align(part, item, partial, found)
    else:
        found.append(given)


def _sorted(structure: Any) -> Any:
    if isinstance(structure, Mapping):
        return {key: _sorted(structure[key]) for key in sorted(structure)}
    return [_sorted(part) for part in structure] if isinstance(structure, list) else structure
