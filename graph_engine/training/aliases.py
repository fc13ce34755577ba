"""Catalogues whose classes have short names besides their own, as ``mse`` and ``mae`` in Keras."""

from __future__ import annotations

import functools
from typing import TypeVar

from graph_engine.params import Catalogue, Config, snake_case

C = TypeVar("C", bound=Config)


class AliasCatalogue(Catalogue[C]):
    """A class may list further names in ``aliases``."""

    @functools.cached_property
    def aliases(self) -> dict[str, str]:
        own = {alias: name for name in self for alias in (name.lower(), snake_case(name))}
        short = {alias.lower(): name for name, cls in self.items() for alias in getattr(cls, "aliases", ())}
        return {**own, **short}
