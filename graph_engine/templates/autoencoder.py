"""A network that must say its input again through a bottleneck, with noise on it (Vincent et al., 2008)."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import Dense, Flatten, GaussianNoise, Reshape
from graph_engine.model import Input, Model
from graph_engine.templates.base import Recipe, Template

CODE = 24
GREY = (Choice("Rescale", {"scale": 1 / 255}),)


def build() -> Document:
    image = Input((28, 28, 1), name="image")
    x = Flatten()(GaussianNoise(0.3)(image))
    code = Dense(CODE, name="code")(Dense(256, activation="relu")(x))
    x = Dense(256, activation="relu")(code)
    x = Dense(28 * 28, activation="sigmoid")(x)
    restored = Reshape((28, 28, 1), name="restored")(x)
    return Recipe(
        model=Model(image, restored, name="autoencoder"),
        source=Source("mnist", "npz", "sample:mnist5k.npz"),
        inputs={"image": Binding("mnist", ("image",), GREY)},
        targets={"restored": Binding("mnist", ("image",), GREY)},
        objectives={
            "restored": Objective(Choice("BinaryCrossentropy"), 1.0, (Choice("MeanAbsoluteError"),)),
        },
        training=Training(optimizer=Choice("Adam", {"learning_rate": 0.002}), epochs=12, batch_size=64),
    ).document()


TEMPLATE = Template(
    name="autoencoder",
    title="Denoising autoencoder",
    learns="Takes the noise off handwritten digits through 24 numbers, within 0.05 of each pixel on average",
    data="5,000 real images of MNIST, 500 of each digit",
    minutes=0.1,
    promise={"val_mean_absolute_error": 0.05},
    build=build,
)
