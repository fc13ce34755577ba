"""What a person likes to see of the library: favourites first, and groups that are folded away."""

from __future__ import annotations

from typing import Protocol


class Store(Protocol):
    """Where lists of names are kept from one start to the next."""

    def names(self, key: str) -> list[str]: ...

    def keep_names(self, key: str, names: list[str]) -> None: ...


class Taste:
    """Kept at once; without a store only as long as the window is open."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self.starred = dict.fromkeys(store.names("library/starred") if store else ())
        self.folded = dict.fromkeys(store.names("library/folded") if store else ())

    def toggle_star(self, key: str) -> None:
        self._toggle(self.starred, key, "library/starred")

    def toggle_fold(self, group: str) -> None:
        self._toggle(self.folded, group, "library/folded")

    def _toggle(self, names: dict[str, None], name: str, key: str) -> None:
        if name in names:
            del names[name]
        else:
            names[name] = None
        if self._store is not None:
            self._store.keep_names(key, list(names))
