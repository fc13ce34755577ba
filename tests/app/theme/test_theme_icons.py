"""Icons: every file can be drawn in any colour, every family has one, and they follow the theme."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QPushButton

from app import theme
from app.theme.artwork import tinted
from graph_engine.resources import resource

ICONS = sorted([*resource("icons", "actions").glob("*.svg"), *resource("icons", "families").glob("*.svg")])
WANTED = """
run pause stop step undo redo save open new search tidy fit zoom-in zoom-out problem warn error ok
info close add remove duplicate share link unlink chevron-down chevron-right group enter picture camera theme
sun moon settings folder data table chart history star lock frozen eye copy paste cut trash keyboard reset
"""


def inked(picture: QPixmap | QImage) -> list[QColor]:
    """The colours of the pixels that are fully painted."""
    image = picture.toImage() if isinstance(picture, QPixmap) else picture
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return [pixel for pixel in pixels if pixel.alpha() == 255]


@pytest.mark.parametrize("file", ICONS, ids=lambda file: file.stem)
def test_every_icon_is_drawn_in_the_colour_asked_for(shown: theme.Appearance, file: Path) -> None:
    pixels = inked(theme.pixmap(file.stem, "#12ab34", 24, 2))
    assert len(pixels) > 20
    assert {pixel.name() for pixel in pixels} == {"#12ab34"}


@pytest.mark.parametrize("file", ICONS, ids=lambda file: file.stem)
def test_every_icon_shares_one_grid(file: Path) -> None:
    """One grid, and no colour of its own: only so does the set look like one."""
    assert ET.parse(file).getroot().get("viewBox") == "0 0 24 24"
    text = file.read_text()
    assert not re.search(r'(fill|stroke)="#', text)
    assert QSvgRenderer(tinted(file.stem, "#ffffff")).isValid()


def test_action_and_family_names_do_not_collide() -> None:
    assert len({file.stem for file in ICONS}) == len(ICONS)
    assert theme.icon_names() == {file.stem for file in ICONS}


def test_what_the_window_needs_is_there() -> None:
    assert set(WANTED.split()) <= theme.icon_names()


@pytest.mark.parametrize("family", theme.FAMILIES)
def test_every_family_has_an_icon_in_its_colour(shown: theme.Appearance, family: str) -> None:
    colors = {pixel.name() for pixel in inked(theme.family_icon(family).pixmap(64, 64))}
    assert colors == {theme.current().family(family)}


def test_an_unknown_family_gets_the_question_mark(shown: theme.Appearance) -> None:
    assert inked(theme.family_icon("quantum").pixmap(16, 16)) == inked(
        theme.icon("unknown", "faint").pixmap(16, 16)
    )
    assert theme.current().family("quantum") == theme.current().faint


def test_a_disabled_icon_is_grey(shown: theme.Appearance) -> None:
    picture = theme.icon("stop").pixmap(16, 16, QIcon.Mode.Disabled)
    assert {pixel.name() for pixel in inked(picture)} == {theme.current().disabled}


def test_a_set_icon_follows_the_theme(shown: theme.Appearance) -> None:
    action, button = QAction("Stop"), QPushButton()
    for target in (action, button):
        theme.set_icon(target, "stop")
    shown.choose("light")
    for target in (action, button):
        assert {pixel.name() for pixel in inked(target.icon().pixmap(16, 16))} == {theme.LIGHT.text}


def test_setting_an_icon_again_replaces_it(shown: theme.Appearance) -> None:
    action = QAction("Run")
    theme.set_icon(action, "run")
    theme.set_icon(action, "stop", "bad")
    shown.choose("light")
    assert {pixel.name() for pixel in inked(action.icon().pixmap(16, 16))} == {theme.LIGHT.bad}
    assert len(action.children()) == 1


def test_a_dead_button_is_forgotten(shown: theme.Appearance) -> None:
    for _ in range(20):
        theme.set_icon(QPushButton(), "stop")
    shown.choose("light")  # would raise for a button that is gone


def test_the_app_icon_has_every_size(qapp: QApplication) -> None:
    assert sorted(size.width() for size in theme.app_icon().availableSizes()) == [
        16,
        24,
        32,
        48,
        64,
        128,
        256,
    ]
