"""``python3 dev.py docs --pictures``: the pictures of the docs, taken from the real window: they never go stale.

    python -m tools.pictures [--scenes start,problem] [--themes dark,light] [--scale 2] [--into FOLDER]

Without options those that the docs show; a scene in each theme and at another scale is there to be looked at.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from app.bootstrap import application
from app.rehearsal import Rehearsal
from app.theme import Choice
from benchmarks._graphs import residual
from graph_engine.data import locate
from graph_engine.document import MAIN, Configure

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SECONDS: Final = 600.0
ANSWER_MS: Final = 4000  # for what is read or computed beside the window
THEMES: Final[tuple[Choice, ...]] = ("dark", "light")
ONCE: Final = ("data", "evaluate")  # the docs show them in one theme only


def main(arguments: Sequence[str] = ()) -> int:
    options = _options(arguments)
    if options.scale != "1":  # Qt reads it once, before there is an application
        os.environ["QT_SCALE_FACTOR"] = options.scale
    options.into.mkdir(parents=True, exist_ok=True)
    application("dark")
    for name in options.scenes:
        with tempfile.TemporaryDirectory(prefix="layerloom-") as folder:
            rehearsal = Rehearsal(Path(folder) / "settings.ini", say=print)
            rehearsal.window.choose_theme("dark")
            SCENES[name](rehearsal)
            for theme in options.themes[:1] if name in ONCE else options.themes:
                rehearsal.window.choose_theme(theme)
                take(rehearsal, options.into / f"{name}-{theme}.png")
            rehearsal.close()
    return 0


def take(rehearsal: Rehearsal, file: Path) -> None:
    rehearsal.wait(600)
    rehearsal.window.grab().save(str(file))
    print(f"wrote {file.name}", flush=True)


# Scenes


def show_window(rehearsal: Rehearsal) -> None:
    """The digits, trained."""
    rehearsal.play(SECONDS)


def show_evaluation(rehearsal: Rehearsal) -> None:
    rehearsal.play(SECONDS)
    rehearsal.window.actions_["evaluate"].trigger()
    rehearsal.wait(ANSWER_MS)


def show_start(rehearsal: Rehearsal) -> None:
    rehearsal.window.files.let_go()
    rehearsal.window.show_start()


def show_residual(rehearsal: Rehearsal) -> None:
    """The block itself, near enough to be read."""
    window = rehearsal.window
    document = window.session.document
    merge = next(node for node in document.main.nodes if document.layer_of(MAIN, node).name == "residual")
    window.canvas.fit()
    window.canvas.view.zoom_to(1.0)
    window.canvas.reveal(merge)


def show_template(name: str) -> Callable[[Rehearsal], None]:
    def show(rehearsal: Rehearsal) -> None:
        rehearsal.window.files.let_go()
        rehearsal.window.files.new(name)
        rehearsal.window.canvas.fit()

    return show


def show_large(rehearsal: Rehearsal) -> None:
    """A thousand nodes, all in sight, and the tree of them."""
    window = rehearsal.window
    window.files.let_go()
    window.files.new_empty()
    window.session.open(residual(1000))
    window.show_outline()
    window.canvas.fit()


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
    """One branch of the residual gets another number of channels: the sum no longer fits, and a fix is looked at."""
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
    window.tabs.show_page(window.problems)
    window.canvas.reveal(add)
    rehearsal.wait(300)
    window.problems.rows[0].buttons[0].setFocus()


SCENES: Final[Mapping[str, Callable[[Rehearsal], None]]] = {
    "window": show_window,
    "start": show_start,
    "residual": show_residual,
    "inception": show_template("inception"),
    "siamese": show_template("siamese-lstm"),
    "large": show_large,
    "problem": show_problem,
    "data": show_data,
    "evaluate": show_evaluation,
}


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(prog="tools.pictures", description=__doc__)
    parser.add_argument("--scenes", type=names, default=list(SCENES))
    parser.add_argument("--themes", type=names, default=list(THEMES))
    parser.add_argument("--scale", default="1")
    parser.add_argument("--into", type=Path, default=PICTURES)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
