"""Training on pictures that are varied anew each epoch, and streamed ones: the same numbers after a stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graph_engine.data import DataError, columns, prepare, profiles, read_source
from graph_engine.document import Binding, Choice, Document, Objective, Source
from graph_engine.evaluation import evaluate_project
from graph_engine.evaluation.samples import samples_by
from graph_engine.project import Project
from graph_engine.templates.proposal import proposed
from graph_engine.training import Callback, Control, train_project
from graph_engine.training.events import Logs
from graph_engine.training.running import Outcome
from tests.engine.drawing import Drawing

RESCALE = Choice("Rescale", {"scale": 1 / 255})
VARYING = (RESCALE, Choice("RandomFlip"), Choice("RandomBrightness", {"factor": [0.2, 0.4]}))
ROWS, BATCH = 40, 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The left half of a picture is as bright as its class says; a flip moves it to the right."""
    rng = np.random.default_rng(0)
    for row in range(ROWS):
        file = tmp_path / "photos" / ("one" if row % 2 else "two") / f"{row:02}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 60, (8, 12, 1))
        pixels[:, :6] += 60 * (row % 2)
        Image.fromarray(np.repeat(pixels, 3, axis=2).astype(np.uint8)).save(file)
    return tmp_path


def document_of(folder: Path, steps: Sequence[Choice], epochs: int = 3) -> Document:
    source = Source("s", "PictureFolder", "photos")
    found = proposed(source, profiles(read_source(source, folder)), ["class"])
    bindings = dict(found.data.bindings)
    node = found.main.inputs[0]
    bindings[node] = replace(bindings[node], steps=tuple(steps))
    training = replace(found.training, epochs=epochs, batch_size=BATCH, callbacks=())
    return replace(found, data=replace(found.data, bindings=bindings), training=training)


class Watch(Callback):
    """What was fed: training batches and those of validation. Stops within an epoch where it is told to."""

    def __init__(self, stop: tuple[int, int] | None = None) -> None:
        self.trained: dict[tuple[int, int], np.ndarray] = {}
        self.control, self._stop = Control(), stop

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        assert self.trainer is not None and self.trainer.latest is not None
        place = self.trainer.epoch, batch
        self.trained[place] = pictures_of(self.trainer.latest.feeds)
        if place == self._stop:
            self.control.stop()


def pictures_of(feeds: Mapping[str, np.ndarray]) -> np.ndarray:
    return next(array for array in feeds.values() if array.ndim == 4).copy()


def train(folder: Path, document: Document, run: str, watch: Watch, resume: bool = False) -> Outcome:
    return train_project(
        Project(document),
        folder / run,
        folder=folder,
        callbacks=[watch],
        control=watch.control,
        resume=resume,
    )


def test_a_stopped_run_goes_on_with_the_pictures_it_would_have_drawn(folder: Path) -> None:
    document = document_of(folder, VARYING)
    through, before, after = Watch(), Watch(stop=(1, 1)), Watch()
    whole = train(folder, document, "whole", through)
    train(folder, document, "parts", before)
    parts = train(folder, document, "parts", after, resume=True)
    assert max(before.trained) == (1, 1) and min(after.trained) == (1, 2)
    for place, fed in (before.trained | after.trained).items():
        np.testing.assert_array_equal(fed, through.trained[place])
    for path, array in whole.project.weights.items():
        np.testing.assert_array_equal(parts.project.weights[path], array)
    assert parts.project.history == whole.project.history


