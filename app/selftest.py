"""`layerloom self-test`: whether this installation is whole. What packaging runs on the frozen program."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from app.display import draw_offscreen
from graph_engine.analysis import analyze
from graph_engine.project import Project, load, save
from graph_engine.templates import TEMPLATES
from graph_engine.values import LayerloomError

SECONDS = 240  # for one epoch in a worker process, on a slow machine


def self_test_arguments(parser: ArgumentParser) -> None:
    parser.set_defaults()  # it takes none


def self_test(_options: Namespace) -> int:
    """Runs every check, says how each went, and exits 1 when one failed."""
    draw_offscreen()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="layerloom-") as folder:
        for name, check in _checks(Path(folder)):
            try:
                check()
            except Exception as error:  # any failure of any kind is what is looked for
                failed += 1
                print(f"failed  {name}: {type(error).__name__}: {error}", flush=True)
            else:
                print(f"ok      {name}", flush=True)
    print("this installation is whole" if not failed else f"{failed} of the checks failed")
    return 1 if failed else 0


def _checks(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    for name in TEMPLATES:
        yield f"template {name} has no errors", partial(_template, name)
    yield "a project is saved and read back", partial(_round_trip, folder)
    yield "fonts, icons and style sheets are there", _resources
    yield "the window opens and draws", partial(_window, folder)
    yield "one epoch trains in a process of its own", partial(_training, folder)


def _template(name: str) -> None:
    problems = analyze(TEMPLATES[name].document()).errors
    _require(not problems, "; ".join(problem.message for problem in problems))


def _round_trip(folder: Path) -> None:
    document = TEMPLATES["digits-residual"].document()
    save(folder / "trip.loom", Project(document))
    _require(load(folder / "trip.loom").document == document, "what was read is not what was saved")


def _resources() -> None:
    from app import theme
    from app.bootstrap import application
    from app.theme import fonts

    running = application("dark")
    _require(fonts.UI_FAMILY in fonts.load(), "the bundled fonts could not be read")
    _require(bool(running.styleSheet()), "the style sheet is empty")
    image = theme.pixmap("run", "#ffffff").toImage()
    _require(
        image.pixelColor(image.rect().center()).alpha() > 0, "icons are drawn empty: Qt's SVG part is missing"
    )


def _window(folder: Path) -> None:
    from app.bootstrap import application
    from app.settings import Settings
    from app.window import Window

    running = application("dark")
    window = Window(Settings(folder / "settings.ini"))
    window.files.new("digits-residual")
    window.show()
    running.processEvents()
    image = window.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    _require(len(colours) > 50, "the window is drawn empty")
    window.close()


def _training(folder: Path) -> None:
    from app.bootstrap import application
    from app.rehearsal import Rehearsal

    application("dark")
    rehearsal = Rehearsal(folder / "settings.ini", epochs=1)
    rehearsal.play(SECONDS)
    _require(bool(rehearsal.history.get("loss")), "no epoch was finished")


def _require(true: bool, why: str) -> None:
    if not true:
        raise LayerloomError(why)
