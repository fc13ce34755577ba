"""Layers of Keras that are not here, and why. What opens them says so by name; the docs list them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_CODE: Final = "it runs code from the file, or from another framework, and files are never executed"
_TEXT: Final = "it takes texts; let the data's steps turn words into numbers"
_DATA: Final = "it augments pictures; that belongs to the data, where every draw can be seen and repeated"
_BOXES: Final = "it works on labels or bounding boxes beside the pictures"

LEFT_OUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("Lambda", "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"), _CODE),
    **dict.fromkeys(("TextVectorization", "StringLookup", "Hashing", "HashedCrossing"), _TEXT),
    "IntegerLookup": "its table is made when it is adapted; let the data's steps number categories",
    "Pipeline": "it is a list of layers: wire them one after the other",
    **dict.fromkeys(("CutMix", "MixUp", "MaxNumBoundingBoxes"), _BOXES),
    **dict.fromkeys(
        (
            "AugMix",
            "ContrastLimitedAdaptiveHistogramEqualization",
            "Equalization",
            "RandAugment",
            "RandomColorJitter",
            "RandomElasticTransform",
            "RandomGaussianBlur",
            "RandomHue",
            "RandomPerspective",
            "RandomSaturation",
        ),
        _DATA,
    ),
    "MelSpectrogram": "it needs a Fourier transform, which the engine does not have",
    "STFTSpectrogram": "it needs a Fourier transform, which the engine does not have",
    "SpectralNormalization": "it changes another layer's weights from within; use a constraint on them",
    "ReversibleEmbedding": "it is called in two ways that a drawing cannot tell apart; use Embedding and Dense",
}
