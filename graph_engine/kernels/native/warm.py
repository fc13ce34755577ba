"""Compiles all kernels into the cache: ``python -m graph_engine.kernels.native.warm``.

Prints a line ``done of all`` after each. Kernels that are there already cost nothing; two processes that
warm at once do the same work twice, and no harm.
"""

from __future__ import annotations

import sys

from graph_engine.kernels.native import binders, optimizers, threads
from graph_engine.kernels.native.library import WRITTEN

__all__ = ["binders", "main", "missing", "optimizers", "threads"]


def missing() -> bool:
    """Whether there is a kernel left to compile."""
    return any(not kernel.is_ready for kernel in WRITTEN)


def main() -> int:
    for number, kernel in enumerate(WRITTEN, start=1):
        if not kernel.is_ready:
            kernel.compile()
        print(f"{number} of {len(WRITTEN)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
