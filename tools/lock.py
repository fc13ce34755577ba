"""Lock files: names, versions and hashes of everything, for every platform; no addresses."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tools.setup import ROOT, SetupError, install, progress

UV = "uv==0.13.9"
TORCH_STAYS_OUT = ["--no-emit-package", "torch"]
SAME_AS_DEV = ["--constraint", "requirements/dev.lock"]
LOCKS = {
    "dev.lock": ["--extra", "gui", "--extra", "interchange", "--extra", "data", "--group", "dev"],
    "peers.lock": ["--group", "peers", *SAME_AS_DEV],
    "jax.lock": ["--group", "jax", "--constraint", "requirements/peers.lock", *SAME_AS_DEV],
    "package.lock": [
        "--extra",
        "gui",
        "--extra",
        "interchange",
        "--extra",
        "data",
        "--group",
        "package",
        *SAME_AS_DEV,
    ],
}


def write_locks(python: Path, arguments: list[str]) -> int:
    """Resolve pyproject.toml anew. With ``--upgrade`` also what is locked already."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder)
        own = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        with progress("fetching the resolver"):
            install(own / "python", UV)
        for name, groups in LOCKS.items():
            with progress(f"resolving requirements/{name}"):
                _compile(own / "uv", ROOT / "requirements" / name, [*groups, *arguments])
    return 0


def _compile(uv: Path, lock: Path, groups: list[str]) -> None:
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    output = ["--quiet", "--no-emit-index-url", "-o", str(lock)]
    command = [str(uv), "pip", "compile", "pyproject.toml", *options, *TORCH_STAYS_OUT, *groups, *output]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SetupError(f"could not resolve {lock.name}:\n{result.stderr}")
