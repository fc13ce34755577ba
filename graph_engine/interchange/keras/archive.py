"""``.keras``: a zip of ``metadata.json``, ``config.json`` and ``model.weights.h5``, read under limits.

Members are read into memory, never unpacked: their names reach no file system.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from graph_engine.interchange.keras.errors import KerasError
from graph_engine.project.files import write_atomic

CONFIG: Final = "config.json"
METADATA: Final = "metadata.json"
WEIGHTS: Final = "model.weights.h5"
KERAS_VERSION: Final = "3.15.1"  # whose format is written

_MIB: Final = 2**20
_LIMITS: Final = {CONFIG: 256 * _MIB, METADATA: _MIB, WEIGHTS: 64 * 1024 * _MIB}
_MOST_MEMBERS: Final = 10_000
_WIDEST: Final = (
    100  # times its stored size that a large member may unpack to; Keras stores without compressing
)
_SMALL: Final = 64 * _MIB


def read_archive(path: Path) -> tuple[Any, bytes | None]:
    """The configuration as JSON values, and the bytes of the weights, if there are any. Raises KerasError."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            if CONFIG not in members:
                raise KerasError(f"this is no Keras model: it holds no {CONFIG}")
            config = _config(_content(archive, members[CONFIG]))
            weights = members.get(WEIGHTS)
            return config, None if weights is None else _content(archive, weights)
    except zipfile.BadZipFile:
        raise KerasError(_no_archive(path)) from None
    except OSError as error:
        raise KerasError(f"it cannot be read: {error.strerror or error}") from None


def write_archive(path: Path, config: Any, weights: bytes) -> None:
    """Replace ``path`` in one step."""
    metadata = {"keras_version": KERAS_VERSION, "date_saved": time.strftime("%Y-%m-%d@%H:%M:%S")}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # stored, as Keras does
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, json.dumps(config))
        archive.writestr(WEIGHTS, weights)
    try:
        write_atomic(path, buffer.getvalue())
    except OSError as error:
        raise KerasError(f"{path} cannot be written: {error.strerror or error}") from None


def _members(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """The members of a model by name. Others, whatever their names, are never looked at."""
    entries = archive.infolist()
    if len(entries) > _MOST_MEMBERS:
        raise KerasError(f"it holds {len(entries)} members, more than any model")
    found = [entry for entry in entries if entry.filename in _LIMITS]
    names = [entry.filename for entry in found]
    if len(set(names)) < len(names):
        raise KerasError("it holds a member twice")
    return {entry.filename: entry for entry in found}


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Never more than its limit, whatever size the archive declares."""
    name, size = entry.filename, entry.file_size
    if size > _LIMITS[name] or size > max(_SMALL, _WIDEST * entry.compress_size):
        raise KerasError(f"{name} declares {size:,} bytes, more than can be its content")
    if entry.flag_bits & 0x1:
        raise KerasError(f"{name} is encrypted")
    try:
        with archive.open(entry) as file:
            content = file.read(size + 1)
    except Exception as error:  # zlib and zipfile raise many kinds, all of them mean damage
        raise KerasError(f"{name} is damaged: {error}") from None
    if len(content) != size:
        raise KerasError(f"{name} is damaged: it is not as long as the archive says")
    return content


def _config(content: bytes) -> Any:
    """Keras writes infinities as Python does; they are kept as text, which parameters read back."""
    try:
        return json.loads(content, parse_constant=str)
    except RecursionError:
        raise KerasError(f"{CONFIG} is nested too deeply to be read") from None
    except ValueError as error:
        raise KerasError(f"{CONFIG} is not valid JSON: {error}") from None


def _no_archive(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(8)
    if start == b"\x89HDF\r\n\x1a\n":
        return (
            "this is an HDF5 file, as Keras wrote before .keras files; open it in Keras and save it as .keras"
        )
    return "this is no Keras model, or it is damaged: its archive cannot be read"
