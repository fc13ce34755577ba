"""Four branches side by side (Szegedy et al., 2014; Chollet, Deep Learning with Python, 7.1.4)."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import (
    AveragePooling2D,
    Concatenate,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from graph_engine.model import Input, Model, Symbol
from graph_engine.templates.base import Recipe, Template


def build() -> Document:
    image = Input((28, 28, 1), name="image")
    x = MaxPooling2D(2)(Conv2D(16, 3, padding="same", activation="relu")(image))
    x = module(module(x, 16), 24)
    digit = Dense(10, activation="softmax", name="digit")(GlobalAveragePooling2D()(x))
    return Recipe(
        model=Model(image, digit, name="inception"),
        source=Source("mnist", "npz", "sample:mnist5k.npz"),
        inputs={"image": Binding("mnist", ("image",), (Choice("Rescale", {"scale": 1 / 255}),))},
        targets={"digit": Binding("mnist", ("label",))},
        objectives={"digit": Objective(Choice("SparseCategoricalCrossentropy"), 1.0, (Choice("accuracy"),))},
        training=Training(optimizer=Choice("Adam", {"learning_rate": 0.004}), epochs=8, batch_size=64),
    ).document()


def module(x: Symbol, filters: int) -> Symbol:
    """Every branch halves the picture; each looks at it through windows of another size."""
    first = _conv(x, filters, 1, strides=2)
    second = _conv(_conv(x, filters, 1), filters, 3, strides=2)
    third = _conv(AveragePooling2D(3, strides=2, padding="same")(x), filters, 3)
    fourth = _conv(_conv(_conv(x, filters, 1), filters, 3), filters, 3, strides=2)
    joined: Symbol = Concatenate()([first, second, third, fourth])
    return joined


def _conv(x: Symbol, filters: int, size: int, strides: int = 1) -> Symbol:
    result: Symbol = Conv2D(filters, size, strides=strides, padding="same", activation="relu")(x)
    return result


TEMPLATE = Template(
    name="inception",
    title="Inception modules",
    learns="Reads handwritten digits through windows of several sizes at once (93 % of unseen ones)",
    data="5,000 real images of MNIST, 500 of each digit",
    minutes=0.2,
    promise={"val_accuracy": 0.93},
    build=build,
)
