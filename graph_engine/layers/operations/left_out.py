"""Operations of Keras that are no layers here, each with the reason. A model that uses one opens with a Problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_COMPLEX: Final = "it computes with complex numbers, which tensors do not hold here"
_FACTORS: Final = "it factorizes matrices, for which there is no primitive with a gradient"
_CODE: Final = "it takes a function as an argument, which is code, and code of a file is never run"
_NAN: Final = "it treats NaN as missing; training stops at NaN instead"
_SHAPES: Final = "the shape of its result depends on the numbers, and plans have fixed shapes"
_SOURCE: Final = (
    "It makes numbers out of none of the model's tensors, so that it is never a node of a saved model."
)
_RARE: Final = "no layer and no published model of Keras uses it as a node"
_IMAGES: Final = "it prepares images before training; preprocess the data instead"
_SORTED: Final = "it picks by the order of numbers along axes; sort and take do the same"

LEFT_OUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("Angle", "Imag", "FFT", "FFT2", "IFFT2", "RFFT", "IRFFT", "STFT", "ISTFT", "ViewAsComplex", "ViewAsReal",
         "Polar", "Eig"),
        _COMPLEX,
    ),
    **dict.fromkeys(
        ("Cholesky", "CholeskyInverse", "Det", "Eigh", "Inv", "LuFactor", "Qr", "Solve", "SolveTriangular", "SVD",
         "Lstsq", "MatrixRank", "Pinv", "Logdet", "Slogdet", "Corrcoef"),
        _FACTORS,
    ),
    **dict.fromkeys(
        ("Map", "Scan", "AssociativeScan", "Switch", "WhileLoop", "ForiLoop", "Cond", "VectorizedMap", "JVP"), _CODE
    ),
    **dict.fromkeys(
        ("Nanargmax", "Nanargmin", "Nancumsum", "Nancumprod", "Nanmax", "Nanmean", "Nanmedian", "Nanmin",
         "Nanpercentile", "Nanprod", "Nanquantile", "Nanstd", "Nansum", "Nanvar"),
        _NAN,
    ),
    **dict.fromkeys(("Nonzero", "Unique", "Bincount"), _SHAPES),
    **dict.fromkeys(("Arange", "Array", "Full", "Geomspace", "Linspace", "Logspace", "Meshgrid"), _SOURCE),
    **dict.fromkeys(
        ("Median", "Percentile", "Quantile", "Argpartition", "Histogram", "Digitize", "SearchSorted"), _SORTED
    ),
    **dict.fromkeys(
        ("RGBToHSV", "HSVToRGB", "AffineTransform", "MapCoordinates", "PerspectiveTransform", "GaussianBlur",
         "ElasticTransform", "ScaleAndTranslate", "SobelEdges", "SSIM"),
        _IMAGES,
    ),
    **dict.fromkeys(
        ("AllClose", "View", "Diagflat", "Gcd", "Lcm", "I0", "IsIn", "Isreal", "Conjugate", "Conj", "Real",
         "UnravelIndex", "Signbit", "Nextafter", "Trapezoid", "Vander", "Correlate", "Select", "ArraySplit", "Dsplit",
         "Sparsemax", "CTCLoss", "CTCDecode", "PSNR", "Unfold", "Fold", "SegmentReduction", "SegmentSum", "SegmentMax",
         "SegmentMin", "SegmentProd", "ExtractSequences", "Scatter", "ScatterUpdate"),
        _RARE,
    ),
}  # fmt: skip
