"""The nine models that speed is measured on. One builder serves every library with Keras' functional API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np


class Api:
    """A library's layers, remembering every layer made: weights are copied between libraries in that order."""

    def __init__(self, layers: Any, input_: Callable[..., Any], model: Callable[..., Any]) -> None:
        self._layers = layers
        self.input, self.model = input_, model
        self.made: list[Any] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        kind = getattr(self._layers, name)

        def make(*arguments: Any, **options: Any) -> Any:
            layer = kind(*arguments, **options)
            self.made.append(layer)
            return layer

        return make


@dataclass(frozen=True, slots=True)
class Case:
    """``inputs``: sample shapes of the inputs, integers below ``vocabulary`` where that is not 0."""

    title: str
    batch: int
    steps: int
    inputs: tuple[tuple[int, ...], ...]
    classes: int
    build: Callable[[Api], Any]
    vocabulary: int = 0

    def data(self, steps: int | None = None) -> tuple[list[Any], Any]:
        """Inputs and class ids for so many batches."""
        rng = np.random.default_rng(0)
        rows = self.batch * (steps or self.steps)
        y = rng.integers(0, self.classes, rows).astype(np.int32)
        if self.vocabulary:
            return [
                rng.integers(0, self.vocabulary, (rows, *shape)).astype(np.int32) for shape in self.inputs
            ], y
        return [rng.standard_normal((rows, *shape), dtype=np.float32) for shape in self.inputs], y


def perceptron(size: int, *units: int) -> Callable[[Api], Any]:
    def build(api: Api) -> Any:
        x = first = api.input((size,))
        for width in units:
            x = api.Dense(width, activation="relu")(x)
        return api.model(first, api.Dense(10, activation="softmax")(x))

    return build


def convolutional(api: Api) -> Any:
    x = first = api.input((28, 28, 1))
    x = api.Conv2D(32, 3, activation="relu")(x)
    x = api.Conv2D(64, 3, activation="relu")(x)
    x = api.Flatten()(api.MaxPooling2D(2)(x))
    return api.model(first, api.Dense(10, activation="softmax")(api.Dense(128, activation="relu")(x)))


def residual(api: Api) -> Any:
    def normalized(x: Any, filters: int, size: int = 3, strides: int = 1) -> Any:
        x = api.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        return api.BatchNormalization()(x)

    def relu(x: Any) -> Any:
        return api.Activation("relu")(x)

    first = api.input((32, 32, 3))
    x = relu(normalized(first, 16))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            strides = 2 if stage and not block else 1
            y = normalized(relu(normalized(x, filters, strides=strides)), filters)
            x = normalized(x, filters, 1, strides) if strides == 2 else x
            x = relu(api.Add()([x, y]))
    return api.model(first, api.Dense(10, activation="softmax")(api.GlobalAveragePooling2D()(x)))


def inception(api: Api) -> Any:
    def conv(x: Any, filters: int, size: int) -> Any:
        return api.Conv2D(filters, size, padding="same", activation="relu")(x)

    def block(x: Any) -> Any:
        pooled = api.MaxPooling2D(3, strides=1, padding="same")(x)
        parts = conv(x, 32, 1), conv(conv(x, 32, 1), 64, 3), conv(conv(x, 16, 1), 32, 5), conv(pooled, 32, 1)
        return api.Concatenate()(list(parts))

    first = api.input((32, 32, 3))
    x = block(block(api.MaxPooling2D(2)(conv(first, 32, 3))))
    return api.model(first, api.Dense(10, activation="softmax")(api.GlobalAveragePooling2D()(x)))


def recurrent(api: Api) -> Any:
    first = api.input((100, 32))
    return api.model(first, api.Dense(10, activation="softmax")(api.LSTM(64)(first)))


def question_answering(api: Api) -> Any:
    passage, question = api.input((100,), dtype="int32"), api.input((20,), dtype="int32")
    read = [api.LSTM(32)(api.Embedding(10000, 64)(text)) for text in (passage, question)]
    return api.model([passage, question], api.Dense(500, activation="softmax")(api.Concatenate()(read)))


def transformer(api: Api) -> Any:
    first = api.input((64, 64))
    x = api.Add()([first, api.MultiHeadAttention(4, 16)(first, first)])
    x = api.LayerNormalization(epsilon=1e-6)(x)
    y = api.Dense(64)(api.Dense(256, activation="relu")(x))
    x = api.LayerNormalization(epsilon=1e-6)(api.Add()([x, y]))
    return api.model(first, api.Dense(10, activation="softmax")(api.GlobalAveragePooling1D()(x)))


CASES: Final[dict[str, Case]] = {
    "a32": Case("MLP 64-128-64-10", 32, 100, ((64,),), 10, perceptron(64, 128, 64)),
    "a128": Case("MLP 64-128-64-10", 128, 100, ((64,),), 10, perceptron(64, 128, 64)),
    "b": Case("MLP 784-512-512-10", 128, 30, ((784,),), 10, perceptron(784, 512, 512)),
    "c": Case("convnet 28x28", 64, 10, ((28, 28, 1),), 10, convolutional),
    "d": Case("ResNet-20", 64, 10, ((32, 32, 3),), 10, residual),
    "e": Case("Inception-style net", 64, 10, ((32, 32, 3),), 10, inception),
    "f": Case("LSTM 64 over 100 steps", 32, 10, ((100, 32),), 10, recurrent),
    "f2": Case("question answering, two LSTMs", 32, 10, ((100,), (20,)), 500, question_answering, 10000),
    "g": Case("transformer encoder", 32, 10, ((64, 64),), 10, transformer),
}
