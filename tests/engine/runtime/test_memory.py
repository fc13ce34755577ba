"""What does not fit is refused with its number, before it is tried; what is said is what is used."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from graph_engine.layers import Conv2D, Dense, GlobalAveragePooling2D
from graph_engine.model import Input, Model
from graph_engine.runtime import NotEnoughMemory, aligned_zeros, free_memory, memory
from graph_engine.values import LayerloomError, bytes_text

CONVNET = """
import resource
import sys
import numpy as np
from graph_engine.layers import Conv2D, Dense, GlobalAveragePooling2D
from graph_engine.model import Input, Model
from graph_engine.training.inspection import plan_facts

def made(size):
    picture = Input((size, size, 3))
    x = picture
    for _ in range(4):
        x = Conv2D(32, 3, padding="same", activation="relu")(x)
    model = Model(picture, Dense(4, activation="softmax")(GlobalAveragePooling2D()(x)))
    model.compile("adam", "sparse_categorical_crossentropy", recompute_activations=sys.argv[1] == "again")
    return model

def trained(model, pictures, rows):
    targets = np.zeros(len(pictures), np.int32)
    model.fit(pictures, targets, batch_size=rows, validation_data=(pictures[:rows], targets[:rows]))

small, large, rows = made(8), made(96), 32
trained(small, np.zeros((3, 8, 8, 3), np.float32), 2)
memory = plan_facts(large.document, rows).memory
said = memory.total - memory.copies
pictures = np.ones((rows + rows // 2, 96, 96, 3), np.float32)
before = int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
trained(large, pictures, rows)
status = open("/proc/self/status").read().splitlines()  # what getrusage says includes the parent's peak
peak = 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(peak - before, said)
"""


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> int:
    """A machine with 100 MB to spare."""
    monkeypatch.setattr(memory, "free_memory", lambda: memory.KEPT_FREE + 100_000_000)
    return 100_000_000


def test_a_buffer_that_does_not_fit_is_refused_with_both_numbers(little: int) -> None:
    assert aligned_zeros(little // 8, "float32").sum() == 0
    with pytest.raises(NotEnoughMemory, match="this calls for 400 MB of memory, but 100 MB are free"):
        aligned_zeros(little, "float32")


def test_weights_that_do_not_fit_are_refused(little: int) -> None:
    model = Model(x := Input((10_000,)), Dense(10_000)(x))
    with pytest.raises(
        LayerloomError, match=r"100,010,000 weights call for 400 MB of memory, but 100 MB are free"
    ):
        model.predict(np.zeros((1, 10_000), np.float32))


def test_a_batch_that_does_not_fit_is_refused_and_a_smaller_one_runs(little: int) -> None:
    picture = Input((64, 64, 3))
    model = Model(picture, Dense(2)(GlobalAveragePooling2D()(Conv2D(64, 3, padding="same")(picture))))
    model.compile("sgd", "mse")
    with pytest.raises(
        LayerloomError,
        match=r"a batch of 512 rows calls for .* of memory, but 100 MB are free; choose a smaller",
    ):
        model.train_on_batch(np.zeros((512, 64, 64, 3), np.float32), np.zeros((512, 2), np.float32))
    model.train_on_batch(np.zeros((4, 64, 64, 3), np.float32), np.zeros((4, 2), np.float32))


def test_what_fits_with_recomputed_activations_says_so(little: int) -> None:
    x = picture = Input((32, 32, 3))
    for _ in range(24):
        x = Conv2D(16, 3, padding="same", activation="relu")(x)
    model = Model(picture, Dense(2)(GlobalAveragePooling2D()(x)))
    batch = np.zeros((96, 32, 32, 3), np.float32), np.zeros((96, 2), np.float32)
    model.compile("sgd", "mse")
    with pytest.raises(
        LayerloomError,
        match=r"; recompute activations, with which it calls for [5-8]\d.* MB, or choose a smaller",
    ):
        model.train_on_batch(*batch)
    model.compile("sgd", "mse", recompute_activations=True)
    model.train_on_batch(*batch)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory otherwise")
@pytest.mark.parametrize("activations", ["kept", "again"])
def test_what_is_said_before_is_what_a_training_uses(activations: str) -> None:
    """In a process of its own, within 5 %: with a last batch of fewer rows and validation, which take no more.

    The first process may have to compile kernels, which takes memory as well; the second finds them.
    """
    environment = {**os.environ, "LAYERLOOM_EXECUTOR": "native", "PYTHONPATH": "."}
    command = [sys.executable, "-c", CONVNET, activations]
    for _ in range(2):
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    used, said = map(int, told.stdout.split())
    assert said > 50_000_000
    assert abs(used - said) < 0.05 * said, f"said {bytes_text(said)}, used {bytes_text(used)}"


def test_free_memory_is_known_here() -> None:
    assert 2**26 < free_memory() < 2**50
