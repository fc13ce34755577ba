"""Editors for typed parameters: what the inspector, the training settings and later panels are made of.

Everything is derived from `graph_engine.params`: a layer, optimizer or loss that is added tomorrow has its
form already.
"""

from app.forms.catalogues import CatalogueCombo
from app.forms.editors import Editor
from app.forms.field import Field
from app.forms.field_editor import FieldEditor
from app.forms.form import ConfiguredEditor, Form, canonical, defaults_of, editor_for
from app.forms.row import FormRow
from app.forms.several import Chosen, Several, as_choice, as_json
from app.forms.words import config_of, plain, sentence, title_of

__all__ = [
    "CatalogueCombo",
    "Chosen",
    "ConfiguredEditor",
    "Editor",
    "Field",
    "FieldEditor",
    "Form",
    "FormRow",
    "Several",
    "as_choice",
    "as_json",
    "canonical",
    "config_of",
    "defaults_of",
    "editor_for",
    "plain",
    "sentence",
    "title_of",
]
