"""A light convnet of separable convolutions (Chollet, Deep Learning with Python, 7.3)."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    MaxPooling2D,
    SeparableConv2D,
)
from graph_engine.model import Input, Model, Symbol
from graph_engine.templates.base import Recipe, Template

EPOCHS, STEPS = 12, 63  # batches of an epoch: 4,000 training rows by 64


def build() -> Document:
    image = Input((28, 28, 1), name="image")
    x = Conv2D(32, 3, padding="same", activation="relu")(image)  # one channel has nothing to be separated
    x = MaxPooling2D(2)(_block(x, 32))
    x = MaxPooling2D(2)(_block(x, 64))
    x = GlobalAveragePooling2D()(_block(x, 96))
    digit = Dense(10, activation="softmax", name="digit")(Dense(32, activation="relu")(x))
    return Recipe(
        model=Model(image, digit, name="separable_convnet"),
        source=Source("mnist", "npz", "sample:mnist5k.npz"),
        inputs={"image": Binding("mnist", ("image",), (Choice("Rescale", {"scale": 1 / 255}),))},
        targets={"digit": Binding("mnist", ("label",))},
        objectives={"digit": Objective(Choice("SparseCategoricalCrossentropy"), 1.0, (Choice("accuracy"),))},
        training=Training(optimizer=_optimizer(), epochs=EPOCHS, batch_size=64),
    ).document()


def _block(x: Symbol, filters: int) -> Symbol:
    x = SeparableConv2D(filters, 3, padding="same", activation="relu")(x)
    normalized: Symbol = BatchNormalization(momentum=0.9)(x)
    return normalized


def _optimizer() -> Choice:
    schedule = {"type": "CosineDecay", "decay_steps": EPOCHS * STEPS}
    return Choice("Adam", {"learning_rate": 0.008, "schedule": schedule})


TEMPLATE = Template(
    name="separable-convnet",
    title="Separable convnet",
    learns="Reads handwritten digits with few weights: windows by channel, then a mix (95 % of unseen ones)",
    data="5,000 real images of MNIST, 500 of each digit",
    minutes=0.4,
    promise={"val_accuracy": 0.95},
    build=build,
)
