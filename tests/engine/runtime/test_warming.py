"""Compiling kernels beside a training: what is told of it."""

from __future__ import annotations

import sys
import threading

import pytest

from graph_engine.runtime import Warming, follow_warming, warming


def told_by(program: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, bool, bool]]:
    """What a compiling process that runs ``program`` makes known, until it is over."""
    monkeypatch.setattr(warming, "_command", lambda: [sys.executable, "-c", program])
    monkeypatch.setattr(warming, "_hearers", [])
    heard: list[tuple[int, int, bool, bool]] = []
    over = threading.Event()

    def hear(process: Warming) -> None:
        heard.append((process.done, process.count, process.left is not None, process.is_over))
        if process.is_over:
            over.set()

    follow_warming(hear)
    Warming()
    assert over.wait(20)
    return heard


def test_every_kernel_is_told_and_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told_by("print('1 of 2', flush=True); print('2 of 2')", monkeypatch)
    assert found == [(1, 2, False, False), (2, 2, True, False), (2, 2, True, True)]


def test_a_compiler_that_fails_is_over_with_nothing_done(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told_by("raise SystemExit(1)", monkeypatch) == [(0, 0, False, True)]
