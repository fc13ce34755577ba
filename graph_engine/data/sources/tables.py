"""Text tables, also such that name pictures."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from graph_engine.data.csv_files import CsvOptions, read_csv
from graph_engine.data.errors import DataError
from graph_engine.data.sources.base import FileReader
from graph_engine.data.sources.pictures import PictureSize, picture_column
from graph_engine.data.table import Table
from graph_engine.params import boolean, choice, text


class Csv(FileReader):
    """A text file of values with separators, plain or compressed with gzip."""

    title = "Text table (.csv, .tsv)"
    endings: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz")
    separator: str = text("", help="Character between values; empty: found from the first lines.")
    decimal: str | None = choice(
        None, (".", ","), optional=True, help="Character before decimals; none: found from the first lines."
    )
    encoding: str = text("", help="How characters are stored, such as utf-8 or latin-1; empty: found.")
    header: bool = boolean(True, help="Whether the first line names the columns.")
    skip: bool = boolean(False, help="Leave out lines with too many or too few values, and say which.")

    def read(self, path: Path) -> Table:
        options = CsvOptions(self.separator, self.decimal or "", self.encoding, self.header, self.skip)
        return read_csv(path, options)


class PictureTable(PictureSize, Csv):
    """A text table with a column of paths, which start at the table's folder, and become pictures."""

    title = "Text table that names pictures"
    endings = ()
    column: str = text("", help="The column that holds the paths.")

    def read(self, path: Path) -> Table:
        table = super().read(path)
        if not self.column:
            raise DataError(f"{path.name}: choose the column that holds the paths of the pictures")
        files = [path.parent / str(name) for name in table[self.column].tolist()]
        others = {name: lambda name=name: table[name] for name in table if name != self.column}
        return Table(path.name, {self.column: picture_column(files, self.size), **others}, table.remarks)
