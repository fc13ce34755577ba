"""A table as spreadsheets write it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graph_engine.document import Source

ROWS = 240


def messy(folder: Path) -> Source:
    """Missing values, decimal commas, dates, words, texts, and a line that is too short."""
    rng = np.random.default_rng(0)
    lines = ["Nr;Größe;Stadt;Gekauft am;Bemerkung;Gewicht;Güte"]
    for row in range(ROWS):
        size, city = rng.normal(170, 10), rng.integers(3)
        words = rng.choice(["sehr", "gut", "nicht", "schlecht", "ich", "mag"], 5)
        shown = "" if rng.random() < 0.1 else f"{size:.1f}".replace(".", ",")
        good = "ja" if size + 5 * city > 175 else "nein"
        day = f"{rng.integers(1, 28):02}.{rng.integers(1, 13):02}.2023"
        weight = f"{size - 100:.2f}".replace(".", ",")
        lines.append(
            f"{row};{shown};{['Köln', 'Bern', 'Wien'][city]};{day};{' '.join(words)};{weight};{good}"
        )
    (folder / "t.csv").write_bytes("\n".join([*lines, "1;2"]).encode("cp1252"))
    return Source("t", "csv", "t.csv", {"skip": True})
