"""Build the frozen program and let it test itself, offscreen: ``python3 dev.py package``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.setup import progress  # noqa: E402  (a script outside the packages)

OUT = ROOT / "dist"
SPEC = ROOT / "packaging" / "layerloom.spec"


def main() -> int:
    with progress("freezing the program (a minute or two)"):
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
        folders = ["--distpath", str(OUT), "--workpath", str(ROOT / "build")]
        subprocess.run([*command, *folders, str(SPEC)], check=True, cwd=ROOT)
    program = OUT / "layerloom" / ("layerloom.exe" if os.name == "nt" else "layerloom")
    size = sum(path.stat().st_size for path in program.parent.rglob("*") if path.is_file())
    print(f"built {program.relative_to(ROOT)}, {size / 1e6:.0f} MB")
    return _try(program)


def _try(program: Path) -> int:
    """Run the program away from the checkout, so that it can only find what was packed."""
    elsewhere = OUT / "elsewhere"
    shutil.rmtree(elsewhere, ignore_errors=True)
    elsewhere.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(elsewhere)}
    found = subprocess.run(
        [str(program), "self-test"], cwd=elsewhere, env=environment, timeout=300, check=False
    )
    print(
        "the frozen program passed its self-test" if not found.returncode else f"failed: {found.returncode}"
    )
    return found.returncode


if __name__ == "__main__":
    sys.exit(main())
