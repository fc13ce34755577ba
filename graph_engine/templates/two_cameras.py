"""A model used as a layer, once for each camera (Chollet, Deep Learning with Python, 7.1.6)."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import Add, BatchNormalization, Concatenate, Conv2D, Dense, Flatten
from graph_engine.model import Input, Model, Symbol
from graph_engine.templates.base import Recipe, Template

EPOCHS, STEPS = 12, 75  # batches of an epoch: 2,400 training rows by 32
BYTES = (Choice("Rescale", {"scale": 1 / 255}),)


def build() -> Document:
    eye = _eye()
    left, right = Input((32, 32, 3), name="left"), Input((32, 32, 3), name="right")
    seen = Concatenate()([eye(left), eye(right)])
    x = Dense(64, activation="relu")(Flatten()(Conv2D(32, 3, padding="same", activation="relu")(seen)))
    distance = Dense(1, name="distance")(x)
    stereo = {"generator": {"type": "Stereo", "rows": 3000}}
    return Recipe(
        model=Model([left, right], distance, name="two_cameras"),
        source=Source("stereo", "Generated", "generated: stereo pictures", stereo),
        inputs={name: Binding("stereo", (name,), BYTES) for name in ("left", "right")},
        targets={"distance": Binding("stereo", ("distance",))},
        objectives={"distance": Objective(Choice("MeanSquaredError"), 1.0, (Choice("MeanAbsoluteError"),))},
        training=Training(optimizer=_optimizer(), epochs=EPOCHS, batch_size=32),
    ).document()


def _eye() -> Model:
    """What both cameras look through: 32 x 32 pixels to a map of 8 x 8 features."""
    image = Input((32, 32, 3), name="image")
    x = Conv2D(16, 3, strides=2, padding="same", activation="relu")(image)
    x = _residual(x, 24)
    return Model(image, x, name="eye")


def _residual(x: Symbol, filters: int) -> Symbol:
    branch = Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
    branch = BatchNormalization(momentum=0.9)(Conv2D(filters, 3, padding="same")(branch))
    result: Symbol = Add()([branch, Conv2D(filters, 1, strides=2, name="projection")(x)])
    return result


def _optimizer() -> Choice:
    schedule = {"type": "CosineDecay", "decay_steps": EPOCHS * STEPS}
    return Choice("Adam", {"learning_rate": 0.003, "schedule": schedule})


TEMPLATE = Template(
    name="two-cameras",
    title="Two cameras, a model as a layer",
    learns="Measures how far away a thing is from what two cameras see of it, within 0.3 m between 1 and 4 m",
    data="3,000 generated pairs of pictures",
    minutes=0.3,
    promise={"val_mean_absolute_error": 0.3},
    build=build,
)
