"""The look of the window: tokens, palette, style sheet, fonts and icons, in a dark and a light theme.

- `theme.apply(application, "system")` once, in bootstrap
- `theme.current().accent`: a colour of the theme shown now, as `#rrggbb`
- `theme.appearance().changed.connect(redraw)`: for what paints itself and keeps what it painted
- `theme.set_icon(action, "run")`: an icon that follows the theme
"""

from app.theme.appearance import CHOICES, Appearance, Choice, appearance, apply, current, dressed_once
from app.theme.artwork import names as icon_names, pixmap
from app.theme.icons import app_icon, family_icon, icon, set_icon
from app.theme.tokens import DARK, FAMILIES, LIGHT, Theme
from app.theme.widgets import (
    Switch,
    label,
    round_popup,
    separator,
    set_look,
    style_combo,
    style_spin,
    style_table,
)

__all__ = [
    "CHOICES",
    "DARK",
    "FAMILIES",
    "LIGHT",
    "Appearance",
    "Choice",
    "Switch",
    "Theme",
    "app_icon",
    "appearance",
    "apply",
    "current",
    "dressed_once",
    "family_icon",
    "icon",
    "icon_names",
    "label",
    "pixmap",
    "round_popup",
    "separator",
    "set_icon",
    "set_look",
    "style_combo",
    "style_spin",
    "style_table",
]
