"""What the TensorBoard callback takes, and where it writes. What it writes is in ``tests/peers``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graph_engine.layers import Dense
from graph_engine.model import Input, Model
from graph_engine.params import ParamError
from graph_engine.training import CALLBACKS, TensorBoard, Trainer

X = np.ones((8, 2), np.float32)


def model() -> Model:
    x = Input((2,), name="x")
    made = Model(x, Dense(1, name="y")(x))
    made.compile("sgd", loss="mse")
    return made


@pytest.mark.parametrize(("given", "kept"), [("epoch", "epoch"), ("batch", "batch"), (5, 5), ("5", 5)])
def test_a_document_can_name_it_with_any_frequency(given: str | int, kept: str | int) -> None:
    callback = CALLBACKS.decode({"type": "TensorBoard", "update_freq": given})
    assert callback.config()["update_freq"] == kept
    assert CALLBACKS.decode(callback.encode()).config() == callback.config()


@pytest.mark.parametrize("given", ["daily", 0, 2.5, None, [1]])
def test_another_frequency_is_refused_with_what_would_do(given: object) -> None:
    with pytest.raises(ParamError, match="epoch, batch or a number of batches"):
        TensorBoard(update_freq=given)


def test_in_a_run_it_writes_nowhere_else(tmp_path: Path) -> None:
    run = tmp_path / "run"
    made = model()
    made.trainer.directory = run
    made.fit(X, X[:, :1], callbacks=[TensorBoard("logs/board")])
    (found,) = tmp_path.rglob("*tfevents*")
    assert found.parent == run / "logs" / "board" / "train"
    with pytest.raises(ParamError, match="outside the run's directory"):
        made.fit(X, X[:, :1], callbacks=[TensorBoard("../elsewhere")])


def test_without_anything_to_tell_it_leaves_no_file(tmp_path: Path) -> None:
    document = model().document
    trainer = Trainer(document)
    callback = TensorBoard(str(tmp_path), write_graph=False)
    callback.set_trainer(trainer)
    callback.on_train_begin()
    callback.on_train_batch_end(0, {"loss": 1.0})
    callback.on_train_end()
    assert not list(tmp_path.rglob("*tfevents*"))
