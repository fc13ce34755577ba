"""What the measurements say of us beside the peers follows from their figures."""

from __future__ import annotations

import json

import pytest

from benchmarks._ratios import OURS, means, ratios
from benchmarks.speed import RESULTS

FAST = {OURS: {"min": 1.0, "median": 2.0}, "torch_eager": {"min": 4.0, "median": 4.0}}
SLOW = {OURS: {"min": 2.0, "median": 2.0}, "torch_eager": {"min": 2.0, "median": 8.0}}


def test_the_best_peer_may_be_another_for_each_figure() -> None:
    found = ratios(FAST | {"torch_compile": {"min": 8.0, "median": 3.0}, "jax": {"min": 0.5, "median": 9.0}})
    assert found["best_torch"] == {"min": 4.0, "median": 1.5}
    assert found["best"] == {"min": 0.5, "median": 1.5}


def test_means_are_geometric_over_the_cases_a_peer_ran_on() -> None:
    found = means([ratios(FAST | {"jax": {"min": 3.0, "median": 6.0}}), ratios(SLOW), ratios({})])
    assert found["torch_eager"] == pytest.approx({"min": 2.0, "median": 8**0.5, "least": 1.0, "cases": 2})
    assert found["jax"] == pytest.approx({"min": 3.0, "median": 3.0, "least": 3.0, "cases": 1})


def test_what_is_kept_agrees_with_its_own_figures() -> None:
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert kept["ratios"] == {case: ratios(found) for case, found in kept["cases"].items()}
    assert kept["means"] == means(kept["ratios"].values())
