"""`layerloom picture FILE -o OUT`: a project's drawing, made by the canvas that the window has."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from app.display import draw_offscreen
from graph_engine.document import MAIN
from graph_engine.project import load
from graph_engine.values import LayerloomError


def picture_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a .loom or .loom.json project")
    parser.add_argument(
        "-o", "--out", required=True, type=Path, metavar="OUT", help="a .png picture or .svg drawing"
    )
    parser.add_argument(
        "--theme", choices=("dark", "light"), default="light", help="default: light, for paper"
    )
    parser.add_argument("--scale", type=float, default=2.0, help="pixels per unit of the canvas; default: 2")
    parser.add_argument(
        "--graph", default=MAIN, metavar="NAME", help="a nested model; default: the main graph"
    )


def picture(options: Namespace) -> int:
    if options.scale <= 0:
        raise LayerloomError(f"--scale {options.scale:g}: must be more than 0")
    document = load(options.file).document
    names = {graph.name: graph.id for graph in document.graphs.values()} | {MAIN: MAIN}
    if options.graph not in names:
        raise LayerloomError(f"there is no graph {options.graph!r}; there are {', '.join(names)}")
    draw_offscreen()
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QImageWriter

    from app.bootstrap import application
    from app.bridge.session import Session
    from app.canvas.canvas import Canvas

    running = application(options.theme)
    session = Session()
    canvas = Canvas(session)
    session.open(document)
    canvas.graph = names[options.graph]
    if options.out.suffix == ".svg":
        canvas.draw(options.out)
        print(f"wrote {options.out}")
    else:
        image = canvas.picture(options.scale)
        if not QImageWriter(str(options.out), QByteArray(b"PNG")).write(image):
            raise LayerloomError(
                f"{options.out} could not be written: is there such a folder, and may you write there?"
            )
        print(f"wrote {options.out} ({image.width()}\u00d7{image.height()})")
    canvas.deleteLater()
    running.processEvents()
    return 0
