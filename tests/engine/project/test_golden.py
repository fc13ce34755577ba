"""Files of every version of the format, as they were written then: they open for ever.

A file is added when the format gets a new version, and never changed afterwards.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph_engine.analysis import analyze
from graph_engine.document import DecodeError
from graph_engine.document.codec import FORMAT, VERSION, to_text
from graph_engine.document.migrations import STEPS, migrate
from graph_engine.project import Project, load, save

GOLDEN = Path(__file__).parent.parent.parent / "golden"
FILES = sorted(GOLDEN.glob("*.loom.json"))


def test_every_version_has_a_file() -> None:
    versions = {json.loads(file.read_text())["version"] for file in FILES}
    assert versions == set(range(1, VERSION + 1)) == {*STEPS, VERSION}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_an_old_file_opens_without_problems(file: Path, tmp_path: Path) -> None:
    project = load(file)
    assert analyze(project.document).problems == ()
    save(tmp_path / "again.loom.json", project)
    assert load(tmp_path / "again.loom.json") == Project(project.document)


def test_the_newest_file_is_written_as_it_was() -> None:
    newest = next(file for file in FILES if json.loads(file.read_text())["version"] == VERSION)
    assert to_text(load(newest).document) == newest.read_text()


def test_steps_are_taken_one_after_the_other() -> None:
    steps = {1: lambda fields: {**fields, "b": 1}, 2: lambda fields: {**fields, "c": fields["b"] + 1}}
    assert migrate({"format": FORMAT, "version": 1, "a": 0}, FORMAT, 3, steps) == {"a": 0, "b": 1, "c": 2}


def test_a_step_that_meets_a_damaged_file_says_so() -> None:
    steps = {1: lambda fields: {"b": fields["gone"]}}
    with pytest.raises(DecodeError, match="cannot be brought from format 1 to 2"):
        migrate({"format": FORMAT, "version": 1}, FORMAT, 2, steps)
