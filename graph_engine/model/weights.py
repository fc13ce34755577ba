"""A model's weights by every path they are known under."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from graph_engine.kernels.program import Array


class NamedWeights(Mapping[str, Array]):
    """Arrays by path; a weight that came from another program's file goes by the path it had there.

    Every other path it has is understood as well: that of the file, and the one of ids that never changes.
    """

    def __init__(self, arrays: Mapping[str, Array], names: Mapping[str, tuple[str, ...]]) -> None:
        self._arrays = arrays
        self._keys = {(names.get(path) or (path,))[0]: path for path in arrays}
        told = [(name, path) for path in arrays for name in names.get(path, ())]
        counts = Counter(name for name, _ in told)
        aliases = {name: path for name, path in told if counts[name] == 1}
        self._paths = {**aliases, **{path: path for path in arrays}, **self._keys}

    def __getitem__(self, name: str) -> Array:
        return self._arrays[self._paths[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
