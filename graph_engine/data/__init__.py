"""Data: files to tables, columns to Inputs and targets, preprocessing fitted on training rows, batches."""

from graph_engine.data.batches import Gatherer, batch_count, batches_of, epoch_order
from graph_engine.data.binding import Prepared, prepare, restore_pipelines, terminals
from graph_engine.data.columns import Column, Draw
from graph_engine.data.dataset import Dataset, as_array, named_arrays
from graph_engine.data.errors import DataError, closest
from graph_engine.data.fitting import fitted
from graph_engine.data.leaks import leaks
from graph_engine.data.profiles import Profile, profile, profiles
from graph_engine.data.sources import SAMPLE, SOURCES, Reader, kind_of, locate, read_source
from graph_engine.data.split import KINDS as SPLITS, split_rows
from graph_engine.data.steps import STEPS, Pipeline
from graph_engine.data.streams import RowStream, Stream, is_stream
from graph_engine.data.table import Table

__all__ = [
    "SAMPLE",
    "SOURCES",
    "SPLITS",
    "STEPS",
    "Column",
    "DataError",
    "Dataset",
    "Draw",
    "Gatherer",
    "Pipeline",
    "Prepared",
    "Profile",
    "Reader",
    "RowStream",
    "Stream",
    "Table",
    "as_array",
    "batch_count",
    "batches_of",
    "closest",
    "epoch_order",
    "fitted",
    "is_stream",
    "kind_of",
    "leaks",
    "locate",
    "named_arrays",
    "prepare",
    "profile",
    "profiles",
    "read_source",
    "restore_pipelines",
    "split_rows",
    "terminals",
]
