"""What a few typed letters find first."""

from __future__ import annotations

import pytest

from app.widgets.fuzzy import ranked
from graph_engine.layers.base import LAYERS


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("conv2d", "Conv2D"),
        ("c2", "Conv2D"),
        ("batchnorm", "BatchNormalization"),
        ("add", "Add"),
        ("concat", "Concatenate"),
        ("relu", "ReLU"),
        ("softm", "Softmax"),
        ("lstm", "LSTM"),
    ],
)
def test_layers_come_before_operations_that_match_alike(typed: str, first: str) -> None:
    assert ranked(typed, LAYERS)[0] == first


def test_operations_are_found_as_well_and_nothing_where_letters_are_missing() -> None:
    assert ranked("batchnormop", LAYERS)[0] == "BatchNormOp"
    assert ranked("xyzzy", LAYERS) == []
