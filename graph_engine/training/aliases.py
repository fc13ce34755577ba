"""Catalogues whose classes have short names besides their own, as ``mse`` and ``mae`` in Keras."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, TypeVar

from graph_engine.params import Catalogue, Config, ParamError, snake_case

C = TypeVar("C", bound=Config)


class AliasCatalogue(Catalogue[C]):
    """A class may list further names in ``aliases``. ``left_out``: what Keras has and this has not, and why."""

    def __init__(
        self,
        base: type[C],
        package: str,
        kind: str,
        left_out: Mapping[str, str] | None = None,
        plugins: str = "",
    ) -> None:
        super().__init__(base, package, kind, plugins)
        self.left_out = dict(left_out or {})

    @functools.cached_property
    def aliases(self) -> dict[str, str]:
        own = {alias: name for name in self for alias in (name.lower(), snake_case(name))}
        short = {alias.lower(): name for name, cls in self.items() for alias in getattr(cls, "aliases", ())}
        return {**own, **short}

    def decode(self, value: Any) -> C:
        name = value if isinstance(value, str) else value.get("type") if isinstance(value, Mapping) else None
        for missing, reason in self.left_out.items():
            if isinstance(name, str) and name.lower() in (missing.lower(), snake_case(missing)):
                raise ParamError(f"the {self.kind} {missing} of Keras is left out here: {reason}")
        return super().decode(value)
