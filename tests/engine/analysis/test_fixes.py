"""Every fix that is offered, done, removes its problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graph_engine.analysis import analyze
from graph_engine.document import Edit
from tests.engine.drawing import Drawing


def single(kind: str, shape: list[int | None], dtype: str = "float32", **config: Any) -> Drawing:
    draw = Drawing()
    draw.node("Output", draw.node(kind, draw.node("Input", name="data", shape=shape, dtype=dtype), **config))
    return draw


def merged(kind: str, *shapes: list[int]) -> Drawing:
    draw = Drawing()
    sources = [draw.node("Input", name=f"data{index}", shape=shape) for index, shape in enumerate(shapes)]
    draw.node("Output", draw.node(kind, *sources, name="joined"))
    return draw


CASES: dict[str, tuple[Callable[[], Drawing], list[str]]] = {
    "an image into a pooling of sequences": (
        lambda: single("MaxPooling1D", [4, 6, 2], name="pool"),
        ["Insert Flatten before pool", "Insert GlobalAveragePooling2D before pool"],
    ),
    "a plain image into a convolution": (
        lambda: single("Conv2D", [8, 8], name="conv", kernel_size=[3, 3]),
        ["Insert Reshape with one channel before conv"],
    ),
    "an image into a recurrent layer": (
        lambda: single("LSTM", [8, 6, 3], name="reader"),
        ["Insert Reshape to 8 steps before reader"],
    ),
    "a residual of other channels": (
        lambda: merged("Add", [8, 8, 4], [8, 8, 6]),
        [
            "Project data0 with a 1\u00d71 Conv2D before joined",
            "Project data1 with a 1\u00d71 Conv2D before joined",
        ],
    ),
    "a residual of half the size": (
        lambda: merged("Add", [8, 8, 4], [4, 4, 6]),
        ["Project data0 with a 1\u00d71 Conv2D before joined"],
    ),
    "vectors of other lengths": (
        lambda: merged("Add", [4], [6]),
        [
            "Project data0 with a 1\u00d71 Dense before joined",
            "Project data1 with a 1\u00d71 Dense before joined",
        ],
    ),
    "images of other sizes side by side": (
        lambda: merged("Concatenate", [8, 8, 3], [4, 4, 5]),
        ["Flatten what enters joined"],
    ),
    "fractions where categories are numbered": (
        lambda: single("Embedding", [5], name="words"),
        ["Let data hold whole numbers (int32)"],
    ),
    "whole numbers into arithmetic": (
        lambda: single("Dense", [5], "int32", name="dense"),
        ["Let data hold fractions (float32)", "Insert Embedding before dense"],
    ),
    "a window larger than the picture": (
        lambda: single("Conv2D", [2, 2, 1], name="conv", kernel_size=[3, 3]),
        ["Pad conv at the border"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_fix_removes_its_problem(case: str) -> None:
    draw, labels = CASES[case][0](), CASES[case][1]
    problems = [problem for problem in analyze(draw.document).problems if problem.code == "shape"]
    assert len(problems) == 1
    assert [fix.label for fix in problems[0].fixes] == labels
    for fix in problems[0].fixes:
        answer = fix.command.apply(draw.document)
        assert isinstance(answer, Edit), fix.label
        left = [each for each in analyze(answer.document).problems if each.node == problems[0].node]
        assert all(each.message != problems[0].message for each in left), fix.label
        if fix.label.startswith("Insert Flatten") or "Pooling" in fix.label:
            continue  # what follows may want another number of axes, and then says so
        assert left == [], fix.label
