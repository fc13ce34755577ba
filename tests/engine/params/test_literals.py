"""Constants, several whole numbers and indices: what is taken, its one form, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from graph_engine.params import Constant, Index, OneOrMore, ParamError, index_items

CONSTANT, ONE_OR_MORE, INDEX = Constant("."), OneOrMore("."), Index(".")


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        (2, 2),
        (True, True),
        (0.5, 0.5),
        ("-inf", float("-inf")),
        ("[1, 2.5]", {"value": [1, 2.5], "dtype": "float32"}),
        ([[1, 2], [3, 4]], {"value": [[1, 2], [3, 4]], "dtype": "int32"}),
        ([True, False], {"value": [True, False], "dtype": "bool"}),
        (np.array([1.5], "float32"), {"value": [1.5], "dtype": "float32"}),
        ({"value": [1, "inf"], "dtype": "float32"}, {"value": [1, float("inf")], "dtype": "float32"}),
    ],
)
def test_a_constant_has_one_form_that_json_keeps(given: Any, canonical: Any) -> None:
    found = CONSTANT.check(given)
    assert found == canonical
    assert CONSTANT.check(json.loads(json.dumps(CONSTANT.encode(found), allow_nan=False))) == found
    assert CONSTANT.check(str(CONSTANT.encode(found))) == found


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([[1], [2, 3]], "equally long"),
        ("seven", "cannot read 'seven'"),
        ({"value": [1], "dtype": "uint8"}, "dtype is one of"),
        ([None], "expected numbers in lists"),
    ],
)
def test_what_is_no_constant_is_refused(given: Any, sentence: str) -> None:
    with pytest.raises(ParamError, match=sentence):
        CONSTANT.check(given)


@pytest.mark.parametrize(
    ("given", "canonical"),
    [(1, 1), ("-1", -1), ((1, 2), (1, 2)), ("1, -2", (1, -2)), ("(3,)", (3,)), ([0], (0,))],
)
def test_one_or_several_whole_numbers(given: Any, canonical: Any) -> None:
    assert ONE_OR_MORE.check(given) == canonical
    with pytest.raises(ParamError, match="whole number"):
        ONE_OR_MORE.check(1.5)


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        (0, "0"),
        ((slice(None), -1), ":, -1"),
        ((..., None, slice(1, 3)), "..., None, 1:3"),
        ([slice(None, None, -2)], "::-2"),
        (" [ : , 2 ] ", ":, 2"),
    ],
)
def test_an_index_is_text_that_reads_like_code(given: Any, canonical: str) -> None:
    assert INDEX.check(given) == canonical
    assert INDEX.check(canonical) == canonical
    assert len(index_items(canonical)) == canonical.count(",") + 1


@pytest.mark.parametrize("given", ["x", "1:2:3:4", [True], [1.5], "1 2"])
def test_what_is_no_index_is_refused(given: Any) -> None:
    with pytest.raises(ParamError):
        INDEX.check(given)
