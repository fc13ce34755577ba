"""Convolutions, pooling, borders, sizes, normalizations and activations against Keras, option by option.

The layers' own examples are compared in ``test_keras_layers``; here stand the combinations in which windows,
strides, borders and axes meet, where an off-by-one would hide.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from graph_engine.layers.activations import ACTIVATIONS
from graph_engine.layers.affine import FILL_MODES
from graph_engine.layers.base import Example
from tests.peers.keras_bench import compare

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

Case = tuple[str, Example]


def case(kind: str, *shapes: tuple[int, ...], **config: Any) -> Case:
    return kind, Example(inputs=shapes, config=config)


def convolutions() -> Iterator[Case]:
    for size, stride, padding in itertools.product((1, 2, 3, 4), (1, 2, 3), ("valid", "same")):
        yield case("Conv1D", (1, 7, 2), filters=2, kernel_size=size, strides=stride, padding=padding)
        yield case("Conv1DTranspose", (1, 5, 2), filters=2, kernel_size=size, strides=stride, padding=padding)
    for size, dilation, padding in itertools.product((2, 3), (2, 3), ("valid", "same", "causal")):
        yield case("Conv1D", (1, 9, 2), filters=2, kernel_size=size, dilation_rate=dilation, padding=padding)
    for stride in (2, 3):
        yield case("Conv1D", (1, 9, 2), filters=2, kernel_size=3, strides=stride, padding="causal")
    for sizes, extra in itertools.product(([3, 4], [5, 2]), (0, 1)):
        for padding in ("valid", "same"):
            yield case(
                "Conv2DTranspose",
                (1, 3, 4, 2),
                filters=3,
                kernel_size=sizes,
                strides=2,
                padding=padding,
                output_padding=extra,
            )
    for dilation in (1, 2):
        yield case("Conv2DTranspose", (1, 4, 3, 2), filters=2, dilation_rate=dilation, padding="same")
    for stride, padding in itertools.product((1, 2), ("valid", "same")):
        for form, shape in (("channels_last", (2, 6, 5, 4)), ("channels_first", (2, 4, 6, 5))):
            common: dict[str, Any] = {"strides": stride, "padding": padding, "data_format": form}
            yield case("Conv2D", shape, filters=4, kernel_size=[3, 2], groups=2, **common)
            yield case("DepthwiseConv2D", shape, kernel_size=[2, 3], depth_multiplier=2, **common)
            yield case("SeparableConv2D", shape, filters=3, kernel_size=[3, 2], depth_multiplier=2, **common)
            yield case("Conv2DTranspose", shape, filters=3, kernel_size=[3, 2], **common)
        yield case(
            "Conv2D", (1, 5, 6, 4), filters=4, kernel_size=1, groups=4, strides=stride, padding=padding
        )
        yield case(
            "Conv3D", (1, 4, 5, 3, 2), filters=2, kernel_size=[2, 3, 1], strides=stride, padding=padding
        )
        yield case("DepthwiseConv1D", (2, 7, 3), kernel_size=3, strides=stride, padding=padding)
        yield case("SeparableConv1D", (2, 7, 3), filters=2, kernel_size=4, strides=stride, padding=padding)
    for padding in ("valid", "same"):
        yield case("DepthwiseConv2D", (1, 7, 6, 3), kernel_size=3, dilation_rate=2, padding=padding)
        yield case(
            "SeparableConv2D", (1, 7, 6, 3), filters=2, kernel_size=2, dilation_rate=2, padding=padding
        )
        yield case("Conv2D", (1, 7, 6, 3), filters=2, kernel_size=3, dilation_rate=[1, 2], padding=padding)


def pools() -> Iterator[Case]:
    """Keras on torch repeats the border where a mean is padded on one side more: left to the engine's own tests."""
    for size, stride, padding in itertools.product((2, 3), (1, 2, 3), ("valid", "same")):
        yield case("MaxPooling1D", (2, 8, 2), pool_size=size, strides=stride, padding=padding)
        if padding == "valid" or (size, stride) == (3, 1):
            yield case("AveragePooling1D", (2, 8, 2), pool_size=size, strides=stride, padding=padding)
    for name, form in itertools.product(("Max", "Average"), ("channels_last", "channels_first")):
        common: dict[str, Any] = {"data_format": form}
        for rank in (1, 2, 3):
            shape = (2, 5, 4, 7, 3)[: rank + 2]
            for keep in (False, True):
                yield case(f"Global{name}Pooling{rank}D", shape, keepdims=keep, **common)
            for size in (1, 2, 3):
                yield case(f"Adaptive{name}Pooling{rank}D", shape, output_size=size, **common)
        yield case(f"{name}Pooling2D", (1, 6, 7, 5), pool_size=[3, 2], strides=2, **common)
        yield case(f"{name}Pooling2D", (1, 6, 7, 5), pool_size=3, strides=1, padding="same", **common)
        yield case(f"{name}Pooling3D", (1, 4, 5, 6, 3), pool_size=2, strides=[1, 2, 3], **common)
        yield case(f"{name}Pooling3D", (1, 5, 5, 3, 5), pool_size=3, strides=2, padding="same", **common)
    for form in ("channels_last", "channels_first"):
        yield case(
            "MaxPooling2D", (1, 6, 7, 5), pool_size=[3, 2], strides=2, padding="same", data_format=form
        )
        yield case(
            "MaxPooling3D", (1, 4, 5, 6, 3), pool_size=2, strides=[1, 2, 3], padding="same", data_format=form
        )


