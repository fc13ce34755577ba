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
import numpy as np
from graph_engine.layers import Conv2D, Dense, GlobalAveragePooling2D
from graph_engine.model import Input, Model
from graph_engine.training.inspection import plan_facts

def made(size):
    picture = Input((size, size, 3))
    x = Conv2D(32, 3, padding="same", activation="relu")(picture)
    x = Conv2D(32, 3, padding="same", activation="relu")(x)
    model = Model(picture, Dense(4, activation="softmax")(GlobalAveragePooling2D()(x)))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model

def trained(model, size, rows):
    model.train_on_batch(np.zeros((rows, size, size, 3), np.float32), np.zeros(rows, np.int32))

small, large, rows = made(8), made(96), 64
trained(small, 8, 1)
said = plan_facts(large.document, rows).arena_bytes
feeds = rows * 96 * 96 * 3 * 4
before = int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
trained(large, 96, rows)
status = open("/proc/self/status").read().splitlines()  # what getrusage says includes the parent's peak
peak = 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(peak - before - feeds, said)
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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory otherwise")
def test_what_a_plan_says_is_what_a_training_step_uses() -> None:
    """In a process of its own, within 5 %: besides the arena there are the batch itself and a little of everything.

    The first process may have to compile kernels, which takes memory as well; the second finds them.
    """
    environment = {**os.environ, "LAYERLOOM_EXECUTOR": "native", "PYTHONPATH": "."}
    command = [sys.executable, "-c", CONVNET]
    for _ in range(2):
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    used, said = map(int, told.stdout.split())
    assert said > 50_000_000
    assert abs(used - said) < 0.05 * said, f"said {bytes_text(said)}, used {bytes_text(used)}"


def test_free_memory_is_known_here() -> None:
    assert 2**26 < free_memory() < 2**50
