"""``python3 dev.py bench [NAME] [ARGUMENTS]``: one measurement, or the list of them."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path


def names() -> list[str]:
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return [module.name for module in found if not module.name.startswith("_")]


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in names():
        print("Which measurement?")
        for name in names():
            summary = (importlib.import_module(f"benchmarks.{name}").__doc__ or "").strip().split("\n")[0]
            print(f"  {name:10} {summary}")
        return 0 if not arguments else 2
    importlib.import_module(f"benchmarks.{arguments[0]}").main(arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
