"""What can be placed beside layers: blocks that come with the program, a person's own, and the models of this project.

Each is known by a key with a colon in it, so that it is never taken for a layer's type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph_engine.document import MAIN, DecodeError, Document, Fragment, called_graphs, nested_in
from graph_engine.project import ProjectError
from graph_engine.project.files import write_atomic
from graph_engine.templates.blocks import BLOCKS

BLOCK, MINE, HERE = "block:", "mine:", "model:"
LARGEST = 16 * 2**20  # bytes of a published model


@dataclass(frozen=True, slots=True)
class Part:
    """``group``: under which heading it stands."""

    key: str
    title: str
    summary: str
    group: str


class Stock:
    """``folder`` holds what a person has published, each in a file of text that a chat could carry as well."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def parts(self, document: Document, graph: str = MAIN) -> Iterator[Part]:
        """All that can be placed in a graph of a document."""
        for inner in document.graphs.values():
            if inner.id != MAIN and graph not in nested_in(document, inner.id):
                uses = sum(inner.id in called_graphs(document, outer) for outer in document.graphs)
                words = f"Used again with weights of its own; in {uses} place{'' if uses == 1 else 's'} now"
                yield Part(f"{HERE}{inner.id}", inner.name, words, "In this project")
        for file in self._files():
            yield Part(
                f"{MINE}{file.stem}", file.stem.replace("-", " "), f"Published by you: {file}", "My models"
            )
        for block in BLOCKS.values():
            yield Part(f"{BLOCK}{block.name}", block.title, block.summary, "Blocks")

    def fragment(self, key: str) -> Fragment | None:
        """What is pasted for a block or a published model; None where there is no such thing."""
        kind, _, name = key.partition(":")
        if f"{kind}:" == BLOCK and name in BLOCKS:
            return _block(name)
        file = next((file for file in self._files() if f"{kind}:" == MINE and file.stem == name), None)
        return _read(file) if file is not None else None

    def publish(self, name: str, fragment: Fragment) -> Path:
        """Keeps a fragment under a name; one of the same name is replaced. Raises ProjectError."""
        if self._folder is None:
            raise ProjectError("there is no library to publish to")
        stem = "-".join("".join(letter if letter.isalnum() else " " for letter in name).split()) or "model"
        file = self._folder / f"{stem}.json"
        try:
            write_atomic(file, fragment.to_text().encode())
        except OSError as error:
            raise ProjectError(f"{file} cannot be written: {error.strerror or error}") from None
        return file

    def withdraw(self, key: str) -> None:
        """Takes a published model out of the library."""
        for file in self._files():
            if key == f"{MINE}{file.stem}":
                file.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return (
            sorted(self._folder.glob("*.json")) if self._folder is not None and self._folder.is_dir() else []
        )


def is_part(key: str) -> bool:
    return ":" in key


def model_key(key: str) -> str:
    """The graph of this document that a key stands for; empty for anything else."""
    return key.removeprefix(HERE) if key.startswith(HERE) else ""


@cache
def _block(name: str) -> Fragment:
    return BLOCKS[name].fragment()


def _read(file: Path) -> Fragment:
    """Raises DecodeError; it is read as strictly as what a stranger sends."""
    try:
        if file.stat().st_size > LARGEST:
            raise DecodeError(f"{file.name} is larger than any model")
        return Fragment.from_text(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DecodeError(f"{file.name} cannot be read: {error}") from None
