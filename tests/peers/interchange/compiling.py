"""What is compiled and trained in the tests of both directions: optimizers, models, and data for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from graph_engine.kernels.program import Array
from graph_engine.model import Model
from tests.peers.interchange.twin import keras

L: Any = keras.layers
Opt: Any = keras.optimizers
S: Any = keras.optimizers.schedules
ROWS = 12

OPTIMIZERS: Mapping[str, Callable[[], Any]] = {
    "sgd": lambda: Opt.SGD(0.05),
    "momentum": lambda: Opt.SGD(0.05, momentum=0.9),
    "nesterov": lambda: Opt.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=0.5),
    "rmsprop": lambda: Opt.RMSprop(0.01),
    "rmsprop, all slots": lambda: Opt.RMSprop(0.01, momentum=0.8, centered=True),
    "adam": lambda: Opt.Adam(0.01, global_clipnorm=1.0),
    "amsgrad": lambda: Opt.Adam(0.01, amsgrad=True),
    "adamw": lambda: Opt.AdamW(0.01, weight_decay=0.02),
    "adadelta": lambda: Opt.Adadelta(0.5),
    "adagrad": lambda: Opt.Adagrad(0.05, initial_accumulator_value=0.2),
    "adamax": lambda: Opt.Adamax(0.01),
    "nadam": lambda: Opt.Nadam(0.01),
    "ftrl": lambda: Opt.Ftrl(0.05, l1_regularization_strength=0.001),
    "lion": lambda: Opt.Lion(0.001),
    "lamb": lambda: Opt.Lamb(0.01),
    "adafactor": lambda: Opt.Adafactor(0.01),
    "muon": lambda: Opt.Muon(0.01),
    "running mean": lambda: Opt.Adam(0.01, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3),
    "gathered": lambda: Opt.SGD(0.05, momentum=0.9, gradient_accumulation_steps=2),
    "scaled": lambda: Opt.LossScaleOptimizer(Opt.Adam(0.01)),
    "exponential": lambda: Opt.Adam(S.ExponentialDecay(0.02, 2, 0.7, staircase=True)),
    "piecewise": lambda: Opt.SGD(S.PiecewiseConstantDecay([3, 6], [0.1, 0.03, 0.004])),
    "polynomial": lambda: Opt.SGD(S.PolynomialDecay(0.1, 7, 0.01, power=2.0)),
    "inverse time": lambda: Opt.RMSprop(S.InverseTimeDecay(0.02, 3, 0.5)),
    "cosine": lambda: Opt.SGD(S.CosineDecay(0.0, 8, 0.1, warmup_target=0.1, warmup_steps=4), momentum=0.5),
    "restarts": lambda: Opt.SGD(S.CosineDecayRestarts(0.1, 2, 2.0, 0.8, 0.05)),
}


def chain() -> Any:
    return keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            L.Embedding(5, 3),
            L.LSTM(4),
            L.BatchNormalization(),
            L.Dense(3, activation="tanh"),
            L.Dense(1),
        ]
    )


def two_heads() -> Any:
    given = keras.Input((4,), name="given")
    hidden = L.Dense(5, activation="tanh", name="hidden")(given)
    return keras.Model(given, [L.Dense(1, name="age")(hidden), L.Dense(3, "softmax", name="job")(hidden)])


def varied() -> Any:
    """Shared, nested, with parts and frozen weights: optimizers see the variables in Keras' order."""
    given = keras.Input((6, 4), name="given")
    inner = keras.Sequential(
        [keras.Input((4,)), L.Dense(4, name="deep"), L.LayerNormalization()], name="inner"
    )
    shared = L.Dense(4, name="shared")
    hidden = L.MultiHeadAttention(2, 3, name="look")(shared(given), given)
    hidden = L.Bidirectional(L.GRU(3, return_sequences=True))(hidden)
    hidden = L.SeparableConv1D(4, 2, depth_multiplier=2)(hidden)
    hidden = L.BatchNormalization()(L.Dense(4, trainable=False)(hidden))
    pooled = L.GlobalAveragePooling1D()(L.Add()([shared(hidden), hidden]))
    return keras.Model(given, L.Dense(1, name="last")(inner(pooled)))


def words(seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 5, (ROWS, 6)).astype(np.int32), rng.normal(size=(ROWS, 1)).astype(np.float32)


def weights_agree(theirs: Any, ours: Model) -> None:
    for variable in theirs.weights:
        wanted = np.asarray(variable.numpy())
        np.testing.assert_allclose(ours.weights[variable.path], wanted, rtol=2e-4, atol=2e-5)


def histories_agree(theirs: Mapping[str, list[float]], ours: Mapping[str, list[float]]) -> None:
    assert set(theirs) == set(ours)
    for name, values in theirs.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-5, atol=1e-5, err_msg=name)
