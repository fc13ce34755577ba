"""Edits that a training takes while it runs: what is frozen, who is called; and which edits these are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph_engine.document import (
    MAIN,
    Choice,
    Command,
    Configure,
    Document,
    Edit,
    Move,
    Point,
    SetObjective,
    SetTrainable,
    SetTraining,
)
from graph_engine.project import Project
from graph_engine.templates import TEMPLATES
from graph_engine.training import Callback, Control, Outcome, Run, train_project
from graph_engine.training.steering import changes_between
from tests.contracts.bench import Array

STEPS = 45  # of an epoch


def digits(epochs: int = 3, *callbacks: Choice) -> Document:
    document = TEMPLATES["digits-residual"].document()
    return replace(document, training=replace(document.training, epochs=epochs, callbacks=callbacks))


def layer(document: Document, kind: str) -> str:
    return next(key for key, record in document.layers.items() if record.type == kind)


def edited(document: Document, command: Command) -> Document:
    answer = command.apply(document)
    assert isinstance(answer, Edit)
    return answer.document


class At(Callback):
    """Asks for something after so many batches, and remembers weights and notices."""

    def __init__(self, control: Control, asks: Mapping[int, Callable[[Control], None]]) -> None:
        self.control, self.asks = control, asks
        self.count = 0
        self.weights: list[dict[str, Array]] = []
        self.told: list[Mapping[str, Any]] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        assert self.trainer is not None
        self.count += 1
        self.weights.append(self.trainer.parameters.snapshot())
        if self.count in self.asks:
            self.asks[self.count](self.control)

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] in ("changed", "refused"):
            self.told.append(event)


def train(
    document: Document, place: Path, asks: Mapping[int, Callable[[Control], None]], resume: bool = False
) -> tuple[At, Outcome]:
    control = Control()
    at = At(control, asks)
    return at, train_project(Project(document), place, callbacks=[at], control=control, resume=resume)


def test_a_layer_is_frozen_and_trained_again_at_batch_boundaries(tmp_path: Path) -> None:
    document = digits(1)
    conv = layer(document, "Conv2D")

    def change(on: bool) -> Callable[[Control], None]:
        return lambda control: control.change(f"trainable/{conv}", on)

    at, _ = train(document, tmp_path / "run", {10: change(False), 20: change(True)})
    kernels = [weights[f"{conv}/kernel"] for weights in at.weights]
    moved = [not np.array_equal(one, other) for one, other in pairwise(kernels)]
    assert moved[:9] == [True] * 9 and moved[9:19] == [False] * 10 and moved[19:] == [True] * (STEPS - 20)
    others = [weights[f"{layer(document, 'Dense')}/kernel"] for weights in at.weights]
    assert not any(np.array_equal(one, other) for one, other in pairwise(others))
    name = document.layers[conv].name
    assert [(event["what"], event["value"]) for event in at.told] == [
        (f"trainable/{name}", False),
        (f"trainable/{name}", True),
    ]
    assert [
        event["what"] for event in Run.read(tmp_path / "run").events() if event["event"] == "changed"
    ] == [f"trainable/{name}"] * 2


def test_frozen_and_thawed_at_once_changes_no_bit(tmp_path: Path) -> None:
    document = digits(1)
    conv = layer(document, "Conv2D")

    def both(control: Control) -> None:
        control.change(f"trainable/{conv}", False)
        control.change(f"trainable/{conv}", True)

    _, plain = train(document, tmp_path / "plain", {})
    _, steered = train(document, tmp_path / "steered", {10: both})
    assert steered.project.history == plain.project.history
    for path, array in plain.project.weights.items():
        np.testing.assert_array_equal(steered.project.weights[path], array)


@pytest.mark.parametrize("stop", [15, 25])
def test_a_steered_training_that_was_stopped_goes_on_exactly(tmp_path: Path, stop: int) -> None:
    """While the layer is frozen, and after it was thawed: then its slots are those from before."""
    document = digits(2, Choice("RestoreBestWeights", {"monitor": "loss"}))
    conv = layer(document, "Conv2D")
    asks: dict[int, Callable[[Control], None]] = {
        10: lambda c: c.change(f"trainable/{conv}", False),
        20: lambda c: c.change(f"trainable/{conv}", True),
    }
    _, whole = train(document, tmp_path / "whole", asks)
    train(document, tmp_path / "run", {**asks, stop: lambda control: control.stop()})
    later = {at - stop: ask for at, ask in asks.items() if at > stop}
    _, rest = train(document, tmp_path / "run", later, resume=True)
    assert rest.project.history == whole.project.history
    for path, array in whole.project.weights.items():
        np.testing.assert_array_equal(rest.project.weights[path], array)


def test_callbacks_are_exchanged_and_go_on_from_where_they_were(tmp_path: Path) -> None:
    patient = Choice("EarlyStopping", {"monitor": "loss", "patience": 50, "mode": "max"})
    hasty = {"type": "EarlyStopping", "monitor": "loss", "patience": 3, "mode": "max"}
    asks: dict[int, Callable[[Control], None]] = {2 * STEPS + 1: lambda c: c.change("callbacks", [hasty])}
    at, outcome = train(digits(30, patient), tmp_path / "run", asks)
    assert outcome.reason.startswith("early stopping: loss") and len(outcome.project.history["loss"]) == 4
    assert [(event["what"], event["value"]) for event in at.told] == [("callbacks", "EarlyStopping")]


def test_exchanged_callbacks_are_there_when_it_goes_on(tmp_path: Path) -> None:
    hasty = {"type": "EarlyStopping", "monitor": "loss", "patience": 2, "mode": "max"}
    asks: dict[int, Callable[[Control], None]] = {
        5: lambda c: c.change("callbacks", [hasty]),
        50: lambda c: c.stop(),
    }
    train(digits(30), tmp_path / "run", asks)
    _, rest = train(digits(30), tmp_path / "run", {}, resume=True)
    assert rest.reason.startswith("early stopping")


@pytest.mark.parametrize(
    ("what", "value", "sentence"),
    [
        ("trainable/nobody", False, "there is no layer 'nobody'"),
        ("callbacks", [{"type": "Nonsense"}], "Nonsense"),
        ("units", 3, "cannot be changed while training"),
    ],
)
def test_what_cannot_be_changed_is_told_and_training_goes_on(
    tmp_path: Path, what: str, value: Any, sentence: str
) -> None:
    at, outcome = train(digits(1), tmp_path / "run", {3: lambda control: control.change(what, value)})
    assert outcome.reason == "finished" and [event["event"] for event in at.told] == ["refused"]
    assert sentence in at.told[0]["message"]


def test_the_last_layer_cannot_be_frozen(tmp_path: Path) -> None:
    document = digits(1)
    learning = [
        key
        for key, record in document.layers.items()
        if record.type in ("Conv2D", "Dense", "BatchNormalization")
    ]

    def all_of_them(control: Control) -> None:
        for key in learning:
            control.change(f"trainable/{key}", False)

    at, outcome = train(document, tmp_path / "run", {3: all_of_them})
    assert outcome.reason == "finished" and at.told[-1]["event"] == "refused"
    assert "nothing would be left to train" in at.told[-1]["message"]


def test_which_edits_a_training_takes() -> None:
    document = digits(3)
    conv, output = layer(document, "Conv2D"), document.main.outputs[0]
    node = next(node.id for node in document.main.nodes.values() if node.layer == conv)
    goal = document.training.objectives[output]
    stopping = Choice("EarlyStopping", {"patience": 2})
    optimizer = document.training.optimizer
    slower = replace(optimizer, config={**optimizer.config, "learning_rate": 0.0002})
    name = document.layer_of(MAIN, output).name
    for command, expected in (
        (Move(MAIN, {node: Point(5, 5)}), []),
        (SetTraining(optimizer=slower), [("learning_rate", 0.0002)]),
        (SetObjective(output, replace(goal, weight=3.0)), [(f"loss_weights/{name}", 3.0)]),
        (SetTrainable((conv,), False), [(f"trainable/{conv}", False)]),
        (SetTraining(callbacks=(stopping,)), [("callbacks", [{"type": "EarlyStopping", "patience": 2}])]),
        (SetTraining(epochs=9), None),
        (SetTraining(optimizer=Choice("SGD")), None),
        (Configure((conv,), "filters", 5), None),
    ):
        assert changes_between(document, edited(document, command)) == expected, command
