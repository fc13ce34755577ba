"""What trainings leave for TensorBoard, read back by TensorBoard's own readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays

from graph_engine.data import Dataset
from graph_engine.layers import Concatenate, Dense
from graph_engine.model import Input, Model
from graph_engine.training import Checkpoint, LambdaCallback, TensorBoard, Trainer
from graph_engine.training.runs import LATEST
from graph_engine.training.tensorboard import histograms, scalars

pytest.importorskip("tensorboard")
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.util.tensor_util import make_ndarray

pytestmark = pytest.mark.peers

RNG = np.random.default_rng(3)
CAMERA = RNG.normal(size=(40, 4)).astype(np.float32)
DEPTH = CAMERA[:, :1]
STEPS = 4  # an epoch's batches: 32 of 40 rows, 8 at a time


def stereo() -> Model:
    """A model used twice as a layer, between two inputs and one output."""
    camera = Input((4,), name="camera")
    branch = Model(camera, Dense(3, name="features")(camera), name="branch")
    left, right = Input((4,), name="left"), Input((4,), name="right")
    model = Model(
        [left, right], Dense(1, name="depth")(Concatenate(name="both")([branch(left), branch(right)]))
    )
    model.compile("adam", loss="mse", metrics=["mae"])
    return model


def fit(model: Model, *callbacks: Any, epochs: int = 3) -> dict[str, list[float]]:
    history = model.fit(
        [CAMERA, CAMERA], DEPTH, epochs=epochs, batch_size=8, validation_split=0.2, callbacks=callbacks
    )
    return history.history


def read(directory: Path) -> Any:
    return EventAccumulator(str(directory), size_guidance={"tensors": 0}).Reload()


def values(accumulator: Any, tag: str) -> dict[int, npt.NDArray[Any]]:
    return {event.step: make_ndarray(event.tensor_proto) for event in accumulator.Tensors(tag)}


def tags(directory: Path) -> set[str]:
    return set(read(directory).Tags()["tensors"])


def test_epochs_are_the_history_in_two_runs_under_keras_tags(tmp_path: Path) -> None:
    history = fit(stereo(), TensorBoard(str(tmp_path)))
    runs = EventMultiplexer().AddRunsFromDirectory(str(tmp_path)).Reload().Runs()
    assert set(runs) == {"train", "validation"}
    assert tags(tmp_path / "train") == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    evaluations = {"evaluation_loss_vs_iterations", "evaluation_mae_vs_iterations"}
    assert tags(tmp_path / "validation") == {"epoch_loss", "epoch_mae", *evaluations}
    train, validation = read(tmp_path / "train"), read(tmp_path / "validation")
    for name in ("loss", "mae"):
        assert values(train, f"epoch_{name}") == pytest.approx(dict(enumerate(history[name])))
        checked = history[f"val_{name}"]
        assert values(validation, f"epoch_{name}") == pytest.approx(dict(enumerate(checked)))
        steps = [STEPS, 2 * STEPS, 3 * STEPS]
        found = values(validation, f"evaluation_{name}_vs_iterations")
        assert found == pytest.approx(dict(zip(steps, checked, strict=True)))
    assert values(train, "epoch_learning_rate") == pytest.approx(dict.fromkeys(range(3), 0.001))


def test_scalars_and_histograms_appear_in_their_dashboards(tmp_path: Path) -> None:
    fit(stereo(), TensorBoard(str(tmp_path), histogram_freq=1))
    train = read(tmp_path / "train")
    assert set(train.PluginTagToContent("scalars")) == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    weights = {"branch/features/kernel", "branch/features/bias", "depth/kernel", "depth/bias"}
    assert set(train.PluginTagToContent("histograms")) == {f"{path}/histogram" for path in weights}


@pytest.mark.parametrize(("frequency", "steps"), [("batch", range(1, 13)), (1, range(1, 13)), (5, (5, 10))])
def test_batches_are_written_as_often_as_asked(tmp_path: Path, frequency: Any, steps: Any) -> None:
    seen: list[float] = []
    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["loss"]))
    fit(stereo(), TensorBoard(str(tmp_path), update_freq=frequency, write_steps_per_second=True), watch)
    train = read(tmp_path / "train")
    assert values(train, "batch_loss") == pytest.approx({step: seen[step - 1] for step in steps})
    assert min(values(train, "batch_steps_per_second").values()) > 0
    assert sorted(values(train, "epoch_loss")) == [0, 1, 2]


def test_steps_per_second_of_an_epoch_are_plausible(tmp_path: Path) -> None:
    fit(stereo(), TensorBoard(str(tmp_path), write_steps_per_second=True))
    found = values(read(tmp_path / "train"), "epoch_steps_per_second")
    assert sorted(found) == [0, 1, 2]
    assert all(0.1 < value < 1e6 for value in found.values())


def test_histograms_hold_the_weights_of_their_epoch(tmp_path: Path) -> None:
    model = stereo()
    fit(model, TensorBoard(str(tmp_path), histogram_freq=2), epochs=5)
    found = values(read(tmp_path / "train"), "depth/kernel/histogram")
    assert sorted(found) == [0, 2, 4]
    (kernel,) = (array for array in model.weights.values() if array.shape == (6, 1))
    expected = make_ndarray(histogram_pb("any", kernel).value[0].tensor)
    np.testing.assert_allclose(found[4], expected, rtol=1e-12)


def test_the_graph_has_a_node_for_every_call_in_the_scope_of_its_model(tmp_path: Path) -> None:
    fit(stereo(), TensorBoard(str(tmp_path)))
    nodes = {node.name: node for node in read(tmp_path / "train").Graph().node}
    branches = {f"{scope}/{name}" for scope in ("branch", "branch_1") for name in ("camera", "features")}
    assert branches | {"left", "right", "both", "depth"} <= set(nodes)
    assert all(source in nodes for node in nodes.values() for source in node.input)
    ends = [next(iter(nodes[f"{scope}/camera"].input)) for scope in ("branch", "branch_1")]
    assert sorted(ends) == ["left", "right"]
    assert [name.partition("/")[0] for name in nodes["both"].input] == [
        next(scope for scope in ("branch", "branch_1") if nodes[f"{scope}/camera"].input[0] == side)
        for side in ("left", "right")
    ]
    assert nodes["branch/features"].op == "Dense"
    (shape,) = nodes["both"].attr["_output_shapes"].list.shape
    assert [dim.size for dim in shape.dim] == [-1, 6]


def test_no_graph_is_written_unless_asked_for(tmp_path: Path) -> None:
    fit(stereo(), TensorBoard(str(tmp_path), write_graph=False))
    assert not read(tmp_path / "train").Tags()["graph"]


def test_everything_so_far_can_be_read_while_training_goes_on(tmp_path: Path) -> None:
    seen: list[int] = []

    def look(epoch: int, logs: Any) -> None:
        seen.append(len(values(read(tmp_path / "train"), "epoch_loss")))

    fit(stereo(), TensorBoard(str(tmp_path)), LambdaCallback(on_epoch_end=look))
    assert seen == [1, 2, 3]


def test_a_record_torn_by_a_kill_costs_only_itself(tmp_path: Path) -> None:
    fit(stereo(), TensorBoard(str(tmp_path)))
    (path,) = (tmp_path / "train").iterdir()
    path.write_bytes(path.read_bytes()[:-7])
    assert sorted(values(read(tmp_path / "train"), "epoch_loss")) == [0, 1]


def test_a_resumed_training_goes_on_counting(tmp_path: Path) -> None:
    document = stereo().document
    data = Dataset(
        {"left": CAMERA, "right": CAMERA}, {document.layer_of("main", document.main.outputs[0]).name: DEPTH}
    )
    first, second = Trainer(document, directory=tmp_path), Trainer(document, directory=tmp_path)
    board = {"histogram_freq": 0, "update_freq": "batch"}
    first.fit(data, epochs=1, batch_size=10, callbacks=[TensorBoard(**board)])
    resume = Checkpoint.read(tmp_path / LATEST)
    second.fit(data, epochs=2, batch_size=10, callbacks=[TensorBoard(**board)], resume=resume)
    train = read(tmp_path / "logs" / "train")
    assert sorted(values(train, "batch_loss")) == list(range(1, 9))
    assert sorted(values(train, "epoch_loss")) == [0, 1]


def test_a_scalar_is_the_message_tensorboard_writes() -> None:
    (found,) = Summary.FromString(scalars({"loss": 0.1})).value
    (expected,) = scalar_pb("loss", 0.1).value
    assert (found.tag, found.metadata) == (expected.tag, expected.metadata)
    assert make_ndarray(found.tensor) == make_ndarray(expected.tensor)
    assert found.tensor.dtype == expected.tensor.dtype


@given(
    arrays.arrays(
        np.float32,
        arrays.array_shapes(max_dims=3, max_side=20),
        elements=st.floats(-1e6, 1e6, width=32, allow_subnormal=False),
    )
)
def test_a_histogram_is_the_message_tensorboard_writes(weights: npt.NDArray[np.float32]) -> None:
    (found,) = Summary.FromString(histograms({"w": weights})).value
    (expected,) = histogram_pb("w", weights).value
    assert (found.tag, found.metadata, found.tensor.dtype) == (
        expected.tag,
        expected.metadata,
        expected.tensor.dtype,
    )
    np.testing.assert_array_equal(make_ndarray(found.tensor), make_ndarray(expected.tensor))
