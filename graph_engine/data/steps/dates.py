"""Steps for dates."""

from __future__ import annotations

import numpy as np

from graph_engine.data.dates import date_order, moments
from graph_engine.data.errors import DataError
from graph_engine.data.steps.base import Array, Step
from graph_engine.params import JSON, choice

_SECONDS = 86_400.0


class DateParts(Step):
    """A date becomes numbers: its year, the place in the year and in the week, and the hour, or the days since then."""

    title = "Dates to numbers"
    gives: str = choice(
        "parts",
        ("parts", "days"),
        help="Year, month, day, day of the week (Monday 0) and hour; or days since the first training row.",
    )

    def fit(self, array: Array) -> JSON:
        words = _column(array)
        order = date_order(words)
        if order is None:
            raise DataError("DateParts takes a column of dates, such as 2024-05-31 or 31.05.2024")
        first = np.nanmin(moments(words, order))
        return {"order": order, "first": str(first)}

    def apply(self, array: Array, state: JSON) -> Array:
        found = moments(_column(array), state["order"])
        gone = np.isnat(found)
        if self.gives == "days":
            days = (found - np.datetime64(state["first"], "s")) / np.timedelta64(1, "s") / _SECONDS
            return np.where(gone, np.nan, days)
        days = found.astype("datetime64[D]")
        months = found.astype("datetime64[M]")
        parts = (
            found.astype("datetime64[Y]").astype(np.int64) + 1970,
            months.astype(np.int64) % 12 + 1,
            (days - months).astype(np.int64) + 1,
            (days.astype(np.int64) + 3) % 7,
            (found - days).astype("timedelta64[h]").astype(np.int64),
        )
        return np.where(gone[:, None], np.nan, np.stack(parts, axis=1).astype(np.float64))


def _column(array: Array) -> Array:
    if array.ndim != 1 or array.dtype.kind != "U":
        raise DataError("DateParts takes one column of dates")
    return array
