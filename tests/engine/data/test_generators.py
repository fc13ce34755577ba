"""Invented rows: the same everywhere, and as many as were asked for."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.data import DataError, read_source
from graph_engine.data.generators import GENERATORS, Generator
from graph_engine.document import Source

every = pytest.mark.parametrize("kind", GENERATORS.values(), ids=GENERATORS)


@every
def test_equal_seeds_make_equal_rows_and_others_do_not(kind: type[Generator]) -> None:
    first, again, other = kind(rows=12), kind(rows=12), kind(rows=12, seed=1)
    for name, column in first.table().items():
        assert len(column) == 12
        np.testing.assert_array_equal(column, again.table()[name])
    assert any((column != other.table()[name]).any() for name, column in first.table().items())


@every
def test_a_project_names_a_generator_with_its_settings(kind: type[Generator]) -> None:
    options = {"generator": {"type": kind.__name__, "rows": 5, "seed": 3}}
    table = read_source(Source("invented", "Generated", "generated", options))
    assert list(table) == list(kind(rows=5, seed=3).table())
    assert {len(column) for column in table.values()} == {5}


def test_a_file_that_is_not_there_is_named_with_its_source() -> None:
    with pytest.raises(DataError, match=r"source 'mine': there is no file .*gone\.csv"):
        read_source(Source("mine", "csv", "gone.csv"))
