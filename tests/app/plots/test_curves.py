"""Events become curves."""

from __future__ import annotations

import pytest

from app.plots import Curves, Group
from app.plots.curves import Mark
from tests.app.plots.telling import METRICS, OUTPUTS, Teller


@pytest.fixture
def curves() -> Curves:
    return Curves()


@pytest.fixture
def teller(curves: Curves) -> Teller:
    return Teller(curves)


def test_losses_share_a_plot_and_every_metric_has_its_own(curves: Curves, teller: Teller) -> None:
    teller.begin(["loss", "a_loss", "a_accuracy", "b_accuracy", "a_error", "val_loss"], outputs=["a", "b"])
    assert curves.groups == (
        Group("Loss", ("loss", "a_loss")),
        Group("Accuracy", ("a_accuracy", "b_accuracy")),
        Group("Error", ("a_error",)),
    )


def test_batches_lie_within_their_epoch_and_epochs_at_its_end(curves: Curves, teller: Teller) -> None:
    teller.begin()
    teller.epoch(0, loss=1.0)
    teller.epoch(1, loss=0.5)
    assert curves.batches["loss"].x == pytest.approx([(index + 1) / 10 for index in range(20)])
    assert (curves.epochs["loss"].x.tolist(), curves.epochs["loss"].y.tolist()) == ([1.0, 2.0], [1.0, 0.5])
    assert curves.epochs["val_loss"].y.tolist() == [3.0, 1.5]
    assert "val_loss" not in curves.batches


def test_the_running_mean_takes_over_from_the_last_epoch_without_a_step(
    curves: Curves, teller: Teller
) -> None:
    teller.begin()
    teller.epoch(0, loss=1.0)
    teller.batches(1, range(10), loss=0.0)
    assert curves.batches["loss"].y[10:] == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
    assert curves.latest["loss"] == 0.0


def test_a_training_that_goes_on_keeps_what_was_and_a_new_one_starts_empty(
    curves: Curves, teller: Teller
) -> None:
    teller.begin()
    teller.epoch(0, loss=1.0)
    teller.batches(1, range(4), loss=0.6)
    teller.begin(initial_epoch=1, initial_batch=4)
    assert len(curves.batches["loss"].x) == 14
    teller.batches(1, range(4, 10), loss=1.0)
    teller.end(1, loss=0.5)
    assert curves.batches["loss"].x == pytest.approx([(index + 1) / 10 for index in range(20)])
    teller.begin()
    assert (curves.batches, curves.epochs, curves.latest) == ({}, {}, {})


def test_a_setting_changed_while_training_is_marked_where_it_happened(curves: Curves, teller: Teller) -> None:
    teller.begin(METRICS, outputs=OUTPUTS)
    teller.epoch(0, loss=1.0)
    teller.batches(1, range(5), loss=1.0)
    teller.change("learning_rate", 0.0003)
    teller.change("loss_weights/cut", 2.0)
    assert curves.marks == [Mark(1.5, "learning rate 0.0003"), Mark(1.5, "weight of cut 2")]
    teller.begin()
    assert curves.marks == []


def test_a_pause_and_what_broke_are_marked_too(curves: Curves, teller: Teller) -> None:
    teller.begin()
    teller.batches(0, range(5), loss=1.0)
    teller.tell(event="paused")
    teller.tell(event="resumed")
    teller.tell(event="checkpoint", epoch=0, batch=5, path="x")
    teller.tell(event="autopsy", message="'log' takes the logarithm of zero.")
    assert curves.marks == [Mark(0.5, "paused"), Mark(0.5, "not finite")]


def test_a_batch_stands_with_its_own_losses_and_with_the_running_mean_of_other_logs(
    curves: Curves, teller: Teller
) -> None:
    teller.begin()
    logs, losses = [{"loss": 2.0, "accuracy": 0.5}] * 2, [{"loss": 1.0}, {"loss": 3.0}]
    teller.tell(event="batches", epoch=0, first=0, logs=logs, losses=losses)
    assert curves.batches["loss"].y.tolist() == [1.0, 3.0]
    assert curves.batches["accuracy"].y.tolist() == [0.5, 0.5]
    assert curves.latest == logs[0]


def test_what_callbacks_plot_has_groups_of_its_own_and_ends_with_the_training(
    curves: Curves, teller: Teller
) -> None:
    teller.begin(["loss"])
    point = {"plot": "Norms", "at": 0.5, "values": {"kernel": 3.0}}
    teller.tell(event="values", points=[point, {**point, "at": 0.7, "values": {"bias": 1.0}}])
    norms = Group("Norms", ("kernel", "bias"), logged=False)
    assert curves.groups == (Group("Loss", ("loss",)), norms)
    kernel, over_epochs = curves.curves(norms, "kernel")
    assert kernel is not None and over_epochs is None
    assert (kernel.x.tolist(), kernel.y.tolist()) == ([0.5], [3.0])
    teller.begin(["loss"])
    assert len(curves.groups) == 1


def test_a_past_training_is_shown_by_its_epochs(curves: Curves) -> None:
    curves.show({"loss": [2.0, 1.0], "val_loss": [3.0, 2.5]})
    assert (curves.length, curves.groups) == (2, (Group("Loss", ("loss",)),))
    assert curves.epochs["val_loss"].y.tolist() == [3.0, 2.5]
    assert curves.latest == {"loss": 1.0, "val_loss": 2.5}
    curves.show({})
    assert (curves.epochs, curves.latest, curves.groups) == ({}, {}, ())
