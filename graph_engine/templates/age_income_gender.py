"""One text, three things to learn from it (Chollet, Deep Learning with Python, 7.1.3)."""

from __future__ import annotations

from graph_engine.document import Binding, Choice, Document, Objective, Source, Training
from graph_engine.layers import (
    BatchNormalization,
    Conv1D,
    Dense,
    Embedding,
    GlobalAveragePooling1D,
    MaxPooling1D,
)
from graph_engine.model import Input, Model
from graph_engine.templates.base import Recipe, Template

WORDS, LENGTH, INCOME_GROUPS = 200, 80, 10


def build() -> Document:
    post = Input((LENGTH,), name="post", dtype="int32")
    x = Embedding(WORDS, 32, name="words")(post)
    x = MaxPooling1D(2)(Conv1D(48, 3, activation="relu")(x))
    x = GlobalAveragePooling1D()(Conv1D(48, 3, activation="relu")(x))
    x = Dense(64, activation="relu", name="trunk")(BatchNormalization(momentum=0.9)(x))
    age = Dense(1, name="age")(x)
    income = Dense(INCOME_GROUPS, activation="softmax", name="income")(x)
    gender = Dense(1, activation="sigmoid", name="gender")(x)
    return Recipe(
        model=Model(post, [age, income, gender], name="age_income_gender"),
        source=Source(
            "posts", "Generated", "generated: posts", {"generator": {"type": "Posts", "rows": 6000}}
        ),
        inputs={
            "post": Binding("posts", ("post",), (Choice("WordIds", {"vocabulary": WORDS, "length": LENGTH}),))
        },
        targets={
            "age": Binding("posts", ("age",), (Choice("Rescale", {"scale": 0.1}),)),  # decades, see below
            "income": Binding("posts", ("income",)),
            "gender": Binding("posts", ("gender",)),
        },
        # The book's weights. They fit an age error of 3 to 5: squared years, a thousand times that, would bend
        # the trunk towards age alone until it can tell no income apart.
        objectives={
            "age": Objective(Choice("MeanSquaredError"), 0.25, (Choice("MeanAbsoluteError"),)),
            "income": Objective(
                Choice("SparseCategoricalCrossentropy"),
                1.0,
                (Choice("SparseTopKCategoricalAccuracy", {"k": 3}),),
            ),
            "gender": Objective(Choice("BinaryCrossentropy"), 10.0, (Choice("accuracy"),)),
        },
        training=Training(optimizer=Choice("Adam", {"learning_rate": 0.002}), epochs=8, batch_size=64),
    ).document()


TEMPLATE = Template(
    name="age-income-gender",
    title="Age, income and gender, three outputs",
    learns="Guesses from a post its writer's age within 6 years, gender (90 %) and income (90 % among the three "
    "likeliest of ten groups)",
    data="6,000 generated posts",
    minutes=0.2,
    promise={
        "val_age_mean_absolute_error": 0.6,
        "val_income_sparse_top_k_categorical_accuracy": 0.9,
        "val_gender_accuracy": 0.9,
    },
    build=build,
)
