"""Records, shards and the split."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.corpus.errors import TranspileError
from transpile.corpus.pairs import (
    COLUMNS,
    FixPair,
    FunctionPair,
    LintPair,
    OptimizePair,
    callees_json,
    extended,
    read_corpus,
    read_shard,
    read_signature,
    signature_json,
    source_function,
    write_shard,
)
from transpile.corpus.pipeline import splits
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

SIGNATURE = Signature(
    "f0", (Parameter("p0", "S0", pointer=True, const=True, length=1), Parameter("p1", "i32")), "i64", (Struct("S0", (("m0", "i8"), ("m1", "i64"))),)
)


def pair(group: str, wat: str, **changes: str) -> FunctionPair:
    row = FunctionPair(
        group, "c", "f0", "int64_t f0 ( ) {", "return 1 ; }", wat, signature_json(SIGNATURE), "[]", "2", "cc", "generated", "Apache-2.0", "train"
    )
    return replace(row, **changes)


def test_signature_json_is_lossless() -> None:
    assert read_signature(signature_json(SIGNATURE)) == SIGNATURE


def test_struct_layout() -> None:
    assert SIGNATURE.structs[0].layout() == ((("m0", "i8", 0), ("m1", "i64", 8)), 16)


def test_a_row_compiles_alone() -> None:
    helper = SourceFunction("c", Signature("c0", (), "i32"), "int32_t c0(void) { return 1; }")
    row = pair("a", "func", callees=callees_json((helper,)))
    source = source_function(row)
    assert source.callees[0].signature.name == "c0"
    assert source.text.endswith("{ return 1 ; }")


def test_shards_are_lossless_and_whole(tmp_path: Path) -> None:
    rows = [pair(f"g{i}", f"func {i}") for i in range(10)]
    write_shard(tmp_path / "part-00000.parquet", rows)
    assert list(read_shard(tmp_path / "part-00000.parquet")) == rows
    assert [p.name for p in tmp_path.iterdir()] == ["part-00000.parquet"]


def optimized(row: FunctionPair) -> OptimizePair:
    return extended(row, OptimizePair, to_level="3", to_wat="func", fuel=20, to_fuel=10, inputs=8)


def fix(row: FunctionPair, kind: type[FixPair] = FixPair) -> FixPair:
    return extended(row, kind, mistake="missing cast", broken="int f", fixed="int g", diagnostics="[]", checker="cc 1")


def test_rows_of_all_kinds_are_lossless_in_files_of_one_schema(tmp_path: Path) -> None:
    import pyarrow.dataset
    import pyarrow.parquet as pq

    decode = pair("g", "func")
    rows = {"part": decode, "optimize": optimized(decode), "fix": fix(decode), "lint": fix(decode, LintPair)}
    for name, row in rows.items():
        write_shard(tmp_path / f"{name}-00000.parquet", [row])
        assert list(read_shard(tmp_path / f"{name}-00000.parquet", type(row))) == [row]
        assert pq.read_schema(tmp_path / f"{name}-00000.parquet").names == list(COLUMNS)
    together = pyarrow.dataset.dataset(sorted(tmp_path.glob("*.parquet"))).to_table().to_pylist()
    assert sorted(row["kind"] for row in together) == ["decode", "fix", "lint", "optimize"]
    assert next(r for r in together if r["kind"] == "decode")["fuel"] is None
    assert list(read_corpus(tmp_path)) == [decode]
    assert list(read_corpus(tmp_path, LintPair)) == [rows["lint"]]


def test_corpora_of_before_there_were_kinds_are_read(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = pair("g", "func")
    names = list(COLUMNS)[1:14]
    pq.write_table(pa.table({name: [getattr(row, name)] for name in names}), tmp_path / "part-00000.parquet")
    assert names[-1] == "split" and list(read_corpus(tmp_path)) == [row]
    assert list(read_corpus(tmp_path, FixPair)) == []


def test_every_column_is_documented() -> None:
    from transpile.corpus import pairs

    for name, kind in COLUMNS.items():
        assert re.search(rf"^    {name} +{kind} +\S", pairs.__doc__ or "", re.M), name


def test_datasets_reads_shards_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    decode = pair("g", "func")
    write_shard(tmp_path / "part-00000.parquet", [decode])
    write_shard(tmp_path / "optimize-00000.parquet", [optimized(decode), optimized(decode)])
    read = datasets.load_dataset("parquet", data_files=f"{tmp_path}/*.parquet", split="train", cache_dir=str(tmp_path / "cache"))
    assert len(read) == 3 and set(read.features) == set(COLUMNS)
    assert sorted(read["kind"]) == ["decode", "optimize", "optimize"]
    assert read.filter(lambda r: r["kind"] == "optimize")[0]["fuel"] == 20


def test_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(TranspileError) as caught:
        list(read_corpus(tmp_path))
    assert "corpus build" in caught.value.hint


def finish(tmp_path: Path, rows: dict[str, list[FunctionPair]]) -> list[FunctionPair]:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, pairs in rows.items():
        write_shard(raw / f"{name}.parquet", pairs)
        (raw / f"{name}.json").write_text("{}")
    splits.finish(tmp_path, list(rows), set)
    return list(read_corpus(tmp_path))


def test_rows_of_other_kinds_follow_their_pair(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    seen, held_out = wats()
    rows = [pair("a/0", seen), pair("a/1", held_out), pair("a/2", seen)]
    write_shard(raw / "a.parquet", rows)
    write_shard(raw / "a.optimize.parquet", map(optimized, rows))
    write_shard(raw / "a.fix.parquet", map(fix, rows))
    write_shard(raw / "a.lint.parquet", [])
    (raw / "a.json").write_text("{}")
    manifest = splits.finish(tmp_path, ["a"], set, None, ("decode", "optimize", "fix"))
    assert manifest["kinds"] == {"decode": 2, "optimize": 2, "fix": 2, "lint": 0}
    for kind in (FunctionPair, OptimizePair, FixPair):
        assert [(r.group, r.split) for r in read_corpus(tmp_path, kind)] == [("a/0", "train"), ("a/1", "novel")]
    assert manifest["dropped"]["optimize: of a dropped pair"] == 1


def wats() -> tuple[str, str]:
    """A text that is trained on and one that is held out."""
    texts = [f"func i32 -> i32 ; local.get p0 {'i32.eqz ' * i}end" for i in range(3000)]
    return next(t for t in texts if not splits.is_novel(t)), next(t for t in texts if splits.is_novel(t))


def test_duplicates_go_over_the_whole_corpus(tmp_path: Path) -> None:
    seen, _ = wats()
    rows = finish(tmp_path, {"a": [pair("a/0", seen), pair("a/0", seen, language="cpp")], "b": [pair("b/0", seen)]})
    assert [(r.group, r.language) for r in rows] == [("a/0", "c"), ("a/0", "cpp")]


def test_a_program_with_a_held_out_skeleton_in_any_language_is_not_trained_on(tmp_path: Path) -> None:
    seen, held_out = wats()
    rows = finish(tmp_path, {"a": [pair("a/0", seen), pair("a/0", held_out, language="rust")]})
    assert {r.split for r in rows} == {"novel"}


def test_constants_do_not_change_the_split() -> None:
    _, held_out = wats()
    for constant in ("1", "-7", "0x9e3779b9"):
        text = held_out.replace("end", f"i32.const {constant} i32.add end")
        assert splits.is_novel(text) == splits.is_novel(held_out.replace("end", "i32.const 5 i32.add end"))


def test_shapes_of_held_out_natural_functions_are_not_trained_on(tmp_path: Path) -> None:
    seen, _ = wats()
    name = min(splits.held_out_names())
    natural = pair(f"natural/{name}", seen + " i32.const 1", name=name, origin="natural/x")
    rows = finish(tmp_path, {"natural-x": [natural], "a": [pair("a/0", seen + " i32.const 2")]})
    assert [(r.group, r.split) for r in rows] == [(f"natural/{name}", "natural")]
