"""Where the files that ship with Layerloom lie: sample data, templates, icons, fonts."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def resource_root() -> Path:
    """The folder of resources, found beside this package.

    One rule serves three homes. A checkout has `resources/` beside `graph_engine/`; so has a PyInstaller
    folder, where `__file__` lies under `sys._MEIPASS`. A wheel installs it as `layerloom_resources`, since
    `resources` could be anybody's in site-packages; hence that name is looked for first.
    """
    home = Path(__file__).resolve().parent.parent
    for name in ("layerloom_resources", "resources"):
        if (home / name / "icons").is_dir():
            return home / name
    raise FileNotFoundError(f"Layerloom's resources are missing: no folder `resources` in {home}")


def resource(*parts: str) -> Path:
    """The path of one resource, for example `resource("data", "digits.npz")`."""
    return resource_root().joinpath(*parts)
