"""The style sheet: resources/themes/*.qss with the tokens put in.

In those files `@panel` is a token of the theme or a shade below, `@row` a size, and `icon(check, on_accent)`
the picture of an icon. Qt takes pictures in style sheets only from files, so the tinted ones are written to
a folder.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from app.theme import tokens
from app.theme.artwork import tinted
from app.theme.colors import mix
from app.theme.tokens import Theme
from graph_engine.resources import resource

_TOKEN = re.compile(r"@([a-z_]+)")
_ICON = re.compile(r"icon\(([a-z-]+), ([a-z_]+)\)")


def values(theme: Theme) -> dict[str, str]:
    """What each `@name` in the style sheet stands for."""
    colors = {field.name: getattr(theme, field.name) for field in fields(theme)}
    return {
        **{name: value for name, value in colors.items() if isinstance(value, str)},
        "scroll": mix(theme.dim, theme.panel, 0.34),
        "scroll_hover": mix(theme.dim, theme.panel, 0.62),
        "bad_ground": mix(theme.bad, theme.panel, 0.12),
        "ok_line": mix(theme.ok, theme.panel, 0.45),
        "warn_line": mix(theme.warn, theme.panel, 0.45),
        "bad_line": mix(theme.bad, theme.panel, 0.45),
        "row": f"{tokens.ROW}px",
        "radius_chip": f"{tokens.RADIUS_CHIP}px",
        "radius_card": f"{tokens.RADIUS_CARD}px",
        "radius": f"{tokens.RADIUS}px",
    }


def style_sheet(theme: Theme, folder: Path) -> str:
    """The application's style sheet in one theme; writes the pictures it names into `folder`."""
    known = values(theme)

    def picture(match: re.Match[str]) -> str:
        name, token = match.groups()
        file = folder / f"{name}-{known[token].lstrip('#')}.svg"
        if not file.exists():
            file.write_bytes(tinted(name, known[token]))
        return f'url("{file.as_posix()}")'

    parts = (file.read_text(encoding="utf-8") for file in sorted(resource("themes").glob("*.qss")))
    text = _ICON.sub(picture, "\n".join(parts))
    return _TOKEN.sub(lambda match: known[match.group(1)], text)
