"""A convolutional network on words (Chollet, Deep Learning with Python, 7.2), to be watched in TensorBoard."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import Conv1D, Dense, Embedding, GlobalMaxPooling1D, MaxPooling1D
from graph_engine.model import Input, Model
from graph_engine.templates.base import Recipe, Template

WORDS, LENGTH = 80, 48


def build() -> Document:
    review = Input((LENGTH,), name="review", dtype="int32")
    x = Embedding(WORDS, 24, name="words")(review)
    x = MaxPooling1D(2)(Conv1D(32, 5, activation="relu")(x))
    x = GlobalMaxPooling1D()(Conv1D(32, 5, activation="relu")(x))
    praised = Dense(1, activation="sigmoid", name="praised")(x)
    return Recipe(
        model=Model(review, praised, name="text_convnet"),
        source=Source(
            "reviews", "Generated", "generated: reviews", {"generator": {"type": "Reviews", "rows": 6000}}
        ),
        inputs={
            "review": Binding(
                "reviews", ("review",), (Choice("WordIds", {"vocabulary": WORDS, "length": LENGTH}),)
            )
        },
        targets={"praised": Binding("reviews", ("praised",))},
        objectives={"praised": Objective(Choice("BinaryCrossentropy"), 1.0, (Choice("accuracy"),))},
        training=Training(
            optimizer=Choice("Adam", {"learning_rate": 0.003}), callbacks=(Choice("TensorBoard"),), epochs=8
        ),
    ).document()


TEMPLATE = Template(
    name="text-convnet",
    title="Convnet on text, with TensorBoard",
    learns="Tells praise from blame in reviews that often say the opposite of single words (95 % of unseen ones)",
    data="6,000 generated reviews",
    minutes=0.1,
    promise={"val_accuracy": 0.95},
    build=build,
)
