"""A worker decodes with the service's engine: over the socket, wherever the folder is, and only as long as the worker is there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from transpile.corpus.errors import TranspileError
from transpile.serve.decoder import MAX_INPUT, Request, Sample, Sampling, default_checkpoint
from transpile.serve.http import lend
from transpile.tokenizer.vocabulary import load

WAT = "func i32 -> i32 ; local.get p0 i32.const 3 i32.mul end"
REQUEST = Request(WAT, "rust", "pub fn f0 ( p0 : i32 ) -> i32 {")


class Engine:
    """Says the same whatever it is asked; waits for ever at temperature 9, fails at 8."""

    tokenizer = load(default_checkpoint() / "tokenizer.json")

    def __init__(self) -> None:
        self.asked: list[Sampling] = []
        self.cancelled = 0

    async def generate(self, source: Sequence[int], prefix: Sequence[int], how: Sampling) -> list[Sample]:
        self.asked.append(how)
        if how.temperature == 8:
            raise TranspileError("no more", hint="later")
        try:
            await asyncio.sleep(3600 if how.temperature == 9 else 0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        texts = ["p0 * 3 }", "p0 * 2 }"][: how.samples]
        return [Sample(self.tokenizer.encode(text, add_special_tokens=False).ids, [], -1.0 - i, True) for i, text in enumerate(texts)]

    def stop(self) -> None: ...


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Path]:
    """A worker's folder, deeper than a socket's address may be long, and we in it."""
    folder = tmp_path / "a-rather-long-name-of-a-folder" / ("x" * 100) / "tasks"
    (folder / "task").mkdir(parents=True)
    before = Path.cwd()
    os.chdir(folder / "task")
    yield folder
    os.chdir(before)


def run(workplace: Path, engine: Engine, work: Callable[[lend.BorrowedDecoder], Any]) -> Any:
    async def main() -> Any:
        async with lend.Lender(engine, workplace):
            return await asyncio.to_thread(work, lend.BorrowedDecoder(None))

    return asyncio.run(main())


def test_candidates_come_over_the_socket(workplace: Path) -> None:
    engine = Engine()
    found = run(workplace, engine, lambda decoder: decoder.decode([REQUEST, REQUEST], samples=5, seed=7))
    assert [[(c.code, c.logprob, c.engine) for c in one] for one in found] == [[("p0 * 3 }", -1.0, "model"), ("p0 * 2 }", -2.0, "model")]] * 2
    assert [(a.samples, a.temperature, a.seed) for a in engine.asked] == [(1, 0.0, None), (4, 0.8, 7)] * 2


def test_a_function_that_is_too_long_is_not_asked_for(workplace: Path) -> None:
    engine = Engine()
    long = Request("func ; " + "nop " * MAX_INPUT + "end", "rust", REQUEST.prelude)
    assert run(workplace, engine, lambda decoder: decoder.decode([long], samples=1, seed=0)) == [[]]
    assert not engine.asked


def test_a_language_that_the_model_was_never_shown_is_not_asked_for(workplace: Path) -> None:
    engine = Engine()

    def work(decoder: lend.BorrowedDecoder) -> Any:
        decoder.languages = frozenset({"c"})
        return decoder.decode([REQUEST, replace(REQUEST, language="c")], samples=1, seed=0)

    assert [len(found) for found in run(workplace, engine, work)] == [0, 1]
    assert len(engine.asked) == 1


def test_an_engine_that_refuses_says_why(workplace: Path) -> None:
    with pytest.raises(TranspileError, match="no more") as raised:
        run(workplace, Engine(), lambda decoder: decoder.decode([REQUEST], samples=2, seed=0, temperature=8))
    assert raised.value.hint == "later"


def test_what_a_dead_worker_asked_for_ends(workplace: Path) -> None:
    engine = Engine()

    async def main() -> None:
        async with lend.Lender(engine, workplace):
            _, writer = await asyncio.open_unix_connection(f"../{lend.NAME}")
            writer.write(b'{"source": [5], "prefix": [6], "how": {"temperature": 9}}\n')
            async with asyncio.timeout(10):
                while not engine.asked:
                    await asyncio.sleep(0.01)
            writer.close()
            for _ in range(500):
                if engine.cancelled:
                    return
                await asyncio.sleep(0.01)

    asyncio.run(main())
    assert engine.cancelled == 1
