"""Editors for typed parameters: what the inspector, the training settings and later panels are made of.

Everything is derived from `graph_engine.params`: a layer, optimizer or loss that is added tomorrow has its
form already.
"""

from app.forms.catalogues import CatalogueCombo
from app.forms.editors import Editor, editor_for
from app.forms.form import Form, FormRow
from app.forms.words import config_of, sentence, title_of

__all__ = [
    "CatalogueCombo",
    "Editor",
    "Form",
    "FormRow",
    "config_of",
    "editor_for",
    "sentence",
    "title_of",
]
