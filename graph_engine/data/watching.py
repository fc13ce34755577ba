"""How far a long reading is, for whoever waits for it: told from within its loops, where it can also be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from graph_engine.data.errors import DataError

Item = TypeVar("Item")
Listener = Callable[[int, int], None]  # done, of how many; may raise ReadingStopped
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


class ReadingStopped(DataError):
    """Whoever waited does not want it any more."""


@contextmanager
def watched(listener: Listener) -> Iterator[None]:
    """What is read within tells ``listener`` how far it is; in this thread alone."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(done: int, count: int) -> None:
    """So much of so much has been read."""
    listener = _listener.get()
    if listener is not None:
        listener(done, count)


def along(items: Sequence[Item]) -> Iterator[Item]:
    """Every item; before each it is told how many are done."""
    for done, item in enumerate(items):
        tell(done, len(items))
        yield item
