"""Diamonds: two inputs of different kinds, two outputs with different losses."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import BatchNormalization, Concatenate, Dense, Embedding, Flatten
from graph_engine.model import Input, Model
from graph_engine.templates.base import Recipe, Template


def build() -> Document:
    measurements = Input((6,), name="measurements")
    grades = Input((2,), name="grades", dtype="int32")
    graded = Flatten()(Embedding(16, 4, name="grade_embedding")(grades))
    joined = Concatenate()([BatchNormalization()(Dense(64, activation="relu")(measurements)), graded])
    trunk = Dense(64, activation="relu", name="trunk")(joined)
    price = Dense(1, name="price")(Dense(32, activation="relu")(trunk))
    cut = Dense(5, activation="softmax", name="cut")(trunk)
    return Recipe(
        model=Model([measurements, grades], [price, cut], name="diamonds"),
        source=Source("diamonds", "csv", "sample:diamonds.csv.gz"),
        inputs={
            "measurements": Binding(
                "diamonds", ("carat", "depth", "table", "x", "y", "z"), (Choice("Standardize"),)
            ),
            "grades": Binding("diamonds", ("color", "clarity"), (Choice("CategoryIds"),)),
        },
        targets={
            "price": Binding("diamonds", ("price",), (Choice("Log1p"), Choice("Standardize"))),
            "cut": Binding("diamonds", ("cut",), (Choice("CategoryIds"),)),
        },
        objectives={
            "price": Objective(Choice("MeanSquaredError"), 1.0, (Choice("MeanAbsoluteError"),)),
            "cut": Objective(Choice("SparseCategoricalCrossentropy"), 0.5, (Choice("accuracy"),)),
        },
        training=Training(optimizer=Choice("Adam"), epochs=8, batch_size=128),
    ).document()


TEMPLATE = Template(
    name="diamonds-two-in-two-out",
    title="Diamonds, two in and two out",
    learns="Predicts a diamond's price and the quality of its cut from measurements and grades at once",
    data="53,940 real diamonds (ggplot2's data set, via plotnine)",
    minutes=0.3,
    promise={"val_price_mean_absolute_error": 0.1, "val_cut_accuracy": 0.7},
    build=build,
)
