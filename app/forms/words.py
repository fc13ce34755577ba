"""The words of a form: parameter names and catalogue entries as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graph_engine.params import JSON, Config, Param

_SPELLED: Final = {
    "dtype": "Data type",
    "from_weights": "Keep weights",
    "l1": "L1",
    "l2": "L2",
    "t_mul": "Longer by",
    "m_mul": "Lower by",
}


def title_of(name: str) -> str:
    """`kernel_size` -> `Kernel size`."""
    return _SPELLED.get(name) or name.replace("_", " ").capitalize()


def sentence(fault: str) -> str:
    """A fault as a sentence under its field: `must be at least 1` -> `Must be at least 1.`"""
    fault = fault.strip()
    return fault if not fault else fault[0].upper() + fault[1:] + ("" if fault[-1] in ".!?" else ".")


def config_of(params: Mapping[str, Param], thing: Config) -> dict[str, JSON]:
    """A configured thing's values in JSON form, for the given parameters."""
    return {name: param.encode(getattr(thing, name)) for name, param in params.items()}


def tip(name: str, param: Param, default: Any = None) -> str:
    """What a field's tool tip says: its help, and what it accepts."""
    accepts = sentence(param.describe()) if type(param).describe is not Param.describe else ""
    none = " May be left empty." if param.optional else ""
    return f"<p>{escaped(param.help)}</p><p>{escaped(accepts)}{none}</p>"


def escaped(text: str) -> str:
    """Text as it is, in a tool tip that reads HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """A docstring's sentence without its code marks."""
    return text.replace("``", "").replace("`", "")
