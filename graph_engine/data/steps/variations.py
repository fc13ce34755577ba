"""Pictures varied at random in training, so that a network sees none of them twice; nobody else sees it.

Parameters and arithmetic are those of the layers of the same names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any, ClassVar

import numpy as np

from graph_engine.data.errors import DataError
from graph_engine.data.steps.base import Array, Step, require_numbers
from graph_engine.data.steps.numbers import extremes
from graph_engine.data.varying import unvaried, varied
from graph_engine.layers import coloring, moving
from graph_engine.layers.varying import Augmentation
from graph_engine.params import JSON, numbers, shared


def _as_in(layer: type[Augmentation], name: str) -> Any:
    """A parameter as the layer has it."""
    found = layer.__dataclass_fields__[name]  # type: ignore[attr-defined]  # made by dataclass
    return field(default=found.default, metadata=found.metadata)


class _Variation(Step):
    """Base: takes rows of pictures, (height, width, channels) or (height, width) each."""

    varies = True
    layer: ClassVar[type[Augmentation]]
    draws_once: ClassVar[bool] = False
    """Whether the layer draws once for a whole batch."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.configured(None)

    def fit(self, array: Array) -> JSON:
        if require_numbers(self, array).ndim not in (3, 4):
            raise DataError(
                f"{type(self).__name__} varies pictures, but a row has the shape {array.shape[1:]}: add Reshape "
                "before it, to height, width and colours"
            )
        return None

    def apply(self, array: Array, state: JSON) -> Array:
        return array

    def vary(self, array: Array, state: JSON, draws: Sequence[np.random.Generator]) -> Array:
        found = varied(self.configured(state), _with_channels(array), draws, alone=self.draws_once)
        return found.reshape(*found.shape[: array.ndim])

    def invert(self, array: Array, state: JSON) -> Array:
        return array

    def configured(self, state: JSON) -> Augmentation:
        """The layer that does it. Raises ParamError."""
        found: Augmentation = self.layer.from_config(self.config())
        return found


class _Moved(_Variation):
    """Base: every pixel comes from another place."""

    fill_mode: str = shared(_as_in(moving.RandomRotation, "fill_mode"))
    interpolation: str = shared(_as_in(moving.RandomRotation, "interpolation"))
    fill_value: float = shared(_as_in(moving.RandomRotation, "fill_value"))


class RandomFlip(_Variation):
    """Mirrors half of the pictures that training sees."""

    title = "Random flip"
    layer = moving.RandomFlip
    mode: str = _as_in(moving.RandomFlip, "mode")


class RandomTranslation(_Moved):
    """Moves pictures up or down and left or right."""

    title = "Random shift"
    layer = moving.RandomTranslation
    height_factor: tuple[float, ...] = _as_in(moving.RandomTranslation, "height_factor")
    width_factor: tuple[float, ...] = _as_in(moving.RandomTranslation, "width_factor")


class RandomRotation(_Moved):
    """Turns pictures around their middle."""

    title = "Random rotation"
    layer = moving.RandomRotation
    factor: tuple[float, ...] = _as_in(moving.RandomRotation, "factor")


class RandomZoom(_Moved):
    """Brings pictures nearer or moves them away."""

    title = "Random zoom"
    layer = moving.RandomZoom
    height_factor: tuple[float, ...] = _as_in(moving.RandomZoom, "height_factor")
    width_factor: tuple[float, ...] | None = _as_in(moving.RandomZoom, "width_factor")


class RandomCrop(_Variation):
    """Cuts a part out of pictures: anywhere for training, the middle for everybody else."""

    title = "Random crop"
    layer = moving.RandomCrop
    draws_once = True
    height: int = _as_in(moving.RandomCrop, "height")
    width: int = _as_in(moving.RandomCrop, "width")

    def apply(self, array: Array, state: JSON) -> Array:
        found = unvaried(self.configured(state), _with_channels(array))
        return found.reshape(*found.shape[: array.ndim])

    def invert(self, array: Array, state: JSON) -> Array:
        raise DataError("RandomCrop cannot be undone")


class _Coloured(_Variation):
    """Base: where pixels have a lowest and a highest value, which nothing leaves."""

    value_range: tuple[float, ...] | None = shared(
        numbers(
            None,
            optional=True,
            help="Lowest and highest value of a pixel; none: as the training rows have them.",
        )
    )

    def fit(self, array: Array) -> JSON:
        super().fit(array)
        if self.value_range is not None:
            return list(self.value_range)
        if array.dtype == np.uint8:
            return [0.0, 255.0]
        by_channel = extremes(array)
        lowest, highest = float(by_channel[0].min()), float(by_channel[1].max())
        return [lowest, highest if highest > lowest else lowest + 1.0]

    def configured(self, state: JSON) -> Augmentation:
        between = state or self.value_range
        given = {**self.config(), "value_range": list(between)} if between else _without_range(self.config())
        found: Augmentation = self.layer.from_config(given)
        return found


class RandomBrightness(_Coloured):
    """Makes pictures brighter or darker."""

    title = "Random brightness"
    layer = coloring.RandomBrightness
    factor: tuple[float, ...] = _as_in(coloring.RandomBrightness, "factor")


class RandomContrast(_Coloured):
    """Makes the differences within pictures larger or smaller."""

    title = "Random contrast"
    layer = coloring.RandomContrast
    factor: tuple[float, ...] = _as_in(coloring.RandomContrast, "factor")


def _with_channels(array: Array) -> Array:
    return array if array.ndim == 4 else array[..., None]


def _without_range(config: dict[str, JSON]) -> dict[str, JSON]:
    return {name: value for name, value in config.items() if name != "value_range"}
