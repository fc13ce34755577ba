"""Every template is sound, says what it is, and keeps its promise when it is trained."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from graph_engine.analysis import analyze
from graph_engine.project import Project
from graph_engine.templates import TEMPLATES
from graph_engine.training import train_project

LONGEST_SENTENCE = 140
QUICK = 0.1  # minutes: these are trained to the end everywhere, the others in CI
every = pytest.mark.parametrize("name", TEMPLATES)


@every
def test_a_template_is_sound_and_says_what_it_is(name: str) -> None:
    template = TEMPLATES[name]
    document = template.document()
    assert analyze(document).problems == ()
    assert template.learns[0].isupper() and not template.learns.endswith(".")
    assert len(template.learns) <= LONGEST_SENTENCE
    assert template.data.startswith(tuple("0123456789"))
    bound = set(document.data.bindings)
    assert bound == {*document.main.inputs, *document.main.outputs}
    assert ("generated" in template.data) == any(
        source.kind == "Generated" for source in document.data.sources.values()
    )


@every
@pytest.mark.slow
def test_a_template_keeps_its_promise(name: str, tmp_path: Path) -> None:
    template = TEMPLATES[name]
    if template.minutes > QUICK and "CI" not in os.environ:
        pytest.skip("trained to the end in CI")
    history = train_project(Project(template.document()), tmp_path / "run").project.history
    for log, bound in template.promise.items():
        reached = history[log][-1]
        assert reached <= bound if "error" in log else reached >= bound, f"{log}: {reached}"


def test_three_views_together_beat_the_average_of_three_models(tmp_path: Path) -> None:
    """The book's claim, after a few epochs already."""
    document = TEMPLATES["clothing-price"].document()
    document = replace(document, training=replace(document.training, epochs=2))
    history = train_project(Project(document), tmp_path / "run").project.history
    together, naive = (history[f"val_{name}_mean_absolute_error"][-1] for name in ("price", "naive_average"))
    assert together < naive / 2
