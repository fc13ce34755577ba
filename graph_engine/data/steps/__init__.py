"""Preprocessing steps, fitted on training rows only. ``STEPS`` finds them by name."""

from graph_engine.data.steps.base import Step
from graph_engine.data.steps.categories import CategoryIds, OneHot
from graph_engine.data.steps.dates import DateParts
from graph_engine.data.steps.numbers import Cast, Impute, Log1p, MinMax, Rescale, Reshape, Standardize
from graph_engine.data.steps.pipeline import Pipeline
from graph_engine.data.steps.texts import BytePairIds, CharacterIds, WordIds
from graph_engine.data.steps.variations import (
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
from graph_engine.params import Catalogue

STEPS: Catalogue[Step] = Catalogue(Step, "graph_engine.data.steps", "preprocessing step")

__all__ = [
    "STEPS",
    "BytePairIds",
    "Cast",
    "CategoryIds",
    "CharacterIds",
    "DateParts",
    "Impute",
    "Log1p",
    "MinMax",
    "OneHot",
    "Pipeline",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "Rescale",
    "Reshape",
    "Standardize",
    "Step",
    "WordIds",
]
