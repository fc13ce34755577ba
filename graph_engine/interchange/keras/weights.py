"""The weights of a saved model by our paths, and every name they have had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph_engine.interchange.keras.places import VARIABLES, Place
from graph_engine.interchange.keras.store import Store
from graph_engine.kernels.program import Array


@dataclass(frozen=True, slots=True)
class Loaded:
    """``weights`` by our path; ``names``: Keras' variable path first, then others; ``missing``: places not found."""

    weights: Mapping[str, Array]
    names: Mapping[str, tuple[str, ...]]
    missing: Sequence[Place]


def load_weights(places: Sequence[Place], store: Store, chain: str = "") -> Loaded:
    """``chain``: the name of the whole model if it is a Sequential.

    Raises KerasError where an array has another shape than its layer calls for.
    """
    weights: dict[str, Array] = {}
    missing = []
    for place in places:
        array = store.array(place.file, place.weight.shape)
        if array is None:
            missing.append(place)
        else:
            weights[place.path] = array.astype(np.float32)
    return Loaded(weights, weight_names(places, store, chain), missing)


def weight_names(
    places: Sequence[Place], store: Store | None = None, chain: str = ""
) -> dict[str, tuple[str, ...]]:
    """Keras' path of each variable, the path with the names of all models around it, and that in the file.

    Keras puts the name of a Sequential model into the paths of its variables, but not that of a functional one;
    where two variables would get one path so, the longer one stands first.
    """
    short = {place.path: "/".join((*_models(place, chains=True), *_own(place, store))) for place in places}
    full = {place.path: "/".join((*_models(place, chains=False), *_own(place, store))) for place in places}
    built_before = _unique(short)  # the models around a variable whose own name was there when it was made
    if chain:
        short = {path: f"{chain}/{name}" for path, name in short.items()}
    counts = Counter(short.values())
    inner = _inner_names(places, store)
    return {
        place.path: tuple(
            dict.fromkeys(
                (
                    *([] if counts[short[place.path]] > 1 else [short[place.path]]),
                    full[place.path],
                    *([f"{chain}/{full[place.path]}"] if chain else ()),
                    *built_before.get(place.path, ()),
                    place.file,
                    *inner.get(place.path, ()),
                )
            )
        )
        for place in places
    }


def _inner_names(places: Sequence[Place], store: Store | None) -> dict[str, tuple[str, ...]]:
    """What a loaded Keras model calls a variable inside a wrapper: without the wrapper's own name."""
    names = {place.path: tuple(_own(place, store))[1:] for place in places}
    return _unique({path: "/".join(name) for path, name in names.items() if len(name) > 1})


def _unique(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Those that no other variable has."""
    counts = Counter(names.values())
    return {path: (name,) for path, name in names.items() if counts[name] == 1}


def _models(place: Place, chains: bool) -> Iterable[str]:
    return (name for name, chain in place.models if chain or not chains)


def _own(place: Place, store: Store | None) -> Iterable[str]:
    """The layer, its parts as Keras named them, and the variable."""
    group = place.file.rpartition(f"/{VARIABLES}/")[0]
    base = place.group.split("/")
    parts = group.split("/")[len(base) :]
    names = [place.layer]
    for depth, part in enumerate(parts, 1):
        told = store.name("/".join((*base, *parts[:depth], VARIABLES))) if store else None
        if told or store is None or depth == len(parts):  # a list of parts has no name of its own
            names.append(told or part)
    return (*names, place.weight.name.rpartition(".")[2])
