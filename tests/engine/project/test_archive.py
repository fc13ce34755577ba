"""Project files: what is kept, and what a stranger's file can do, which is nothing but one clear error."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from graph_engine.analysis import analyze
from graph_engine.document import MAIN, Document, Layer, Move, Point, encode
from graph_engine.document.commands import Edit
from graph_engine.project import Project, RunRecord, load, save
from graph_engine.project.archive import DOCUMENT, TRAINING, WEIGHTS, read, written
from graph_engine.project.errors import ProjectError
from graph_engine.project.tensors import safetensors_pieces
from graph_engine.templates import TEMPLATES

DRAWING = TEMPLATES["digits-residual"].document()
TRAINED = Project(
    document=DRAWING,
    weights={"l3/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "l3/count": np.array([7])},
    optimizer={"l3/kernel/m": np.ones(3, np.float32)},
    states={"image": [None]},
    history={"loss": [1.0, 0.5]},
    runs=(RunRecord("first", 1.0, 3, "finished", {"loss": [1.0, 0.5]}),),
)


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def declaring(size: int) -> bytes:
    """A project whose archive claims that its drawing is that long."""
    content = bytearray(packed({DOCUMENT: b"{}"}))
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", size)
    return bytes(content)


def changed(change: Callable[[Any], None]) -> bytes:
    """A project whose drawing was tampered with."""
    value = json.loads(json.dumps(encode(DRAWING)))
    change(value)
    return packed({DOCUMENT: json.dumps(value).encode()})


def main_of(value: Any) -> Any:
    return next(graph for graph in value["graphs"] if graph["id"] == MAIN)


def test_what_is_saved_is_what_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "net.loom"
    save(file, TRAINED)
    opened = load(file)
    assert (opened.document, opened.states, opened.history, opened.runs) == (
        DRAWING,
        TRAINED.states,
        TRAINED.history,
        TRAINED.runs,
    )
    for mine, theirs in ((opened.weights, TRAINED.weights), (opened.optimizer, TRAINED.optimizer)):
        assert mine.keys() == theirs.keys()
        for path, array in theirs.items():
            np.testing.assert_array_equal(mine[path], array)
            assert mine[path].dtype == array.dtype


def test_equal_projects_give_equal_bytes(tmp_path: Path) -> None:
    save(tmp_path / "a.loom", TRAINED)
    save(tmp_path / "b.loom", load(tmp_path / "a.loom"))
    assert (tmp_path / "a.loom").read_bytes() == (tmp_path / "b.loom").read_bytes()


def test_tensors_of_every_kind_are_read_by_the_formats_own_library() -> None:
    tensors = {
        "turned": np.arange(6, dtype=np.float32).reshape(2, 3).T,
        "scalar": np.array(3.5),
        "flags": np.array([True, False, True]),
        "none": np.zeros((0, 4), np.int32),
        "counts": np.array([2**40], np.int64),
    }
    found = safetensors.numpy.load(b"".join(safetensors_pieces(tensors, {"state": "{}"})))
    assert found.keys() == tensors.keys()
    for name, array in tensors.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_a_bare_file_holds_the_drawing_alone(tmp_path: Path) -> None:
    file = tmp_path / "net.loom.json"
    save(file, TRAINED)
    assert load(file) == Project(DRAWING)


def test_a_layer_of_an_unknown_type_is_kept_and_shown(tmp_path: Path) -> None:
    conv = next(layer for layer in DRAWING.layers.values() if layer.type == "Conv2D")
    strange = Layer(conv.id, "Wobble", conv.name, conv.scope, {"shape": {"of": ["things", 1.5, None]}}, True)
    document = replace(DRAWING, layers={**DRAWING.layers, conv.id: strange})
    node = next(node.id for node in document.main.nodes.values() if node.layer == conv.id)
    analysis = analyze(document)
    assert [problem.code for problem in analysis.problems_at(MAIN, node)] == ["unknown-layer"]
    assert [port.name for port in analysis.node(MAIN, node).inputs] == ["input"]
    edit = Move(MAIN, {node: Point(5.0, 6.0)}).apply(document)
    assert isinstance(edit, Edit)
    save(tmp_path / "strange.loom", Project(edit.document))
    assert load(tmp_path / "strange.loom").document.layers[conv.id] == strange


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "its archive cannot be read"),
    "no archive": (b"\x80\x04\x95" * 40, "its archive cannot be read"),
    "cut off": (written(TRAINED)[:-40], "its archive cannot be read"),
    "cut in the middle": (written(TRAINED)[: len(written(TRAINED)) // 2], "its archive cannot be read"),
    "no drawing": (packed({"readme": b"hello"}), f"it holds no {DOCUMENT}"),
    "outside paths alone": (packed({"../../etc/passwd": b"x"}), f"it holds no {DOCUMENT}"),
    "a bomb": (declaring(2**31), "declares 2,147,483,648 bytes; at most"),
    "a small bomb": (packed({DOCUMENT: b" " * 30_000_000}), "no project is written like that"),
    "no JSON": (packed({DOCUMENT: b"{"}), "not valid JSON"),
    "deep JSON": (packed({DOCUMENT: b"[" * 100_000}), "nested too deeply"),
    "another format": (packed({DOCUMENT: b"{}"}), "this is no layerloom file"),
    "a newer format": (changed(lambda v: v.update(version=999)), "written by a newer Layerloom"),
    "no version": (changed(lambda v: v.update(version="1")), "version: expected a whole number"),
    "a misspelling": (changed(lambda v: v.update(grafs=[])), "grafs"),
    "a wrong type": (changed(lambda v: v.update(layers=3)), "layers: expected a list"),
    "not a number": (
        packed({DOCUMENT: json.dumps(encode(DRAWING)).replace(": 0.0", ": NaN", 1).encode()}),
        "NaN is not a JSON number",
    ),
    "a position out of this world": (
        changed(lambda v: main_of(v)["positions"].update({next(iter(main_of(v)["positions"])): [1e999, 0]})),
        "Infinity is not a JSON number",
    ),
    "two nodes of one id": (changed(lambda v: main_of(v)["nodes"].append(main_of(v)["nodes"][0])), "twice"),
    "an edge to nowhere": (
        changed(lambda v: main_of(v)["edges"][0].update(target=["n999", "input"])),
        "n999",
    ),
    "tensors that lie": (
        packed(
            {
                DOCUMENT: json.dumps(encode(DRAWING)).encode(),
                WEIGHTS: struct.pack("<Q", 2**40) + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
            }
        ),
        "the tensors cannot be read",
    ),
    "a pickle for tensors": (
        packed({DOCUMENT: json.dumps(encode(DRAWING)).encode(), WEIGHTS: b"\x80\x04cos\nsystem\n."}),
        "the tensors cannot be read",
    ),
    "training of a wrong type": (
        packed(
            {
                DOCUMENT: json.dumps(encode(DRAWING)).encode(),
                TRAINING: b'{"format": "layerloom-training", "version": 1, "history": 3}',
            }
        ),
        TRAINING,
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gives_one_clear_error(case: str, tmp_path: Path) -> None:
    content, sentence = HOSTILE[case]
    file = tmp_path / "stranger.loom"
    file.write_bytes(content)
    with pytest.raises(ProjectError) as raised:
        load(file)
    message = str(raised.value)
    assert message.startswith("stranger.loom: ") and sentence in message
    assert "\n" not in message and len(message) < 400


def test_members_outside_the_format_are_never_looked_at() -> None:
    members = {DOCUMENT: json.dumps(encode(DRAWING)).encode(), "../evil.py": b"raise SystemExit"}
    assert read(packed(members)).document == DRAWING


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[1, 2]", b'{"format": "layerloom", "format": "x"}'])
def test_a_bare_file_is_as_strict(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "net.loom.json"
    file.write_bytes(content)
    with pytest.raises(ProjectError, match=r"^net\.loom\.json: "):
        load(file)


def test_a_document_survives_any_number_of_rounds() -> None:
    document: Document = DRAWING
    for _ in range(3):
        document = read(written(Project(document))).document
    assert document == DRAWING