def borders() -> Iterator[Case]:
    for form in ("channels_last", "channels_first"):
        yield case("ZeroPadding2D", (1, 3, 4, 2), padding=[1, 0, 2, 3], data_format=form)
        yield case("ZeroPadding3D", (1, 2, 3, 4, 2), padding=[1, 0, 2, 3, 0, 1], data_format=form)
        yield case("Cropping2D", (1, 6, 5, 4), cropping=[1, 0, 2, 1], data_format=form)
        yield case("Cropping3D", (1, 5, 4, 6, 4), cropping=[1, 2, 0, 1, 1, 0], data_format=form)
        yield case("UpSampling2D", (1, 3, 2, 4), size=[2, 3], data_format=form)
        yield case("UpSampling2D", (1, 3, 2, 4), size=[3, 2], interpolation="bilinear", data_format=form)
        yield case("UpSampling3D", (1, 3, 2, 4, 2), size=[1, 2, 3], data_format=form)
    for interpolation in ("bilinear", "nearest", "bicubic"):
        yield case("UpSampling2D", (1, 5, 4, 2), size=[2, 3], interpolation=interpolation)
    for height, width in ((3, 7), (8, 2), (5, 4), (1, 1), (9, 11)):
        for interpolation in ("bilinear", "nearest", "bicubic"):
            yield case("Resizing", (1, 5, 4, 2), height=height, width=width, interpolation=interpolation)
        yield case("Resizing", (2, 5, 4, 1), height=height, width=width, crop_to_aspect_ratio=True)
        yield case(
            "Resizing", (2, 5, 4, 1), height=height, width=width, pad_to_aspect_ratio=True, fill_value=0.5
        )
        yield case("Resizing", (2, 5, 4, 1), height=height, width=width, antialias=True)
        yield case("CenterCrop", (2, 6, 7, 1), height=height, width=width)


def normalizations() -> Iterator[Case]:
    """Keras on torch takes other axes than the last ones for the last ones: without gamma it does not."""
    for axis in (-1, 1, 2):
        yield case("BatchNormalization", (3, 4, 5), axis=axis)
        yield case("BatchNormalization", (3, 4, 5, 2), axis=axis, scale=False, momentum=0.5)
        yield case("UnitNormalization", (3, 4, 5), axis=axis)
        yield case("GroupNormalization", (2, 4, 6), axis=axis, groups=2)
    for axes in ([1, 2], [2, 3], [-1, -2], [1, 2, 3]):
        yield case("LayerNormalization", (3, 4, 5, 2), axis=axes, rms_scaling=True)
        yield case("UnitNormalization", (3, 4, 5, 2), axis=axes)
    for axes in ([2, 3], [-1, -2], [1, 2, 3]):
        yield case("LayerNormalization", (3, 4, 5, 2), axis=axes)
        yield case("LayerNormalization", (3, 4, 5, 2), axis=axes, center=False)
        yield case("RMSNormalization", (3, 4, 5, 2), axis=axes)
    for groups in (1, 2, 3, 6, -1):
        yield case("GroupNormalization", (2, 3, 6), groups=groups)
        yield case("GroupNormalization", (2, 3, 2, 6), groups=groups, scale=False)


