"""What a command is: one change a person asks for, as a value.

``apply`` answers with the changed document or with a refusal in words, and changes nothing itself. So it
is at once the edit, the dry run that tells whether a gesture would work, and the sentence why not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

from graph_engine.document.draft import Draft, Refused
from graph_engine.document.records import Document
from graph_engine.document.settle import settle


@dataclass(frozen=True, slots=True)
class Edit:
    """What a command gives. ``created``: ids the canvas selects afterwards, in the order they were made.

    ``document`` is the very same object when there was nothing to change.
    """

    document: Document
    created: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command cannot be done: a sentence for a person that names layers by their names."""

    reason: str


class Command(ABC):
    """Base of all commands; subclasses are frozen dataclasses."""

    __slots__ = ()

    @property
    @abstractmethod
    def label(self) -> str:
        """What ``Undo ...`` and the history say: ``Add Dense``."""

    @property
    def merge_key(self) -> Hashable | None:
        """Consecutive commands with equal keys become one undo step; None stands for itself."""
        return None

    @abstractmethod
    def apply(self, document: Document) -> Edit | Refusal:
        """The document with the change made, or why it cannot be made."""


class DraftCommand(Command):
    """A command that writes into a draft. Invariants are restored after it, a refusal becomes a value."""

    __slots__ = ()

    def apply(self, document: Document) -> Edit | Refusal:
        draft = Draft(document)
        try:
            created = self.edit(draft)
            return Edit(settle(document, draft.done()), created)
        except Refused as refused:
            return Refusal(str(refused))

    @abstractmethod
    def edit(self, draft: Draft) -> tuple[str, ...]:
        """Write the change, and give the ids to select. Raises Refused."""


@dataclass(frozen=True, slots=True)
class Sequence(Command):
    """Several commands as one step, all or nothing."""

    label: str = ""
    commands: tuple[Command, ...] = ()

    def apply(self, document: Document) -> Edit | Refusal:
        created: dict[str, None] = {}
        for command in self.commands:
            result = command.apply(document)
            if isinstance(result, Refusal):
                return result
            document = result.document
            created.update(dict.fromkeys(result.created))
        return Edit(document, tuple(created))


def counted(count: int, thing: str, name: str = "") -> str:
    """``Dense`` or ``3 layers``."""
    return name or thing if count == 1 else f"{count} {thing}s"
