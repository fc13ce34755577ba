"""What is to be foretold, but known already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from graph_engine.data import leaks, prepare, profiles, read_source
from graph_engine.document import Binding, Document, Source
from graph_engine.templates.proposal import proposed


def table(tmp_path: Path, rows: int, different: int) -> Document:
    rng = np.random.default_rng(0)
    values = rng.normal(size=different)
    lines = [f"{values[row % different]:.6f},{row % 2}" for row in range(rows)]
    (tmp_path / "t.csv").write_text("\n".join(["x,y", *lines]))
    source = Source("t", "csv", "t.csv")
    return proposed(source, profiles(read_source(source, tmp_path)), ["y"])


def test_rows_on_both_sides_are_counted(tmp_path: Path) -> None:
    for different, sentences in ((200, 0), (20, 1)):
        document = table(tmp_path, 200, different)
        ready = prepare(document, tmp_path)
        found = list(leaks(document, ready.training, ready.validation))
        assert len(found) == sentences
    assert found[0].startswith("40 of 40 rows to check on have the same inputs")


def test_a_target_among_the_inputs_is_named(tmp_path: Path) -> None:
    document = table(tmp_path, 200, 200)
    (node,) = document.main.inputs
    bindings = {**document.data.bindings, node: Binding("t", ("y",))}
    document = replace(document, data=replace(document.data, bindings=bindings))
    ready = prepare(document, tmp_path)
    assert next(leaks(document, ready.training, ready.validation)) == (
        "'y' is the target of 'y' and among what 'numbers' is given"
    )
