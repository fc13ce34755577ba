"""A stack of Dense layers, the simplest of networks (Chollet, Deep Learning with Python, 7.1.1)."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import Dense, Dropout
from graph_engine.model import Input, Model
from graph_engine.templates.base import Recipe, Template

PARTS = (
    *("radius", "texture", "perimeter", "area", "smoothness"),
    *("compactness", "concavity", "concave points", "symmetry", "fractal dimension"),
)
COLUMNS = tuple(f"{what} {part}" for what in ("mean", "error of", "worst") for part in PARTS)


def build() -> Document:
    cells = Input((30,), name="cells")
    x = Dropout(0.3)(Dense(32, activation="relu")(cells))
    x = Dense(32, activation="relu")(x)
    benign = Dense(1, activation="sigmoid", name="benign")(x)
    return Recipe(
        model=Model(cells, benign, name="tumours"),
        source=Source("tumours", "csv", "sample:tumours.csv.gz"),
        inputs={"cells": Binding("tumours", COLUMNS, (Choice("Standardize"),))},
        targets={
            "benign": Binding(
                "tumours", ("diagnosis",), (Choice("CategoryIds", {"order": "malignant, benign"}),)
            )
        },
        objectives={"benign": Objective(Choice("BinaryCrossentropy"), 1.0, (Choice("accuracy"),))},
        training=Training(optimizer=Choice("Adam", {"learning_rate": 0.003}), epochs=20, batch_size=32),
    ).document()


TEMPLATE = Template(
    name="dense-stack",
    title="A stack of Dense layers",
    learns="Tells malignant from benign tumours by 30 measurements of their cells (right for 95 %)",
    data="569 real biopsies (Wisconsin diagnostic breast cancer, UCI, via scikit-learn)",
    minutes=0.1,
    promise={"val_accuracy": 0.95},
    build=build,
)
