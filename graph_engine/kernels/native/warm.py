"""Compiles all kernels into the cache: ``python -m graph_engine.kernels.native.warm``.

Prints a line ``done of all`` after each that was missing. Two processes that warm at once do the same work twice, and
no harm.
"""

from __future__ import annotations

import sys

from graph_engine.kernels.native import binders, optimizers, threads
from graph_engine.kernels.native.library import WRITTEN, Kernel

__all__ = ["binders", "main", "missing", "optimizers", "threads"]


def missing() -> list[Kernel]:
    """The kernels that are left to compile."""
    return [kernel for kernel in WRITTEN if not kernel.is_ready]


def main() -> int:
    left = missing()
    for number, kernel in enumerate(left, start=1):
        kernel.compile()
        print(f"{number} of {len(left)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
