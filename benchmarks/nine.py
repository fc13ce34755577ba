"""The nine models that speed is measured on, built through the public API, with data to train them on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from graph_engine import layers
from graph_engine.model import Input, Model


@dataclass(frozen=True, slots=True)
class Case:
    """``inputs``: sample shapes of the inputs, integers below ``vocabulary`` where that is not 0."""

    title: str
    batch: int
    steps: int
    inputs: tuple[tuple[int, ...], ...]
    classes: int
    build: Callable[[], Model]
    vocabulary: int = 0

    def data(self, steps: int) -> tuple[list[Any], Any]:
        rng = np.random.default_rng(0)
        rows = self.batch * steps
        y = rng.integers(0, self.classes, rows).astype(np.int32)
        if self.vocabulary:
            return [
                rng.integers(0, self.vocabulary, (rows, *shape)).astype(np.int32) for shape in self.inputs
            ], y
        return [rng.standard_normal((rows, *shape), dtype=np.float32) for shape in self.inputs], y


def perceptron(size: int, *units: int) -> Model:
    x = first = Input((size,))
    for width in units:
        x = layers.Dense(width, activation="relu")(x)
    return Model(first, layers.Dense(10, activation="softmax")(x))


def convolutional() -> Model:
    x = first = Input((28, 28, 1))
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.Flatten()(layers.MaxPooling2D(2)(x))
    return Model(first, layers.Dense(10, activation="softmax")(layers.Dense(128, activation="relu")(x)))


def residual() -> Model:
    def normalized(x: Any, filters: int, size: int = 3, strides: int = 1) -> Any:
        x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    def relu(x: Any) -> Any:
        return layers.Activation("relu")(x)

    first = Input((32, 32, 3))
    x = relu(normalized(first, 16))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            strides = 2 if stage and not block else 1
            y = normalized(relu(normalized(x, filters, strides=strides)), filters)
            x = normalized(x, filters, 1, strides) if strides == 2 else x
            x = relu(layers.Add()([x, y]))
    return Model(first, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def inception() -> Model:
    def conv(x: Any, filters: int, size: int) -> Any:
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    def block(x: Any) -> Any:
        pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
        parts = conv(x, 32, 1), conv(conv(x, 32, 1), 64, 3), conv(conv(x, 16, 1), 32, 5), conv(pooled, 32, 1)
        return layers.Concatenate()(list(parts))

    first = Input((32, 32, 3))
    x = block(block(layers.MaxPooling2D(2)(conv(first, 32, 3))))
    return Model(first, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def recurrent() -> Model:
    first = Input((100, 32))
    return Model(first, layers.Dense(10, activation="softmax")(layers.LSTM(64)(first)))


def question_answering() -> Model:
    passage, question = Input((100,), dtype="int32"), Input((20,), dtype="int32")
    read = [layers.LSTM(32)(layers.Embedding(10000, 64)(text)) for text in (passage, question)]
    return Model([passage, question], layers.Dense(500, activation="softmax")(layers.Concatenate()(read)))


def transformer() -> Model:
    first = Input((64, 64))
    x = layers.Add()([first, layers.MultiHeadAttention(4, 16)(first, first)])
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Dense(64)(layers.Dense(256, activation="relu")(x))
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, y]))
    return Model(first, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


CASES: Final[dict[str, Case]] = {
    "a32": Case("MLP 64-128-64-10", 32, 100, ((64,),), 10, lambda: perceptron(64, 128, 64)),
    "a128": Case("MLP 64-128-64-10", 128, 100, ((64,),), 10, lambda: perceptron(64, 128, 64)),
    "b": Case("MLP 784-512-512-10", 128, 30, ((784,),), 10, lambda: perceptron(784, 512, 512)),
    "c": Case("convnet 28x28", 64, 6, ((28, 28, 1),), 10, convolutional),
    "d": Case("ResNet-20", 64, 4, ((32, 32, 3),), 10, residual),
    "e": Case("Inception-style net", 64, 4, ((32, 32, 3),), 10, inception),
    "f": Case("LSTM 64 over 100 steps", 32, 10, ((100, 32),), 10, recurrent),
    "f2": Case("question answering, two LSTMs", 32, 10, ((100,), (20,)), 500, question_answering, 10000),
    "g": Case("transformer encoder", 32, 10, ((64, 64),), 10, transformer),
}
