"""What a file is, told from its first bytes: for the sentence about what cannot be read."""

import re
from typing import NamedTuple

_TO_TEXT = "Save it as plain text (.txt), or copy the text and paste it."
_TO_TABLE = "Save it as .xlsx or CSV, and choose that."
_IS_PICTURE = "Pictures are brought under “Pictures”, above."


class FileKind(NamedTuple):
    """What a file is, and what to do with it where text or a table is wanted."""

    name: str
    remedy: str


_MODEL = re.compile(r"\.(onnx|pth?|h5|keras|tflite|skops|pkl|joblib)$", re.IGNORECASE)
DOCUMENTS = (
    "an Excel workbook",
    "a Word document",
    "an OpenDocument table",
    "an OpenDocument file",
)
_WORKBOOK = FileKind("an Excel workbook", "Bring it under “Texts in a table”.")
_KINDS = (  # how files begin, within the first 4,096 bytes
    (rb"\x89PNG\r\n\x1a\n", FileKind("a PNG picture", _IS_PICTURE)),
    (rb"\xff\xd8\xff", FileKind("a JPEG picture", _IS_PICTURE)),
    (rb"RIFF.{4}WEBP", FileKind("a WebP picture", _IS_PICTURE)),
    (rb"II[*+]\0|MM\0[*+]", FileKind("a TIFF picture", _IS_PICTURE)),
    (rb"GIF8", FileKind("a GIF picture", _IS_PICTURE)),
    (rb"BM.{4}\0\0\0\0", FileKind("a BMP picture", _IS_PICTURE)),
    (rb".{4}ftyp(hei|hev|mif1|msf1)", FileKind("a HEIC picture", _IS_PICTURE)),
    (rb".{4}ftypavi[fs]", FileKind("an AVIF picture", _IS_PICTURE)),
    (rb".{4}ftyp", FileKind("a film", "Bring text.")),
    (rb"8BPS", FileKind("a Photoshop file", _IS_PICTURE)),
    (rb"%PDF", FileKind("a PDF document", _TO_TEXT)),
    (rb"\{\\rtf", FileKind("an RTF document", _TO_TEXT)),
    (rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis\.opendocument\.spreadsheet",
     FileKind("an OpenDocument table", _TO_TABLE)),
    (rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis\.opendocument",
     FileKind("an OpenDocument file", _TO_TEXT)),
    (rb"PK\x03\x04.{26}Index/", FileKind("a Numbers or Pages file", "Export it as CSV or text.")),
    (rb"PK\x03\x04", FileKind("a zip", "Unpack it, and choose the file that is in it.")),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
     FileKind("an Office file of the old kind (.xls, .doc) or one with a password",
              "Save it as .xlsx without a password, as CSV or as text.")),
    (rb"\x1f\x8b|BZh[1-9]1AY|7z\xbc\xaf\x27\x1c|Rar!|\xfd7zXZ\0",
     FileKind("a compressed file", "Unpack it, and choose the file that is in it.")),
    (rb"PAR1", FileKind("a Parquet file", "Bring it under “Texts in a table”.")),
    (rb"SQLite format 3\0", FileKind("a database", "Save the table as CSV.")),
    (rb"(\xef\xbb\xbf)?\s*<(\?xml|!--|!DOCTYPE\s+svg|svg)[^\0]*<svg|\s*<svg",
     FileKind("an SVG drawing", "Save it as PNG, and bring it under “Pictures”.")),
)  # fmt: skip


def kind_of(data: bytes) -> FileKind | None:
    """What a file is; None if its first bytes do not tell, as those of a text do not."""
    if is_workbook(data):
        return _WORKBOOK
    start = data[:4096]
    for pattern, kind in _KINDS:
        if re.match(pattern, start, re.DOTALL | re.IGNORECASE):
            if kind.name == "a zip" and b"word/document.xml" in data:
                return FileKind("a Word document", _TO_TEXT)
            return kind
    return None


def is_named_as_a_model(name: str) -> bool:
    """Whether a file is called as those that hold a model are."""
    return _MODEL.search(name) is not None


def is_workbook(data: bytes) -> bool:
    """Whether this is a zip with an Excel workbook in it (.xlsx, .xlsm), or says that it is."""
    return data.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in data
