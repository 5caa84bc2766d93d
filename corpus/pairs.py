"""The corpus's records and its Parquet shards: what compilers say of a function, as rows of four kinds.

A corpus is a folder: `part-*.parquet` (kind decode), `optimize-*.parquet`, `fix-*.parquet`, `lint-*.parquet` and `manifest.json`. All rows of all kinds
have the same columns, so that any of the files can be read together, as they are, by `datasets.load_dataset("parquet", data_files=...)` and
everything else that reads Parquet; columns of other kinds are null. Rows of one `group` are the same program, in several languages. Columns:

    kind       string  decode: `prelude` + `body` compiles to `wat`
                       optimize: `wat` at `level` and `to_wat` at `to_level` are compiled from the same source; the latter needs less fuel
                       fix: `broken` does not compile, `diagnostics` is what the compiler says of it, `fixed` is what it was made from
                       lint: as fix, but `broken` compiles, and `diagnostics` are warnings that `fixed` does not get
    group      string  program id, unique over the corpus
    language   string  of `prelude` + `body`, and what `wat` was compiled from
    name       string  the function's name as written (`f0` for generated programs)
    prelude    string  canonical structs, prototypes of callees and header, up to and with `{`
    body       string  canonical body, up to and with the closing `}`
    wat        string  canonical WAT
    signature  string  JSON of the C ABI signature (`signature_json`)
    callees    string  JSON list of the functions it calls, each with signature, text and its own callees, so that a row compiles alone; a text
                       that ends in `;` is a prototype: of that function only the type is known, and the module imports it
    level      string  optimization level of `wat`, or `as-written` (`Language.as_written`)
    compiler   string  name and version
    origin     string  `generated`, `natural/<file>`, or owner/name@revision:path for real code
    licence    string  SPDX id, `unknown` where none was found
    split      string  train, novel (held out by skeleton), natural (hand-written, held out by name) or real (of a held-out repository)
    to_level   string  optimize: 0, 1, 2, 3, s, or one of these with `+wasm-opt`
    to_wat     string  optimize: canonical WAT at `to_level`
    fuel       int64   optimize: wasmtime's fuel (instructions executed) of `wat`, summed over `inputs` inputs
    to_fuel    int64   optimize: the same of `to_wat`
    inputs     int64   optimize: inputs that both ran to the end, with equal results and memory
    mistake    string  fix, lint: what was done to the source, in a word or two
    broken     string  fix, lint: the function with the mistake, laid out in lines
    fixed      string  fix, lint: the function without it, laid out alike
    diagnostics string fix, lint: JSON list of {"line", "message"}, lines counted from 1 in `broken`, null where none was named
    checker    string  fix, lint: who says so, name and version

Corpora built before there were kinds have the first thirteen columns alone; they are read as decode rows.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text

Row = TypeVar("Row", bound="FunctionPair")


@dataclass(frozen=True, slots=True)
class FunctionPair:
    """A row of kind decode, and what all rows have; fields as in the module's docstring."""

    kind: ClassVar[str] = "decode"
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


@dataclass(frozen=True, slots=True)
class OptimizePair(FunctionPair):
    """A row of kind optimize; `wat` and `level` are those before."""

    kind: ClassVar[str] = "optimize"
    to_level: str
    to_wat: str
    fuel: int
    to_fuel: int
    inputs: int


@dataclass(frozen=True, slots=True)
class FixPair(FunctionPair):
    """A row of kind fix."""

    kind: ClassVar[str] = "fix"
    mistake: str
    broken: str
    fixed: str
    diagnostics: str
    checker: str


@dataclass(frozen=True, slots=True)
class LintPair(FixPair):
    """A row of kind lint."""

    kind: ClassVar[str] = "lint"


KINDS: dict[str, type[FunctionPair]] = {one.kind: one for one in (FunctionPair, OptimizePair, FixPair, LintPair)}
COLUMNS = {"kind": "string"} | {
    f.name: "int64" if f.type == "int" else "string" for one in KINDS.values() for f in dataclasses.fields(one)
}
"""Every column of a shard, in order, with its type."""
_FILES = {"decode": "part"}
"""What the files of a kind are called, where it is not the kind's name."""


def extended(pair: FunctionPair, kind: type[Row], **values: str | int) -> Row:
    """A pair as a row of another kind, with the values that it has more; fields of the pair may be given too."""
    own = {f.name: getattr(pair, f.name) for f in dataclasses.fields(FunctionPair)}
    return kind(**(own | values))


def signature_json(signature: Signature) -> str:
    """A signature as one line of JSON."""
    return json.dumps(_signature(signature), separators=(",", ":"))


def _signature(signature: Signature) -> dict:
    """As JSON has it: what a struct need not say is left out."""
    raw = dataclasses.asdict(signature)
    if not signature.variadic:
        del raw["variadic"]
    for struct in raw["structs"]:
        if struct["align"] == 1:
            del struct["align"]
        if not struct["lengths"]:
            del struct["lengths"]
    # What values a number may have is the judge's business, and what may overlap the lifter's.
    for one in (raw, *raw["parameters"], *raw["structs"]):
        for name in ("gives", "domain", "domains", "raw", "reference"):
            one.pop(name, None)
    return raw


def read_signature(text: str) -> Signature:
    """The inverse of `signature_json`."""
    raw = json.loads(text)
    return Signature(
        raw["name"],
        tuple(Parameter(**p) for p in raw["parameters"]),
        raw["result"],
        tuple(Struct(s["name"], _pairs(s["fields"]), _pairs(s.get("lengths", ())), align=s.get("align", 1)) for s in raw["structs"]),
        raw.get("variadic", False),
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
    types = {"string": pa.string(), "int64": pa.int64()}
    table = pa.table({name: pa.array([getattr(row, name, None) for row in rows], types[kind]) for name, kind in COLUMNS.items()})
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    pq.write_table(table, temporary, compression="zstd")
    temporary.replace(path)
    return len(rows)


def read_shard(path: Path, kind: type[Row] = FunctionPair) -> Iterator[Row]:
    """Rows of one Parquet file, in order, all of one kind."""
    import pyarrow.parquet as pq

    names = [f.name for f in dataclasses.fields(kind)]
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(4096, columns=names):
            for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                yield kind(*row)


def file_name(kind: str, part: int) -> str:
    """The name of a finished shard."""
    return f"{_FILES.get(kind, kind)}-{part:05}.parquet"


def shards(folder: str | Path, kind: str = "decode") -> list[Path]:
    """The finished shards of a corpus that hold rows of a kind. Raises TranspileError where there is no corpus."""
    folder = Path(folder)
    found = {one: sorted(folder.glob(f"{_FILES.get(one, one)}-*.parquet")) for one in KINDS}
    if not any(found.values()):
        raise TranspileError(f"no corpus in {folder}", hint="build one with `corpus build --out DIR`")
    return found[kind]


def read_corpus(folder: str | Path, kind: type[Row] = FunctionPair) -> Iterator[Row]:
    """All rows of a kind of a corpus, shard by shard."""
    for path in shards(folder, kind.kind):
        yield from read_shard(path, kind)