def activations() -> Iterator[Case]:
    for name in ACTIVATIONS:
        yield case("Activation", (3, 4), activation=name)
        yield case("Dense", (2, 3, 4), units=3, activation=name)
    for top, slope, threshold in itertools.product((None, 0.7), (0.0, 0.2), (0.0, 0.3)):
        yield case("ReLU", (4, 5), max_value=top, negative_slope=slope, threshold=threshold)


def variations() -> Iterator[Case]:
    """Random layers whose factor leaves nothing to chance."""
    for mode, interpolation in itertools.product(FILL_MODES, ("bilinear", "nearest")):
        common: dict[str, Any] = {"fill_mode": mode, "interpolation": interpolation, "fill_value": 0.7}
        for turn in (0.0, 0.03, -0.2, 0.4):
            yield case("RandomRotation", (2, 5, 4, 2), factor=[turn, turn], **common)
        for part in (0.7, -0.35):
            yield case("RandomZoom", (2, 4, 5, 2), height_factor=[part, part], **common)
            yield case("RandomZoom", (2, 4, 5, 2), height_factor=0.0, width_factor=[part, part], **common)
            yield case(
                "RandomTranslation",
                (2, 2, 4, 5),
                height_factor=0.0,
                width_factor=[part, part],
                data_format="channels_first",
                **common,
            )
            yield case(
                "RandomTranslation", (2, 4, 5, 2), height_factor=[part, part], width_factor=0.0, **common
            )
    for form, shape in (("channels_last", (2, 4, 5, 3)), ("channels_first", (2, 3, 5, 4))):
        ranged: dict[str, Any] = {"value_range": [-1, 1], "data_format": form}
        for part in (0.3, -0.2):
            yield case("RandomBrightness", shape, factor=[part, part], **ranged)
            yield case("RandomColorDegeneration", shape, factor=[part, part], **ranged)
        yield case("RandomContrast", shape, factor=0.0, **ranged)
        yield case("RandomGrayscale", shape, factor=1.0, data_format=form)
        for part in (0.0, 1.0):
            yield case("RandomInvert", shape, factor=[part, part], **ranged)
            yield case(
                "RandomErasing", shape, factor=[part, part], scale=[1.0, 1.0], fill_value=0.3, **ranged
            )
        if form == "channels_last":  # Keras mixes up the axes of the other
            yield case("RandomSharpness", shape, factor=[0.9, 0.9], **ranged)
            yield case("AutoContrast", shape, **ranged)
    yield case("RandomSharpness", (2, 3, 4, 2), factor=[0.2, 0.2], value_range=[-1, 1])
    yield "RandomPosterization", Example(((2, 3, 4, 2),), {"factor": [3, 3]}, span=(0.0, 255.0))
    yield (
        "RandomPosterization",
        Example(((2, 3, 4, 2),), {"factor": [2, 2], "value_range": [-1, 1]}, span=(-0.99, 0.99)),
    )
    yield "Solarization", Example(((2, 3, 4, 2),), {"value_range": [-2, 1]}, span=(-1.9, 0.9))


CASES = [*convolutions(), *pools(), *borders(), *normalizations(), *activations()]
CERTAIN = list(variations())


def label(each: Case) -> str:
    kind, example = each
    options = ",".join(f"{name}={value}" for name, value in example.config.items())
    return f"{kind}({'x'.join(map(str, example.inputs[0]))} {options})".replace(" ", "_")


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("each", CASES, ids=label)
def test_an_option_does_what_it_does_in_keras(each: Case, training: bool) -> None:
    compare(*each, training=training)


@pytest.mark.parametrize("each", CERTAIN, ids=label)
def test_a_random_layer_does_what_it_does_in_keras_once_it_is_drawn(each: Case) -> None:
    compare(*each, training=True, certain=True)
