"""Everything that a study has come to, as one ZIP."""

import hashlib
import io
import json
import zipfile

import pandas as pd

from trust_study import frames, report
from trust_study.store.database import Database
from trust_study.store.studies import Kept
from trust_study.summary import Summary, of_tables, packed

MANIFEST = "SHA256SUMS"


def archive(database: Database, kept: Kept) -> bytes:
    """The ZIP: tables, results, report, frozen study, codebook, and the sums (`sha256sum -c`)."""
    long = frames.long(database, kept)
    trials = frames.trials(kept.study, long)
    people = frames.participants(database, kept)
    found = of_tables(kept.study, people, long)
    tables = {
        "participants": people,
        "long": long,
        "wide": frames.wide(long),
        "trials": trials,
        "events": frames.events(database, kept),
        "scores": found.scores,
        "differences": found.differences,
        "items": found.items,
        "calibration": found.calibration,
        "codebook": _codebook(),
    }
    files = {f"{name}.csv": _csv(table) for name, table in tables.items()}
    files["study.json"] = kept.study.document.encode()
    files["results.json"] = _json(found)
    files["report.html"] = report.as_html(kept.study, found).encode()
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    files[MANIFEST] = "".join(sums).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def _json(found: Summary) -> bytes:
    """The results; null where there is too little to say."""
    return json.dumps(packed(found), indent=1, ensure_ascii=False).encode()


def _codebook() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (f"{table}.csv", column, meaning)
            for table, columns in frames.CODEBOOK.items()
            for column, meaning in columns.items()
        ],
        columns=["file", "column", "meaning"],
    )


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()
