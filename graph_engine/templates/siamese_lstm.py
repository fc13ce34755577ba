"""One LSTM that reads two sentences (Chollet, Deep Learning with Python, 7.1.5)."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import LSTM, Concatenate, Dense, Embedding, Multiply
from graph_engine.model import Input, Model
from graph_engine.templates.base import Recipe, Template

WORDS, LENGTH = 64, 9


def build() -> Document:
    left = Input((LENGTH,), name="left", dtype="int32")
    right = Input((LENGTH,), name="right", dtype="int32")
    words, reader = Embedding(WORDS, 24, name="words"), LSTM(32, name="reader")
    first, second = reader(words(left)), reader(words(right))
    x = Concatenate()([first, second, Multiply()([first, second])])
    x = Dense(64, activation="relu")(x)
    same = Dense(1, activation="sigmoid", name="same")(x)
    pairs = {"generator": {"type": "SentencePairs", "rows": 8000}}
    steps = (Choice("WordIds", {"vocabulary": WORDS, "length": LENGTH}),)
    return Recipe(
        model=Model([left, right], same, name="siamese_lstm"),
        source=Source("pairs", "Generated", "generated: sentence pairs", pairs),
        inputs={name: Binding("pairs", (name,), steps) for name in ("left", "right")},
        targets={"same": Binding("pairs", ("same",))},
        objectives={"same": Objective(Choice("BinaryCrossentropy"), 1.0, (Choice("accuracy"),))},
        training=Training(optimizer=Choice("Adam", {"learning_rate": 0.005}), epochs=12, batch_size=64),
    ).document()


TEMPLATE = Template(
    name="siamese-lstm",
    title="Siamese LSTM, shared weights",
    learns="Tells whether two sentences say the same in other words, right for at least 95 % of unseen pairs",
    data="8,000 generated pairs of sentences",
    minutes=0.2,
    promise={"val_accuracy": 0.95},
    build=build,
)
