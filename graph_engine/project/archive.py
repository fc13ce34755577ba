"""``.loom``: a zip of deterministic JSON and safetensors. Equal projects give equal bytes.

``document.json``  the drawing with data bindings and training settings (see ``document.codec``)
``training.json``  preprocessing states, history and runs
``weights.safetensors``, ``optimizer.safetensors``  tensors by path; absent when there are none

A stranger's file is read member by member under limits, checked, and only then becomes a project.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from graph_engine.document import DecodeError, Document, decode, encode
from graph_engine.document.codec import parse, to_text
from graph_engine.document.json_text import dump
from graph_engine.project.errors import ProjectError
from graph_engine.project.files import write_atomic
from graph_engine.project.records import Project
from graph_engine.project.tensors import from_safetensors, to_safetensors
from graph_engine.project.training import decode_training, encode_training

DOCUMENT: Final = "document.json"
TRAINING: Final = "training.json"
WEIGHTS: Final = "weights.safetensors"
OPTIMIZER: Final = "optimizer.safetensors"
BARE: Final = ".json"

_MIB: Final = 2**20
_LIMITS: Final = {DOCUMENT: 256 * _MIB, TRAINING: 256 * _MIB, WEIGHTS: 16384 * _MIB, OPTIMIZER: 65536 * _MIB}
_LONGEST_FILE: Final = 96 * 1024 * _MIB
_MOST_MEMBERS: Final = 1000
_MOST_PACKED: Final = 200  # bytes in one: drawings come to about 20
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the zip format's first day: bytes must not depend on the clock


def load(path: Path) -> Project:
    """Open a ``.loom`` or a bare ``.loom.json``. Raises ProjectError with one sentence for anything else."""
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise ProjectError(f"{path} is larger than any project")
        content = path.read_bytes()
    except OSError as error:
        raise ProjectError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        return Project(_document(content)) if path.suffix == BARE else read(content)
    except ProjectError as error:
        raise ProjectError(f"{path.name}: {error}") from None


def save(path: Path, project: Project) -> None:
    """Replace ``path`` in one step: a crash leaves the old file. A ``.json`` path takes the document alone."""
    content = to_text(project.document).encode() if path.suffix == BARE else written(project)
    try:
        write_atomic(path, content)
    except OSError as error:
        raise ProjectError(f"{path} cannot be written: {error.strerror or error}") from None


def written(project: Project) -> bytes:
    """The bytes of a ``.loom`` file."""
    members = {
        DOCUMENT: dump(encode(project.document)).encode(),
        TRAINING: dump(encode_training(project)).encode(),
    }
    for name, tensors in ((WEIGHTS, project.weights), (OPTIMIZER, project.optimizer)):
        if tensors:
            members[name] = to_safetensors(tensors)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            archive.writestr(entry, content)
    return buffer.getvalue()


def read(content: bytes) -> Project:
    """A project from the bytes of a ``.loom`` file. Raises ProjectError."""
    members = _members(content)
    if DOCUMENT not in members:
        raise ProjectError(f"this is no Layerloom project: it holds no {DOCUMENT}")
    training = (
        _inside(TRAINING, lambda: decode_training(parse(members[TRAINING]))) if TRAINING in members else {}
    )
    return Project(
        document=_document(members[DOCUMENT]),
        weights=_tensors(members, WEIGHTS),
        optimizer=_tensors(members, OPTIMIZER),
        **training,
    )


def _members(content: bytes) -> dict[str, bytes]:
    """The members this version knows. Others, whatever their names, are never looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_MEMBERS:
                raise ProjectError(f"it holds {len(entries)} members, more than any project")
            names = [entry.filename for entry in entries]
            for name in _LIMITS:
                if names.count(name) > 1:
                    raise ProjectError(f"it holds {name} twice")
            return {entry.filename: _member(archive, entry) for entry in entries if entry.filename in _LIMITS}
    except zipfile.BadZipFile:
        raise ProjectError(
            "this is no Layerloom project, or it is damaged: its archive cannot be read"
        ) from None
    except (NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as error:
        raise ProjectError(f"its archive cannot be read: {error}") from None


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Never more than its limit, whatever size the archive declares."""
    limit = _LIMITS[entry.filename]
    if entry.file_size > limit:
        raise ProjectError(f"{entry.filename} declares {entry.file_size:,} bytes; at most {limit:,} are read")
    if entry.file_size > _MIB + _MOST_PACKED * entry.compress_size:
        raise ProjectError(
            f"{entry.filename} declares {entry.file_size:,} bytes packed into {entry.compress_size:,}: "
            "no project is written like that"
        )
    if entry.flag_bits & 0x1:
        raise ProjectError(f"{entry.filename} is encrypted; projects are not")
    try:
        with archive.open(entry) as file:
            content = file.read(entry.file_size + 1)
    except Exception as error:  # zlib and zipfile raise many kinds, all of them mean damage
        raise ProjectError(f"{entry.filename} is damaged: {error}") from None
    if len(content) != entry.file_size:
        raise ProjectError(f"{entry.filename} is damaged: it is not as long as the archive says")
    return content


def _document(content: bytes) -> Document:
    document: Document = _inside(DOCUMENT, lambda: decode(parse(content)))
    return document


def _tensors(members: Mapping[str, bytes], name: str) -> Mapping[str, Any]:
    return _inside(name, lambda: from_safetensors(members[name])) if name in members else {}


def _inside(member: str, decoded: Callable[[], Any]) -> Any:
    try:
        return decoded()
    except DecodeError as error:
        raise ProjectError(f"in {member}, {error}") from None
