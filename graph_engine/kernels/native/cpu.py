"""What this processor offers: the width of its vectors and how large a tile of a product it can hold."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

import llvmlite.binding as llvm


@dataclass(frozen=True, slots=True)
class Processor:
    """``lanes``: floats in a vector. ``accumulators``: vectors of results that stay in registers at once.

    ``code`` names everything compiled code depends on.
    """

    name: str
    features: str
    lanes: int
    accumulators: int

    @property
    def code(self) -> str:
        return f"{llvm.get_process_triple()} {self.name} {self.features} {self.lanes}x{self.accumulators}"


@cache
def processor() -> Processor:
    """This machine's processor. LAYERLOOM_LANES=4, 8 or 16 narrows its vectors, to test narrower ones."""
    found = dict(llvm.get_host_cpu_features())
    lanes = _widest(found)
    asked = int(os.environ.get("LAYERLOOM_LANES", lanes))
    lanes = min(lanes, asked) if asked in (4, 8, 16) else lanes
    # 32 vector registers leave room for 28 results, 16 for 12; the rest holds factors.
    many = found.get("avx512f", False) or found.get("neon", False)
    features = ",".join(f"{'+' if on else '-'}{name}" for name, on in sorted(found.items()))
    # LLVM halves 512-bit vectors on some processors to save power; tiles are made for the full width.
    full_width = f"{features},-prefer-256-bit" if found.get("avx512f") else features
    return Processor(llvm.get_host_cpu_name(), full_width, lanes, 28 if many else 12)


def core_count() -> int:
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _widest(features: dict[str, bool]) -> int:
    if features.get("avx512f") and features.get("avx512vl"):
        return 16
    return 8 if features.get("avx2") and features.get("fma") else 4
