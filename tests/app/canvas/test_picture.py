"""The drawing as a file: of pixels, or of lines and words."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from graph_engine.values import LayerloomError
from tests.app.canvas.hand import Hand

SVG = "{http://www.w3.org/2000/svg}"


def words(file: Path) -> list[str]:
    found = ET.parse(file).iter(f"{SVG}text")  # our own file
    return ["".join(text.itertext()).strip() for text in found]


def test_a_picture_shows_the_whole_graph_whatever_the_view_shows(chain: Hand) -> None:
    chain.canvas.zoom_out()
    image = chain.canvas.picture(2.0)
    bounds = chain.canvas.scene.bounds()
    assert image.width() == round((bounds.width() + 64) * 2)
    colors = {image.pixelColor(x, image.height() // 2).name() for x in range(0, image.width(), 3)}
    assert len(colors) > 5


def test_a_drawing_has_every_name_as_words(chain: Hand, tmp_path: Path) -> None:
    chain.canvas.zoom_out()
    before = chain.canvas.scene.detail
    chain.canvas.draw(tmp_path / "graph.svg")
    assert {"image", "first", "second", "out", "8×8×4"} <= set(words(tmp_path / "graph.svg"))
    root = ET.parse(tmp_path / "graph.svg").getroot()  # our own
    bounds = chain.canvas.scene.bounds()
    assert float(root.attrib["viewBox"].split()[2]) == pytest.approx(bounds.width() + 64)
    assert len(list(root.iter(f"{SVG}path"))) > len(chain.graph.edges)
    assert chain.canvas.scene.detail is before


def test_of_a_selection_nothing_else_is_drawn_and_all_is_as_it_was(chain: Hand, tmp_path: Path) -> None:
    _, first, second, _ = chain.graph.nodes
    chain.canvas.select((first, second))
    chain.canvas.draw(tmp_path / "part.svg", (first, second))
    assert {"first", "second"} <= set(words(tmp_path / "part.svg"))
    assert not {"image", "out"} & set(words(tmp_path / "part.svg"))
    assert chain.canvas.picture(1.0, (first, second)).width() < chain.canvas.picture(1.0).width()
    assert chain.canvas.selected_nodes() == (first, second)
    assert all(item.isVisible() for item in chain.canvas.scene.nodes.values())


def test_a_place_that_cannot_be_written_is_named(chain: Hand, tmp_path: Path) -> None:
    with pytest.raises(LayerloomError, match=r"graph\.svg could not be written there"):
        chain.canvas.draw(tmp_path / "nowhere" / "graph.svg")
