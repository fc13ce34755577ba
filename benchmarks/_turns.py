"""One contestant in a process of its own, which prints what it measured as a line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


def turn(module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> dict[str, Any] | None:
    """What the module printed; None, and a line that says why, where it could not run."""
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    whole = {**os.environ, **(environment or {})}
    done = subprocess.run(command, env=whole, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        print(f"  {' '.join(arguments[:3])} did not run: {reason[:150]}", file=sys.stderr)
        return None
    result: dict[str, Any] = json.loads(lines[-1])
    return result
