"""Contestants take turns, each in a process of its own, which prints what it measured as a line of JSON."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

TUNED: Final = ("torch_channels_last", "torch_compile", "jax", "jax_epoch", "keras_jax")
# What makes these fastest here: freed memory is kept for the next step.
MALLOC: Final = {"MALLOC_TRIM_THRESHOLD_": "1073741824", "MALLOC_MMAP_THRESHOLD_": "1073741824"}


def contest(
    case: str, contestants: Sequence[str], repeats: int, seconds: float, folder: Path, until: float = math.inf
) -> dict[str, Any]:
    """By contestant the merged figures of all its turns; who could not run at first is not asked again.

    No turns but the first are begun after the monotonic time ``until``.
    """
    turns: dict[str, list[dict[str, Any]]] = {who: [] for who in contestants}
    for number in range(repeats):
        if number and time.monotonic() > until:
            break
        for who in contestants:
            able = not number or turns[who]
            if able and (found := _turn(who, case, seconds, folder)):
                turns[who].append(found)
    return {who: _merged(found) for who, found in turns.items() if found}


def _turn(who: str, case: str, seconds: float, folder: Path) -> dict[str, Any] | None:
    """One process; None where it could not run."""
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
    if who.startswith("keras"):
        environment["KERAS_BACKEND"] = who.removeprefix("keras_")
    environment |= MALLOC if who in TUNED else {}
    return turn("benchmarks._contest", who, case, str(seconds), str(folder), environment=environment)


def _merged(turns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    best = min(turns, key=lambda one: one["min"])
    return {
        **best,
        "median": median(one["median"] for one in turns),
        "first_step_s": min(one["first_step_s"] for one in turns),
        "turns": len(turns),
    }


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
