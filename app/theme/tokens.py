"""The design tokens: every colour, size and duration of the window, said once.

Colours are `#rrggbb` strings, so that tokens can be read without Qt. A comment beside a value says what the
first drawing of the window had there, and which contrast ratio of WCAG AA made it change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FAMILIES = (
    "io",
    "core",
    "convolution",
    "pooling",
    "normalization",
    "activation",
    "merge",
    "regularization",
    "recurrent",
    "attention",
    "reshape",
    "model",
)


@dataclass(frozen=True, slots=True)
class Theme:
    """One complete set of colours; `DARK` and `LIGHT` are the two there are."""

    name: str
    canvas: str
    dot: str  # the canvas' grid of dots
    panel: str  # docks, bars
    raised: str  # buttons, chips, popups, the row under the pointer
    hover: str  # a button under the pointer
    pressed: str
    input: str  # fields, tables
    line: str  # 1 px separators and control outlines
    grid: str  # grid lines inside plots, fainter than `line`
    text: str
    dim: str  # secondary text
    faint: str  # placeholders, section headings, units
    disabled: str  # text and icons of what cannot be used now
    accent: str  # selection, focus, Run, the wire in hand
    accent_hover: str
    accent_pressed: str
    on_accent: str  # text on any of the three accents
    selection: str  # a selected row: the accent, thinned so that every text colour stays readable
    ok: str
    warn: str
    bad: str
    node: str
    node_line: str
    wire: str
    shadow: str  # painted at low alpha under nodes and popups
    families: Mapping[str, str]
    series: tuple[str, ...]  # curves in plots, in this order

    @property
    def is_dark(self) -> bool:
        """Whether this is the dark theme."""
        return self.name == "dark"

    def family(self, name: str) -> str:
        """The colour of a layer family; grey for a family this version does not know."""
        return self.families.get(name, self.faint)

    def role(self, name: str) -> str:
        """A colour by the name of its token or of a layer family; a `#rrggbb` string is itself."""
        if name.startswith("#"):
            return name
        return self.families[name] if name in self.families else str(getattr(self, name))


DARK = Theme(
    name="dark",
    canvas="#15171c",
    dot="#262b34",
    panel="#1b1e25",
    raised="#232731",
    hover="#2b303c",
    pressed="#1f232c",
    input="#12141a",
    line="#2d333f",
    grid="#232831",
    text="#e7eaf0",
    dim="#98a2b3",
    faint="#8590a2",  # was #667085: 3.0 to 3.7 on every ground, and headings and placeholders are read
    disabled="#667085",
    accent="#7c9aff",
    accent_hover="#91abff",
    accent_pressed="#6b8bf5",
    on_accent="#0f1218",
    selection="#2b3248",
    ok="#45c08f",
    warn="#e8b04a",
    bad="#f2727c",
    node="#20242d",
    node_line="#343b49",
    wire="#687386",
    shadow="#000000",
    families=MappingProxyType(
        {
            "io": "#2bb3a3",
            "core": "#5b8def",
            "convolution": "#9a7cf0",
            "pooling": "#3fa9cf",
            "normalization": "#c2a23a",
            "activation": "#e07f5a",
            "merge": "#4fb36a",
            "regularization": "#b87a93",
            "recurrent": "#e0913f",
            "attention": "#d667b5",
            "reshape": "#7d8ca3",
            "model": "#d9a441",
        }
    ),
    series=("#7c9aff", "#e0913f", "#2bb3a3", "#d667b5", "#c2a23a", "#9a7cf0", "#45c08f", "#f2727c"),
)

LIGHT = Theme(
    name="light",
    canvas="#f6f7f9",
    dot="#dfe3ea",
    panel="#ffffff",
    raised="#f2f4f8",
    hover="#e9edf4",
    pressed="#dfe4ed",
    input="#f6f7f9",
    line="#dde2ea",
    grid="#eef1f5",
    text="#1c2430",
    dim="#566175",  # was #5b6678: 4.7 on a selected row's ground, too near the edge to keep
    faint="#626d80",  # was #8b95a7: 2.7 to 3.0
    disabled="#858fa2",
    accent="#3f63e0",
    accent_hover="#3557cf",
    accent_pressed="#2c4bb8",
    on_accent="#ffffff",
    selection="#e8edfc",
    ok="#147854",  # was #1c8f63: 3.7 to 4.1 as text
    warn="#8a5d06",  # was #b57a0c: 3.3 to 3.7 as text
    bad="#c22f3c",  # was #cf3b49: 4.4 on chips
    node="#ffffff",
    node_line="#d3dae5",
    wire="#828fa5",  # was #94a0b4: 2.5 on the canvas, and a wire is meant to be seen
    shadow="#1c2430",
    # The hues of the dark theme, each darkened until it reaches 3:1 on every light ground: stripe, icon and
    # port of a family have to be told apart from their ground (WCAG 1.4.11); unchanged they reach 2.1 to 3.2.
    families=MappingProxyType(
        {
            "io": "#219689",
            "core": "#4d84ef",
            "convolution": "#9170ef",
            "pooling": "#2991b6",
            "normalization": "#a0842b",
            "activation": "#dd6132",
            "merge": "#3d9855",
            "regularization": "#b5738d",
            "recurrent": "#c6711a",
            "attention": "#d459af",
            "reshape": "#7888a0",
            "model": "#b07d1c",
        }
    ),
    series=("#3f63e0", "#c6711a", "#219689", "#d459af", "#a0842b", "#9170ef", "#147854", "#c22f3c"),
)

# The rest is the same in both themes. All sizes are logical pixels on a 4 px grid.
GRID = 4
SPACE = (4, 8, 12, 16)
ROW = 28  # height of a row in lists, tables and trees; 26 to 32 are in order where there is reason
CONTROL = 28  # height of buttons; fields are 2 px lower
TOOLBAR = 44
STATUSBAR = 24
ICON = 16
RADIUS_CHIP = 4
RADIUS = 6  # controls
RADIUS_CARD = 8  # nodes, popups
NODE_SIZE = (142, 70)
DOT_STEP = 22  # distance of the canvas' dots at 100 %
FADE_MS = 120  # the longest a popup may fade; 0 under reduced motion
