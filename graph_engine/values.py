"""Words every floor shares: data types, tensor specs and the errors that carry a sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

DType = Literal["float32", "float64", "int32", "int64", "bool"]
DTYPES: Final[tuple[DType, ...]] = get_args(DType)
ITEMSIZE: Final[dict[DType, int]] = {"float32": 4, "float64": 8, "int32": 4, "int64": 8, "bool": 1}

Dim = int | None
Shape = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Shape (batch axis first, ``None`` where unknown) and dtype of a tensor."""

    shape: Shape
    dtype: DType = "float32"

    @property
    def rank(self) -> int:
        return len(self.shape)

    @property
    def sample_shape(self) -> Shape:
        """The shape without its batch axis."""
        return self.shape[1:]

    def with_shape(self, shape: Shape) -> TensorSpec:
        return TensorSpec(shape, self.dtype)

    def accepts(self, other: TensorSpec) -> bool:
        """Whether a tensor of ``other`` may be fed where this spec is declared (``None`` accepts any size)."""
        return len(self.shape) == len(other.shape) and all(
            mine is None or theirs is None or mine == theirs
            for mine, theirs in zip(self.shape, other.shape, strict=True)
        )

    def __str__(self) -> str:
        """``8x8x32``, the batch axis left out: what a person sees on a port."""
        return shape_text(self.sample_shape)


def shape_text(shape: Shape) -> str:
    """``8x8x32`` with multiplication signs; ``scalar`` for the empty shape, ``?`` for unknown sizes."""
    return "\u00d7".join("?" if size is None else str(size) for size in shape) or "scalar"


def bytes_text(count: float) -> str:
    """``125 KB``: three figures in units of a thousand."""
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if count < 999.5 or unit == "TB":
            break
        count /= 1000.0
    return f"{count:,.3g} {unit}" if count < 999.5 else f"{count:,.0f} {unit}"


class LayerloomError(Exception):
    """Base of every error meant for a person: its message names the thing, its place and the way out."""


class ShapeError(LayerloomError):
    """A layer cannot take the shapes it was given. ``hint`` is a machine-readable key for ready fixes."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
