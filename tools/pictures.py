"""``python3 dev.py docs --pictures``: the pictures of the docs, taken from the real window: they never go stale."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from app.bootstrap import application
from app.rehearsal import Rehearsal
from graph_engine.data import locate
from graph_engine.document import MAIN, Configure

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
TEMPLATES = ("inception", "siamese-lstm", "two-cameras")
SECONDS = 600.0
ANSWER_MS = 4000  # for what is read or computed beside the window


def main() -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    application("dark")
    with tempfile.TemporaryDirectory(prefix="layerloom-") as folder:
        rehearsal = Rehearsal(Path(folder) / "settings.ini", say=print)
        rehearsal.play(SECONDS)
        take(rehearsal, "window-dark")
        rehearsal.window.choose_theme("light")
        take(rehearsal, "window-light")
        rehearsal.window.actions_["evaluate"].trigger()
        rehearsal.wait(ANSWER_MS)
        take(rehearsal, "evaluate")
        rehearsal.window.choose_theme("dark")
        show_problem(rehearsal)
        take(rehearsal, "problem")
        for name in TEMPLATES:
            rehearsal.window.files.let_go()
            rehearsal.window.files.new(name)
            rehearsal.window.canvas.fit()
            take(rehearsal, name)
        show_data(rehearsal)
        take(rehearsal, "data")
        rehearsal.window.show_start()
        take(rehearsal, "start")
        rehearsal.close()
    return 0


def show_data(rehearsal: Rehearsal) -> None:
    """A table that is new to the program: a column is chosen, and a model proposed for it."""
    window = rehearsal.window
    window.files.let_go()
    window.files.new_empty()
    window.filing.add_data(locate("sample:diamonds.csv.gz"))
    rehearsal.wait(ANSWER_MS)
    preview = window.data.preview
    preview.table.selectColumn([profile.name for profile in preview.rows.profiles].index("cut"))
    window.data.propose.click()
    window.canvas.select(())
    rehearsal.wait(ANSWER_MS)


def show_problem(rehearsal: Rehearsal) -> None:
    """One branch of the residual gets another number of channels: the sum no longer fits."""
    window = rehearsal.window
    main = window.session.document.main
    add = next(node for node in main.nodes if window.session.document.layer_of(MAIN, node).name == "residual")
    branch = next(
        layer
        for edge in main.edges.values()
        if edge.target.node == add
        and (layer := window.session.document.layer_of(MAIN, edge.source.node)).type == "Conv2D"
    )
    window.session.dispatch(Configure((branch.id,), "filters", 48))
    window.tabs.setCurrentWidget(window.problems)
    window.canvas.select((add,))


def take(rehearsal: Rehearsal, name: str) -> None:
    rehearsal.wait(600)
    file = PICTURES / f"{name}.png"
    rehearsal.window.grab().save(str(file))
    print(f"wrote {file.relative_to(PICTURES.parent.parent)}")


if __name__ == "__main__":
    sys.exit(main())
