"""What callbacks plot, those of other packages among them, is kept with the run and replayed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph_engine.document import Choice, Document
from graph_engine.params import ParamError
from graph_engine.project import Project
from graph_engine.templates import TEMPLATES
from graph_engine.training import CALLBACKS, Callback, Replay, Run, train_project
from graph_engine.training.callbacks.pace import RATE, SPEED

PLUGIN = '''
import numpy as np
from graph_engine.params import text
from graph_engine.training import ConfiguredCallback

class WeightNorm(ConfiguredCallback):
    """Plots the norm of all weights after each epoch."""
    title = "Weight norm"
    named: str = text("weights", help="What the curve is called.")

    def on_epoch_end(self, epoch, logs=None):
        self.plot("Norms", {self.named: np.linalg.norm(self.trainer.parameters.trainable)})
'''


class Plotted(Callback):
    """What a window would draw."""

    def __init__(self) -> None:
        self.points: list[Mapping[str, Any]] = []
        self.losses: list[Mapping[str, float]] = []

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "values":
            self.points.append(event)
        elif event["event"] == "batch":
            self.losses.append(event["losses"])

    def of(self, title: str) -> list[tuple[float, Mapping[str, float]]]:
        return [(point["at"], point["values"]) for point in self.points if point["plot"] == title]


@pytest.fixture
def document() -> Document:
    document = TEMPLATES["digits-residual"].document()
    return replace(document, training=replace(document.training, epochs=2))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that gives a callback, as pip would have installed it."""
    folder = tmp_path / "site"
    (folder / "norms-1.dist-info").mkdir(parents=True)
    (folder / "norms.py").write_text(PLUGIN)
    (folder / "norms-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: norms\nVersion: 1\n")
    entries = "[layerloom.callbacks]\nnorm = norms:WeightNorm\n"
    (folder / "norms-1.dist-info" / "entry_points.txt").write_text(entries)
    monkeypatch.syspath_prepend(str(folder))
    _forget_classes()
    yield folder
    _forget_classes()


def _forget_classes() -> None:
    sys.modules.pop("norms", None)
    for kept in ("classes", "aliases"):
        vars(CALLBACKS).pop(kept, None)


def replayed(directory: Path) -> Plotted:
    heard = Plotted()
    replay = Replay([heard])
    for event in Run.read(directory).events():
        replay.feed(event)
    return heard


def test_a_callback_of_another_package_plots_like_those_that_are_built_in(
    installed: Path, document: Document, tmp_path: Path
) -> None:
    chosen = replace(document.training, callbacks=(Choice("WeightNorm", {"named": "all"}),))
    outcome = train_project(Project(replace(document, training=chosen)), tmp_path / "run")
    assert outcome.reason == "finished"
    (first, begun), (second, ended) = replayed(tmp_path / "run").of("Norms")
    assert (first, second) == (1.0, 2.0)
    assert 0 < begun["all"] != ended["all"]


def test_a_package_that_cannot_be_used_is_told_and_in_nobodys_way(installed: Path) -> None:
    (installed / "norms.py").write_text("raise OSError('no such disk')")
    with pytest.warns(UserWarning, match="no such disk"):
        assert "EarlyStopping" in CALLBACKS
    with pytest.raises(ParamError, match="there is no callback 'WeightNorm'"):
        CALLBACKS.decode("WeightNorm")


def test_every_training_plots_its_learning_rate_and_the_losses_of_each_batch(
    document: Document, tmp_path: Path
) -> None:
    outcome = train_project(Project(document), tmp_path / "run")
    heard = replayed(tmp_path / "run")
    assert len(heard.losses) == 2 * 45
    mean = sum(own["loss"] for own in heard.losses[:45]) / 45
    assert mean == pytest.approx(outcome.project.history["loss"][0], rel=0.02)  # the last batch is smaller
    rates = heard.of(RATE)
    assert len(rates) == 2 * 45 + 2  # the template's schedule changes it with every batch
    assert rates[0][0] == 0.0 and rates[0][1]["learning rate"] == pytest.approx(0.003)
    assert rates[-1][1]["learning rate"] < 0.003
    assert all(values["rows per second"] > 0 for _, values in heard.of(SPEED))


def test_a_learning_rate_that_is_changed_once_is_a_step(document: Document, tmp_path: Path) -> None:
    class Halving(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if self.trainer is not None and epoch == 1:
                self.trainer.set_learning_rate(0.5)

    known = replace(document.training, optimizer=Choice("SGD", {"learning_rate": 1e-3}))
    train_project(Project(replace(document, training=known)), tmp_path / "run", callbacks=[Halving()])
    rates = [(at, values["learning rate"]) for at, values in replayed(tmp_path / "run").of(RATE)]
    assert rates == [(0.0, 1e-3), (1.0, 1e-3), (1.0, 1e-3), (1.0, 0.5), (2.0, 0.5)]
