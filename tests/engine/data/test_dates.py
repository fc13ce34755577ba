"""Dates written in several orders, as numbers."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import example, given, strategies as st

from graph_engine.data import STEPS, DataError, Pipeline
from graph_engine.data.dates import date_order

PATTERNS = {"year first": "%Y-%m-%d %H:%M", "day first": "%d.%m.%Y %H:%M", "month first": "%m/%d/%Y %H:%M"}
MOMENTS = st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1))


@pytest.mark.parametrize("order", PATTERNS)
@given(st.lists(MOMENTS, min_size=1))
@example([datetime.datetime(1970, 1, 1)])  # it counts as false
def test_parts_are_those_of_the_calendar(order: str, found: list[datetime.datetime]) -> None:
    found = [*found, found[0].replace(day=25)]  # so that day and month can be told apart
    words = np.array([moment.strftime(PATTERNS[order]) for moment in found])
    pipeline = Pipeline.fit([STEPS.decode("DateParts")], words)
    wanted = [(m.year, m.month, m.day, m.weekday(), m.hour) for m in found]
    np.testing.assert_array_equal(pipeline.apply(words), wanted)


def test_days_count_from_the_first_training_row() -> None:
    step = STEPS.decode({"type": "DateParts", "gives": "days"})
    pipeline = Pipeline.fit([step], np.array(["2024-03-01", "2024-02-28T12:00"]))
    assert pipeline.apply(np.array(["2024-02-28", "", "2024-03-02"])).tolist()[::2] == [-0.5, 2.5]
    assert np.isnan(pipeline.apply(np.array([""]))[0])


def test_words_that_are_no_dates_are_refused() -> None:
    assert date_order(np.array(["31.02.2024", "soon", "2024"])) is None
    with pytest.raises(DataError, match="takes a column of dates"):
        Pipeline.fit([STEPS.decode("DateParts")], np.array(["soon"]))
