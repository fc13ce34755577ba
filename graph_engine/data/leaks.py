"""Ways in which what is to be foretold is known already: then a model looks better than it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from graph_engine.data.columns import rows_of
from graph_engine.data.dataset import Array, Dataset
from graph_engine.document import Document


def leaks(document: Document, training: Dataset, validation: Dataset) -> Iterator[str]:
    """A sentence for each: a target among the inputs, and rows that are on both sides of the split."""
    yield from _targets_among_inputs(document)
    twice = rows_on_both_sides(training.inputs, validation.inputs)
    if twice:
        yield (
            f"{twice:,} of {len(validation):,} rows to check on have the same inputs as rows to learn from: "
            "part the rows by group, or leave out what is there twice"
        )


def rows_on_both_sides(training: Mapping[str, Array], validation: Mapping[str, Array]) -> int:
    """How many validation rows equal a training row in every input."""
    known = set(_keys(training))
    return sum(key in known for key in _keys(validation))


def _keys(inputs: Mapping[str, Array]) -> Iterator[bytes]:
    """A digest of each row: the rows themselves may be more than the memory holds."""
    for parts in zip(*map(rows_of, inputs.values()), strict=True):
        yield hashlib.blake2b(b"|".join(part.tobytes() for part in parts), digest_size=16).digest()


def _targets_among_inputs(document: Document) -> Iterator[str]:
    main, bindings = document.main, document.data.bindings
    for output in main.outputs:
        target = bindings.get(output)
        for node in main.inputs:
            given = bindings.get(node)
            if target is None or given is None or target.source != given.source:
                continue
            for column in set(target.columns) & set(given.columns):
                names = [document.layer_of(main.id, place).name for place in (output, node)]
                yield f"{column!r} is the target of {names[0]!r} and among what {names[1]!r} is given"
