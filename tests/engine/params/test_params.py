"""Typed parameters: canonical values, JSON round trips, and sentences for what does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from graph_engine.layers.initializers import INITIALIZERS, Constant, Initializer
from graph_engine.params import (
    Config,
    Configured,
    ConfiguredList,
    ParamError,
    boolean,
    choice,
    configured,
    dims,
    int_tuple,
    integer,
    number,
    snake_case,
    text,
)


class Sample(Config):
    """Every kind of parameter."""

    title = "Sample"
    count: int = integer(3, minimum=1, maximum=9, help="A count.")
    rate: float = number(0.5, minimum=0.0, maximum=1.0, help="A rate.")
    limit: float | None = number(None, minimum=0.0, optional=True, help="A limit.")
    flag: bool = boolean(False, help="A flag.")
    mode: str = choice("a", ("a", "b"), help="A mode.")
    label: str = text("x", help="A label.")
    size: tuple[int, int] = int_tuple((2, 2), size=2, minimum=1, help="A size.")
    shape: tuple[int | None, ...] = dims((4,), help="A shape.")
    target: tuple[int, ...] = dims((4,), open_sizes=False, inferred=True, help="A target shape.")
    start: Initializer = configured("Zeros", INITIALIZERS, help="A start.")


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("count", 4.0, 4),
        ("count", "7", 7),
        ("rate", 1, 1.0),
        ("limit", None, None),
        ("flag", "true", True),
        ("size", 5, (5, 5)),
        ("size", "3 \u00d7 4", (3, 4)),
        ("shape", "8, ?, 1", (8, None, 1)),
        ("shape", 7, (7,)),
        ("target", [-1, 2], (-1, 2)),
    ],
)
def test_values_are_kept_in_their_canonical_form(name: str, given: Any, kept: Any) -> None:
    value = getattr(Sample.from_config({name: given}), name)
    assert value == kept
    assert type(value) is type(kept)


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("count", 0, "Sample.count: must be at least 1, got 0"),
        ("count", 2.5, "Sample.count: expected a whole number, got 2.5"),
        ("count", True, "Sample.count: expected a whole number, got True"),
        ("rate", 2, "Sample.rate: must be at most 1, got 2"),
        ("rate", float("nan"), "Sample.rate: expected a finite number, got nan"),
        ("rate", "fast", "Sample.rate: expected a number, got 'fast'"),
        ("flag", 1, "Sample.flag: expected true or false, got 1"),
        ("mode", "c", "Sample.mode: expected one of a, b, got 'c'"),
        ("label", 1, "Sample.label: expected text, got 1"),
        ("size", (1, 2, 3), "Sample.size: expected 2 whole numbers, got 3"),
        ("shape", (0,), "Sample.shape: sizes are at least 1, got 0"),
        ("target", (-2,), "Sample.target: sizes are at least 1, got -2"),
        ("target", (None,), "Sample.target: expected a whole number, got None"),
        ("start", "Nothing", "Sample.start: there is no initializer 'Nothing'"),
        ("start", 3, "Sample.start: expected initializer by name"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name: str, given: Any, sentence: str) -> None:
    with pytest.raises(ParamError) as caught:
        Sample.from_config({name: given})
    assert str(caught.value).startswith(sentence)


def test_unknown_parameters_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ParamError, match=r"Sample has no parameter 'cuont'; it has count, rate"):
        Sample.from_config({"cuont": 1})


def test_a_configuration_survives_json() -> None:
    sample = Sample(count=5, size=(3, 1), shape=(None, 2), start=Constant(value=0.25))
    again = Sample.from_config(sample.config())
    assert again.config() == sample.config()
    assert again.config()["start"] == {"type": "Constant", "value": 0.25}


def test_catalogues_know_a_class_by_its_name_and_its_keras_alias() -> None:
    assert type(INITIALIZERS.decode("glorot_uniform")) is INITIALIZERS["GlorotUniform"]
    assert type(INITIALIZERS.decode("GlorotUniform")) is INITIALIZERS["GlorotUniform"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("BatchNormalization", "batch_normalization"),
        ("Conv2D", "conv2d"),
        ("LSTM", "lstm"),
        ("GlobalMaxPooling1D", "global_max_pooling1d"),
    ],
)
def test_snake_case_is_as_keras_names_layers(name: str, expected: str) -> None:
    assert snake_case(name) == expected


@pytest.mark.parametrize(
    "given", [["Zeros", {"type": "Constant", "value": 2.0}], "Zeros, Constant", '["Zeros", "Constant"]']
)
def test_several_things_by_value_keep_their_order(given: Any) -> None:
    param = ConfiguredList("some", each=Configured("one", kind=INITIALIZERS))
    found = param.check(given)
    assert [type(each).__name__ for each in found] == ["Zeros", "Constant"]
    assert [each.config() for each in param.check(param.encode(found))] == [each.config() for each in found]
