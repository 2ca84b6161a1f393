"""Read a table that a person uploaded, CSV or XLSX, without believing it.

Everything comes back as text, dates in ISO form. Refused with a code: a file that is
too large, packed to explode, encoded unreadably, holds formulas, or is no table.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook  # type: ignore[import-untyped]

BYTES_MAX = 10_000_000
# What a workbook of that size may become when it is unpacked.
UNPACKED_BYTES_MAX = 120_000_000
PACKED_FILES_MAX = 500
ROWS_MAX = 50_000
COLUMNS_MAX = 60
CELL_CHARS_MAX = 2_000
_ZIP = b"PK\x03\x04"
# Other things that people upload by mistake: old Excel, PDF, pictures, archives.
_NOT_TEXT = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")
# A formula in Excel: a sign and something that is not just a number.
_FORMULA = re.compile(r"[=@]|[+\-][^0-9 (.]|[+\-][0-9 ().\-]*[^0-9 ().\-]")


class SheetError(Exception):
    """The file is refused; ``code`` says why, ``line`` where (0: the whole file)."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


@dataclass(frozen=True)
class Sheet:
    """Header cells and rows; a row is (line number in the file, cells)."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheet(content: bytes) -> Sheet:
    """Return the first table of a CSV or XLSX file. Raises SheetError."""
    if not content.strip():
        raise SheetError("file_empty")
    if len(content) > BYTES_MAX:
        raise SheetError("file_too_large")
    lines = _xlsx(content) if content.startswith(_ZIP) else _csv(content)
    rows: list[tuple[int, tuple[str, ...]]] = []
    for line, cells in lines:
        if not any(cells):
            continue
        _check(line, cells)
        rows.append((line, cells))
        if len(rows) > ROWS_MAX + 1:
            raise SheetError("file_too_many_rows")
    if len(rows) < 2:
        raise SheetError("file_empty")
    return Sheet(rows[0][1], tuple(rows[1:]))


def _check(line: int, cells: tuple[str, ...]) -> None:
    if len(cells) > COLUMNS_MAX:
        raise SheetError("file_not_a_table", line)
    for cell in cells:
        if len(cell) > CELL_CHARS_MAX:
            raise SheetError("file_cell_too_long", line)
        if _FORMULA.match(cell):
            raise SheetError("file_formula", line)


def _csv(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    if content.startswith(_NOT_TEXT):
        raise SheetError("file_unknown_kind")
    text = _decoded(content)
    if "\0" in text:
        raise SheetError("file_unknown_kind")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(";,\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, tuple(cell.strip() for cell in cells)
    except csv.Error as error:
        raise SheetError("file_not_a_table", reader.line_num) from error


def _decoded(content: bytes) -> str:
    """Return the text of UTF-8, or of Excel's Latin alphabet if it reads as words."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]", text):
            return text
    raise SheetError("file_encoding")


def _xlsx(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    _check_package(content)
    try:
        # Not data_only: a formula must be seen as one, whatever it last showed.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for line, cells in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX + 1), 1):
            if any(cell.data_type == "f" for cell in cells):
                raise SheetError("file_formula", line)
            texts = [_text(cell.value) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            yield line, tuple(texts)
    except SheetError:
        raise
    except Exception as error:  # the library raises whatever a broken file causes
        raise SheetError("file_not_a_table") from error


def _check_package(content: bytes) -> None:
    """Refuse a package that unpacks to too much, or whose XML defines entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            files = package.infolist()
            if len(files) > PACKED_FILES_MAX:
                raise SheetError("file_too_large")
            # zipfile never unpacks more than what is declared here.
            if sum(file.file_size for file in files) > UNPACKED_BYTES_MAX:
                raise SheetError("file_too_large")
            if "[Content_Types].xml" not in package.namelist():
                raise SheetError("file_unknown_kind")
            for file in files:
                if file.filename.endswith((".xml", ".rels")):
                    with package.open(file) as part:
                        # A definition stands before the first element.
                        if b"<!" in part.read(1000):
                            raise SheetError("file_not_a_table")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise SheetError("file_not_a_table") from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def safe_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Return a CSV that Excel opens with its accents and runs nothing of."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(
            "'" + cell if cell.startswith(("=", "@", "\t", "\r")) else cell
            for cell in row
        )
    return out.getvalue().encode("utf-8-sig")
