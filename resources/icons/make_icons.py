"""Makes `actions/` from Lucide, and the PNG, ICO and ICNS files of the app icon from `app/layerloom.svg`.

    npm pack lucide-static@1.62.0 && tar xf lucide-static-1.62.0.tgz
    QT_QPA_PLATFORM=offscreen python resources/icons/make_icons.py package

Only whoever adds an icon runs this; the results are committed. `families/`, `app/*.svg` and the four
`actions/` that say so in their first line are drawn by hand.
"""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE = Path(__file__).parent
PNG_SIZES = (16, 24, 32, 48, 64, 128, 256)
SIMPLE_BELOW = 48  # under this size the weave turns to mush, so a mark with fewer threads stands in
FILLED = ("run", "star-filled")

# Our name and Lucide's. Ours say what happens in Layerloom, so that a picture can be changed in one place.
ACTIONS = """
add:plus  back:arrow-left  camera:camera  chart:chart-line  check:check  chevron-down:chevron-down
chevron-left:chevron-left  chevron-right:chevron-right  chevron-up:chevron-up  clock:clock  close:x
code:code  columns:columns-3  command:command  compare:git-compare-arrows  copy:copy  cost:gauge
cpu:cpu  cut:scissors  data:database  duplicate:copy-plus  edit:pencil  enter:corner-down-right
error:circle-x  export:upload  external:external-link  eye:eye  eye-off:eye-off  file:file
fit:maximize  folder:folder  forward:arrow-right  frame:frame  frozen:snowflake  group:group
help:circle-question-mark  history:history  import:download  info:info  keyboard:keyboard
layers:layers  leave:corner-left-up  link:link  list:list  lock:lock  map:map  minus:minus
moon:moon  more:ellipsis  new:file-plus  note:sticky-note  ok:circle-check  open:folder-open
panel-bottom:panel-bottom  panel-left:panel-left  panel-right:panel-right  paste:clipboard-paste
picture:image  pin:pin  problem:circle-alert  redo:redo-2  remove:circle-minus  reset:rotate-ccw
run:play  save:save  search:search  settings:settings  share:link-2  shuffle:shuffle
sliders:sliders-horizontal  star:star  star-filled:star  step:step-forward  sun:sun  system:monitor
table:table  tag:tag  target:target  terminal:terminal  text:type  theme:sun-moon  tidy:workflow
trash:trash-2  undo:undo-2  ungroup:ungroup  unlink:unlink  unlock:lock-open  warn:triangle-alert
zoom-in:zoom-in  zoom-out:zoom-out
"""
OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="{fill}" '
    'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
)


def make_action(ours: str, lucide: Path) -> None:
    """Writes one action icon: Lucide's shapes in one compact element."""
    body = re.sub(r"\A.*?<svg[^>]*>\s*", "", lucide.read_text(), flags=re.DOTALL)
    opening = OPENING.format(fill="currentColor" if ours in FILLED else "none")
    licence = f"<!-- Lucide 1.62.0, {lucide.stem}, ISC: see LICENSE-lucide -->\n"
    (HERE / "actions" / f"{ours}.svg").write_text(licence + opening + "\n  " + body)


def app_image(size: int) -> QImage:
    """The app icon at one size."""
    name = "layerloom-small.svg" if size < SIMPLE_BELOW else "layerloom.svg"
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(HERE / "app" / name)).render(painter)
    painter.end()
    return image


def write_ico(path: Path) -> None:
    """One ICO of the PNGs already written; Qt's own writer stores a single uncompressed size (270 KB)."""
    pictures = [(HERE / "app" / f"layerloom-{size}.png").read_bytes() for size in PNG_SIZES]
    offset = 6 + 16 * len(pictures)
    directory = struct.pack("<HHH", 0, 1, len(pictures))
    for size, picture in zip(PNG_SIZES, pictures, strict=True):
        # A side of 256 is written as 0: the field is one byte.
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    path.write_bytes(directory + b"".join(pictures))


def main() -> None:
    """Makes everything, from the unpacked Lucide package named on the command line."""
    application = QGuiApplication([])
    lucide = Path(sys.argv[1])
    (HERE / "LICENSE-lucide").write_bytes((lucide / "LICENSE").read_bytes())
    for pair in ACTIONS.split():
        ours, theirs = pair.split(":")
        make_action(ours, lucide / "icons" / f"{theirs}.svg")
    for size in PNG_SIZES:
        app_image(size).save(str(HERE / "app" / f"layerloom-{size}.png"))
    write_ico(HERE / "app" / "layerloom.ico")
    app_image(256).save(str(HERE / "app" / "layerloom.icns"))
    application.quit()


if __name__ == "__main__":
    main()
