"""Rows: calls of kernels with their arguments, and what they touch. Binders make them from planned steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from graph_engine.kernels.native.library import Kernel
from graph_engine.kernels.program import Array
from graph_engine.values import ITEMSIZE, DType

LINE: Final = 64  # bytes of a cache line
SERIAL_WORK: Final = 3000  # simple operations that take several times as long as meeting another thread


@dataclass(frozen=True, slots=True)
class Tensor:
    """Memory with a shape, in row-major order. ``constant``: its content, where it never changes."""

    address: int
    shape: tuple[int, ...]
    dtype: DType = "float32"
    constant: Array | None = None

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * ITEMSIZE[self.dtype]

    @property
    def strides(self) -> tuple[int, ...]:
        """In bytes."""
        steps, step = [], ITEMSIZE[self.dtype]
        for size in reversed(self.shape):
            steps.append(step)
            step *= size
        return tuple(reversed(steps))

    def reshaped(self, *shape: int) -> Tensor:
        return Tensor(self.address, shape, self.dtype, self.constant)


@dataclass(frozen=True, eq=False, slots=True)
class Loop:
    """Rows next to each other that have the same one are run so many times, one after the other."""

    turns: int


@dataclass(frozen=True, slots=True)
class Row:
    """One call, or one for each of ``pieces``. ``serial``: too little to share; one thread does it in one piece.

    Memory of one piece alone is not listed: rows that have such (``is_private``) never run at the same time.
    """

    kernel: Kernel
    arguments: Mapping[str, int]
    reads: tuple[Tensor, ...]
    writes: tuple[Tensor, ...]
    serial: bool
    work: float
    pieces: int
    loop: Loop | None = None

    @property
    def whole_work(self) -> float:
        return self.work * (self.loop.turns if self.loop else 1)

    @property
    def is_private(self) -> bool:
        """Whether its pieces have working memory of their own; kernels call where it begins ``home``."""
        return "home" in self.kernel.parameters

    def block(self) -> list[int]:
        """The arguments in the kernel's order."""
        return [self.arguments[name] for name in self.kernel.parameters]


@dataclass(slots=True)
class Workspace:
    """Working memory of single steps: ``shared`` by all threads, and ``private``, a part for each piece of a row.

    ``threads``: how many pieces rows are cut into, as kernels see it; ``workers``: how many threads do them.

    Bases are 0 while a first binding finds out how much is needed. ``complaint``: address of an int64 where a
    kernel leaves the number of a step whose inputs it refuses. ``taken``: (address, bytes) of all that the latest step
    works in.
    """

    threads: int
    workers: int
    private_base: int = 0
    shared_base: int = 0
    private_stride: int = 0
    shared_bytes: int = 0
    tables: list[Array] = field(default_factory=list)
    constants: list[Array] = field(default_factory=list)
    complaint: int = 0
    taken: list[tuple[int, int]] = field(default_factory=list)
    _private: int = 0
    _shared: int = 0

    @property
    def private_bytes(self) -> int:
        return self.private_stride * self.threads

    @property
    def nbytes(self) -> int:
        """Of all working memory."""
        return self.private_bytes + self.shared_bytes

    def begin(self) -> None:
        """The next step: memory of the last one is free again."""
        self._private = self._shared = 0
        self.taken = []

    def go_on(self) -> None:
        """More rows of the same step: what threads had for themselves is free again."""
        self._private = 0

    def private(self, nbytes: int) -> tuple[int, int]:
        """(address, stride): thread t has ``nbytes`` at ``address + t * stride``.

        The stride is the same for all steps: a thread may be one step ahead of another.
        """
        address = self.private_base + self._private
        self._private += _lines(nbytes) + LINE
        self.private_stride = max(self.private_stride, self._private)
        self.taken += [(address + piece * self.private_stride, nbytes) for piece in range(self.threads)]
        return address, self.private_stride

    def shared(self, *shape: int) -> Tensor:
        """float32 memory that all threads see."""
        found = Tensor(self.shared_base + self._shared, shape)
        self._shared += _lines(found.nbytes) + LINE
        self.taken.append((found.address, found.nbytes))
        self.shared_bytes = max(self.shared_bytes, self._shared)
        return found

    def table(self, numbers: Iterable[int]) -> int:
        """Address of int64 numbers that live as long as the plan."""
        array = np.array(list(numbers) or [0], np.int64)
        self.tables.append(array)
        return int(array.ctypes.data)

    def constant(self, array: Array, dtype: DType) -> Tensor:
        """Numbers that a step brings along; they live as long as the plan."""
        whole = np.ascontiguousarray(array, dtype).reshape(array.shape)
        self.constants.append(whole)
        return Tensor(int(whole.ctypes.data), whole.shape, dtype, whole)


@dataclass(frozen=True, slots=True)
class Bound:
    """A planned step with its memory, as binders see it. ``number`` counts the plan's steps from 1."""

    number: int
    name: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    scratch: tuple[Tensor, ...]
    attrs: Mapping[str, Any]
    workspace: Workspace

    @property
    def threads(self) -> int:
        """How many pieces rows are cut into."""
        return self.workspace.threads

    @property
    def workers(self) -> int:
        return self.workspace.workers

    @property
    def is_float(self) -> bool:
        """Whether all tensors are float32."""
        return all(tensor.dtype == "float32" for tensor in (*self.inputs, *self.outputs))

    def also(self, count: int) -> dict[str, Tensor]:
        """The inputs of a fused step after the base's ``count``, by name."""
        return dict(zip(self.attrs["also"], self.inputs[count:], strict=True))

    def row(
        self,
        kernel: Kernel,
        *,
        work: float,
        pieces: int | None = None,
        reads: Sequence[Tensor] | None = None,
        writes: Sequence[Tensor] | None = None,
        **arguments: int,
    ) -> Row:
        """A call of ``kernel``. ``work``: about how many simple operations it takes. ``pieces``: if not as usual."""
        assert set(arguments) == set(kernel.parameters), (
            kernel.symbol,
            arguments.keys() ^ set(kernel.parameters),
        )
        reads = self.inputs if reads is None else reads
        writes = self.outputs if writes is None else writes
        pieces = self.threads if pieces is None else pieces
        return Row(kernel, arguments, tuple(reads), tuple(writes), self.is_small(work), work, pieces)

    def is_small(self, work: float) -> bool:
        """Whether so much work is done sooner by one thread."""
        return self.workers == 1 or work < SERIAL_WORK


Rows = list[Row] | None
Binder = Callable[[Bound], Rows]
BINDERS: Final[dict[str, Binder]] = {}
"""By name of the primitive. A binder gives None for what its kernels cannot do."""


USES_SCRATCH: Final = ("lstm_gradient", "scan", "scan_gradient")
"""Primitives whose kernels work in the memory that the primitive declares as scratch."""


def binds(*names: str) -> Callable[[Binder], Binder]:
    """The decorated function makes rows for the primitives of these names."""

    def register(binder: Binder) -> Binder:
        for name in names:
            assert name not in BINDERS, name
            BINDERS[name] = binder
        return binder

    return register


def overlap(some: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    """Whether any memory is part of both."""
    return any(
        one.address < other.address + other.nbytes and other.address < one.address + one.nbytes
        for one in some
        for other in others
    )


def apart(nbytes: int) -> int:
    """At least so many bytes, an odd number of lines: things so far apart spread over the cache."""
    return (-(-nbytes // LINE) | 1) * LINE


def _lines(nbytes: int) -> int:
    return -(-nbytes // LINE) * LINE
