"""Typed parameters: stated once on a class, from which codec, inspector, command line and docs derive.

A configurable thing (a layer, an optimizer, a loss ...) is a frozen class whose annotated fields are
made by the functions below::

    class Dense(Layer):
        units: int = integer(64, minimum=1, help="Size of the output's last axis.")

Every field knows how to check a value, so a value from the inspector, a project file, the command
line or Python passes the same check and fails with the same sentence.
"""

from __future__ import annotations

from graph_engine.params.config import (
    Catalogue,
    Config,
    Configured,
    ConfiguredList,
    boolean,
    choice,
    configured,
    configured_list,
    constant,
    dims,
    index,
    int_tuple,
    integer,
    integers,
    number,
    numbers,
    one_or_more,
    shared,
    sides,
    snake_case,
    text,
)
from graph_engine.params.kinds import (
    JSON,
    Boolean,
    Choice,
    Dims,
    Integer,
    IntTuple,
    Number,
    Numbers,
    Param,
    ParamError,
    Sides,
    Text,
)
from graph_engine.params.literals import Constant, Index, OneOrMore, index_items

__all__ = [
    "JSON",
    "Boolean",
    "Catalogue",
    "Choice",
    "Config",
    "Configured",
    "ConfiguredList",
    "Constant",
    "Dims",
    "Index",
    "IntTuple",
    "Integer",
    "Number",
    "Numbers",
    "OneOrMore",
    "Param",
    "ParamError",
    "Sides",
    "Text",
    "boolean",
    "choice",
    "configured",
    "configured_list",
    "constant",
    "dims",
    "index",
    "index_items",
    "int_tuple",
    "integer",
    "integers",
    "number",
    "numbers",
    "one_or_more",
    "shared",
    "sides",
    "snake_case",
    "text",
]
