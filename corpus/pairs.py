"""`FunctionPair`, the corpus's one record type, and its Parquet shards.

Schema of a shard, one row a (source, WAT) pair; rows of one `group` are the same program in several languages, so that the WAT of
one may be read and the source of another written:

    group      string  program id, unique over the corpus
    language   string  of `prelude` + `body`, and what `wat` was compiled from
    name       string  the function's name as written (`f0` for generated programs)
    prelude    string  canonical structs, prototypes of callees and header, up to and with `{`
    body       string  canonical body, up to and with the closing `}`
    wat        string  canonical WAT
    signature  string  JSON of the C ABI signature (`signature_json`)
    callees    string  JSON list of the functions it calls, each with signature, text and its own callees, so that a row compiles alone
    level      string  optimization level
    compiler   string  name and version
    origin     string  `generated`, `natural/<file>`, or owner/name@revision:path for real code
    licence    string  SPDX id, `unknown` where none was found
    split      string  train, novel (held out by skeleton), natural (hand-written, held out by name) or real (of a held-out repository)
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text


@dataclass(frozen=True, slots=True)
class FunctionPair:
    """One row of the corpus; fields as in the module's docstring."""

    group: str
    language: str
    name: str
    prelude: str
    body: str
    wat: str
    signature: str
    callees: str
    level: str
    compiler: str
    origin: str
    licence: str
    split: str


FIELDS = tuple(f.name for f in dataclasses.fields(FunctionPair))


def signature_json(signature: Signature) -> str:
    """A signature as one line of JSON."""
    return json.dumps(_signature(signature), separators=(",", ":"))


def _signature(signature: Signature) -> dict:
    """As JSON has it: what a struct need not say is left out."""
    raw = dataclasses.asdict(signature)
    for struct in raw["structs"]:
        if not struct["lengths"]:
            del struct["lengths"]
    return raw


def read_signature(text: str) -> Signature:
    """The inverse of `signature_json`."""
    raw = json.loads(text)
    return Signature(
        raw["name"],
        tuple(Parameter(**p) for p in raw["parameters"]),
        raw["result"],
        tuple(Struct(s["name"], _pairs(s["fields"]), _pairs(s.get("lengths", ()))) for s in raw["structs"]),
    )


def _pairs(raw: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one, two) for one, two in raw)


def callees_json(callees: Sequence[SourceFunction]) -> str:
    """Callees with their texts in canonical form, as JSON."""
    return json.dumps([_plain(c) for c in callees], separators=(",", ":"))


def _plain(source: SourceFunction) -> dict:
    return {
        "signature": _signature(source.signature),
        "text": canonical_text(source.text),
        "callees": [_plain(c) for c in source.callees],
    }


def source_function(pair: FunctionPair) -> SourceFunction:
    """A row as the function that it holds, ready to be compiled."""
    signature = read_signature(pair.signature)
    header = canonical_text(language(pair.language).write_header(signature))
    callees = tuple(_source(c, pair.language) for c in json.loads(pair.callees))
    return SourceFunction(pair.language, signature, f"{header} {pair.body}", callees)


def _source(raw: dict, language: str) -> SourceFunction:
    signature = read_signature(json.dumps(raw["signature"]))
    return SourceFunction(language, signature, raw["text"], tuple(_source(c, language) for c in raw["callees"]))


def write_shard(path: Path, pairs: Iterable[FunctionPair]) -> int:
    """Write one Parquet file whole or not at all; returns the number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = list(pairs)
    table = pa.table({f: pa.array([getattr(r, f) for r in rows], pa.string()) for f in FIELDS})
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    pq.write_table(table, temporary, compression="zstd")
    temporary.replace(path)
    return len(rows)


def read_shard(path: Path) -> Iterator[FunctionPair]:
    """Rows of one Parquet file, in order."""
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(4096, columns=list(FIELDS)):
        columns = [batch.column(f).to_pylist() for f in FIELDS]
        for row in zip(*columns, strict=True):
            yield FunctionPair(*row)


def shards(folder: str | Path) -> list[Path]:
    """The finished shards of a corpus. Raises TranspileError where there are none."""
    folder = Path(folder)
    found = sorted(folder.glob("part-*.parquet"))
    if not found:
        raise TranspileError(f"no corpus in {folder}", hint="build one with `corpus build --out DIR`")
    return found


def read_corpus(folder: str | Path) -> Iterator[FunctionPair]:
    """All pairs of a corpus, shard by shard."""
    for path in shards(folder):
        yield from read_shard(path)
