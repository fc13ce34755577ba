"""`layerloom demo`: the real window trains a residual network on handwritten digits, and leaves what came of it."""

from __future__ import annotations

import csv
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.display import draw_offscreen, has_display
from graph_engine.values import LayerloomError

if TYPE_CHECKING:
    from app.rehearsal import Rehearsal

REQUIRED = 0.97
SECONDS = 3600
THEMES = ("dark", "light")


def demo_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, default=Path("layerloom-demo"), metavar="DIR", help="default: ./layerloom-demo"
    )


def demo(options: Namespace) -> int:
    """Exit code 1 when the network learned less than it should."""
    if not has_display():
        draw_offscreen()
    from app.bootstrap import application
    from app.rehearsal import Rehearsal

    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    application("dark")
    with tempfile.TemporaryDirectory(prefix="layerloom-") as folder:
        rehearsal = Rehearsal(Path(folder) / "settings.ini", say=lambda line: print(line, flush=True))
        rehearsal.play(SECONDS)
        _leave(rehearsal, out)
        rehearsal.close()
    accuracy = validation_accuracy(rehearsal.history)
    reached = accuracy >= REQUIRED
    print(
        f"validation accuracy {accuracy:.2%}, required {REQUIRED:.0%}: {'reached' if reached else 'missed'}"
    )
    return 0 if reached else 1


def validation_accuracy(history: Mapping[str, Sequence[float]]) -> float:
    """That of the last epoch: the weights that are saved."""
    for name, values in history.items():
        if name.startswith("val_") and name.endswith("accuracy") and values:
            return values[-1]
    raise LayerloomError(
        f"The training logged no validation accuracy, only {', '.join(history) or 'nothing'}."
    )


def _leave(rehearsal: Rehearsal, out: Path) -> None:
    """The trained project, what was logged, and the window as it looks now."""
    window = rehearsal.window
    window.files.save(out / "digits-residual.loom")
    write_history(out / "history.csv", rehearsal.history)
    for theme in THEMES:
        window.choose_theme(theme)  # type: ignore[arg-type]  # both are choices
        rehearsal.wait(300)
        window.grab().save(str(out / f"window-{theme}.png"))
    for file in sorted(out.iterdir()):
        print(f"wrote {file}")


def write_history(file: Path, history: Mapping[str, Sequence[float]]) -> None:
    """One row for every epoch, counted from 1."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["epoch", *history])
        for epoch, values in enumerate(zip(*history.values(), strict=False), 1):
            rows.writerow([epoch, *values])