def test_an_epoch_draws_anew_and_nothing_but_training_sees_it(folder: Path) -> None:
    document, plain = document_of(folder, VARYING), document_of(folder, [RESCALE])
    watch = Watch()
    trained = train(folder, document, "run", watch).project
    epochs = [
        np.concatenate([fed for (epoch, _), fed in sorted(watch.trained.items()) if epoch == number])
        for number in (0, 1)
    ]
    assert sorted(epochs[0].sum(axis=(1, 2, 3))) != sorted(epochs[1].sum(axis=(1, 2, 3)))
    held, varied = prepare(plain, folder), prepare(document, folder)
    for one, other in ((held.validation, varied.validation), (held.training, varied.training)):
        for name, array in one.inputs.items():
            np.testing.assert_array_equal(np.asarray(other.inputs[name]), array)
    assert float(np.mean(epochs[0])) > 0.1 + float(np.mean(held.training.inputs["picture"]))
    same = replace(trained, document=plain, states=prepare(plain, folder).states())
    for rows in ("validation", "training"):
        assert evaluate_project(trained, folder, rows).logs == evaluate_project(same, folder, rows).logs


def test_streamed_pictures_train_to_the_same_weights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_of(folder, [RESCALE, Choice("Standardize")])
    held = train(folder, document, "held", Watch())
    monkeypatch.setattr(columns, "free_memory", lambda: 10_000)
    streamed = train(folder, document, "streamed", Watch())
    for path, array in held.project.weights.items():
        np.testing.assert_array_equal(streamed.project.weights[path], array)
    assert streamed.project.history == held.project.history
    found = evaluate_project(streamed.project, folder)
    (head,) = found.heads
    (shown, *_) = samples_by(found, head, "worst")
    assert shown.inputs[0]["kind"] == "image" and (shown.inputs[0]["height"], shown.inputs[0]["width"]) == (
        8,
        12,
    )


def test_a_picture_that_breaks_off_ends_training_with_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = document_of(folder, [RESCALE])
    monkeypatch.setattr(columns, "free_memory", lambda: 10_000)
    file = folder / "photos" / "one" / "07.png"
    file.write_bytes(file.read_bytes()[:-60])
    with pytest.raises(DataError, match=r"07\.png is no picture that can be read: .*truncated"):
        train(folder, document, "run", Watch())


def test_streamed_targets_are_looked_at_when_they_are_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that is to give its pictures again: input and target draw alike."""
    source = Source("s", "PictureFolder", "photos")
    rows = read_source(source, folder)["picture"].astype(np.float32) / 255
    np.savez(folder / "pairs.npz", given=rows, wanted=rows)
    document = mirrored()
    fed: list[Mapping[str, np.ndarray]] = []

    class Look(Watch):
        def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
            assert self.trainer is not None and self.trainer.latest is not None
            fed.append({name: array.copy() for name, array in self.trainer.latest.feeds.items()})

    held = train(folder, document, "held", Look())
    for feeds in fed:
        given, wanted = (array for array in feeds.values() if array.ndim == 4)
        np.testing.assert_array_equal(given, wanted)
    monkeypatch.setattr(columns, "free_memory", lambda: 10_000)
    streamed = train(folder, document, "streamed", Look())
    assert streamed.project.history == held.project.history
    found = evaluate_project(streamed.project, folder)
    assert found.logs["loss"] == pytest.approx(held.project.history["val_loss"][-1], rel=1e-6)
    assert found.heads["wanted"].losses.mean() == pytest.approx(found.logs["loss"], rel=1e-5)


def mirrored() -> Document:
    """An Input and an Output of pictures, both flipped at random."""
    drawing = Drawing()
    given = drawing.node("Input", name="given", shape=[8, 12, 3])
    drawn = drawing.node("Output", drawing.node("Conv2D", given, filters=3, padding="same"), name="wanted")
    bindings = {
        node: Binding("s", (column,), (Choice("RandomFlip"),))
        for node, column in ((given, "given"), (drawn, "wanted"))
    }
    data = replace(drawing.document.data, sources={"s": Source("s", "Npz", "pairs.npz")}, bindings=bindings)
    objectives = {drawn: Objective(Choice("MeanSquaredError"))}
    training = replace(drawing.document.training, objectives=objectives, epochs=2, batch_size=BATCH)
    return replace(drawing.document, data=data, training=training)
