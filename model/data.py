"""Training examples: pairs encoded once, sampled across languages, batched by length.

A group holds one program in several languages; an example reads the WAT of one and writes the source of another, drawn anew each epoch.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from transpile.corpus.pairs import FunctionPair, read_corpus
from transpile.tokenizer.vocabulary import END, PAD, language_tag

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SOURCE_WEIGHT = {"c": 10.0, "cpp": 3.0, "zig": 1.5, "rust": 1.5}
TARGET_WEIGHT = {"rust": 20.0, "c": 3.0, "zig": 2.0, "cpp": 1.0}
"""How often a language is read and written, relative to the others (1 for one not named)."""
LEVEL_WEIGHT = {"2": 0.4}
"""How often a compilation is read beside one that keeps the loops of its source (`Language.as_written`), which is what users' files are compiled to."""
REAL_REPEATS = 3
"""Groups that were not generated are drawn this many times an epoch."""


@dataclass(frozen=True, slots=True)
class Row:
    """One pair as ids: encoder input, decoder sequence, and how many of the latter are the forced prefix."""

    language: str
    level: str
    wat: np.ndarray
    target: np.ndarray
    prefix: int


@dataclass(frozen=True, slots=True)
class Example:
    wat: np.ndarray
    target: np.ndarray
    prefix: int


def encode_rows(tokenizer: Tokenizer, pairs: Sequence[FunctionPair]) -> list[Row]:
    """Encode pairs in one batch; ids as uint16."""
    task = tokenizer.token_to_id("<decode>")
    wats = tokenizer.encode_batch_fast([p.wat for p in pairs], add_special_tokens=False)
    preludes = tokenizer.encode_batch_fast([p.prelude for p in pairs], add_special_tokens=False)
    bodies = tokenizer.encode_batch_fast([p.body for p in pairs], add_special_tokens=False)
    rows = []
    for pair, wat, prelude, body in zip(pairs, wats, preludes, bodies, strict=True):
        tag = tokenizer.token_to_id(language_tag(pair.language))
        target = np.array([END, tag, *prelude.ids, *body.ids, END], np.uint16)
        rows.append(Row(pair.language, pair.level, np.array([task, *wat.ids, END], np.uint16), target, 2 + len(prelude.ids)))
    return rows


def load_groups(corpora: Sequence[Path], tokenizer: Tokenizer, split: str, *, limit: int = 0) -> list[list[Row]]:
    """The groups of one split of some corpora, those that were not generated repeated; `limit` > 0 stops after that many pairs."""
    groups: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for number, corpus in enumerate(corpora):
        chunk: list[FunctionPair] = []
        seen = 0
        for pair in read_corpus(corpus):
            if pair.split != split or (limit and seen >= limit):
                continue
            seen += 1
            chunk.append(pair)
            if len(chunk) == 20_000:
                _add(groups, number, chunk, tokenizer)
                chunk = []
        _add(groups, number, chunk, tokenizer)
    out = []
    for (_, name), rows in groups.items():
        out += [rows] * (REAL_REPEATS if not name.startswith("generated/") and split == "train" else 1)
    return out


def _add(groups: dict, number: int, pairs: list[FunctionPair], tokenizer: Tokenizer) -> None:
    for pair, row in zip(pairs, encode_rows(tokenizer, pairs) if pairs else [], strict=True):
        groups[number, pair.group].append(row)


def draw(rows: Sequence[Row], rng: random.Random) -> Example:
    """One example of a group: whose WAT is read, whose source is written."""
    several = Counter(r.language for r in rows)
    source = rng.choices(rows, [SOURCE_WEIGHT.get(r.language, 1.0) * LEVEL_WEIGHT.get(r.level, 1.0) for r in rows])[0]
    target = rng.choices(rows, [TARGET_WEIGHT.get(r.language, 1.0) / several[r.language] for r in rows])[0]
    return Example(source.wat, target.target, target.prefix)


def epoch(groups: Sequence[Sequence[Row]], rng: random.Random, batch_tokens: int, *, pool: int = 8192, max_length: int = 1024) -> Iterator[list[Example]]:
    """Batches of one pass over the groups: at most `batch_tokens` padded tokens each, of like lengths, in random order."""
    order = list(range(len(groups)))
    rng.shuffle(order)
    for start in range(0, len(order), pool):
        examples = [draw(groups[i], rng) for i in order[start : start + pool]]
        examples = [e for e in examples if len(e.wat) <= max_length and len(e.target) <= max_length]
        # By encoder length in steps of 16, then by decoder length: batches then hold a tenth of padding (a fifth when sorted by the sum).
        examples.sort(key=lambda e: (len(e.wat) // 16, len(e.target)))
        batches: list[list[Example]] = []
        batch: list[Example] = []
        wat = target = 0
        for e in examples:
            wat, target = max(wat, len(e.wat)), max(target, len(e.target))
            if batch and (wat + target) * (len(batch) + 1) > batch_tokens:
                batches.append(batch)
                batch, wat, target = [], len(e.wat), len(e.target)
            batch.append(e)
        if batch:
            batches.append(batch)
        rng.shuffle(batches)
        yield from batches


PREFIX_LOSS = 0.1
"""Weight of the loss on the prelude, which is forced whenever a signature is known."""


def collate(batch: Sequence[Example]):
    """Tensors of a batch: encoder ids (B, S), their mask (B, S), decoder inputs (B, T), labels (B, T), loss weights (B, T)."""
    import torch

    wat = np.full((len(batch), max(len(e.wat) for e in batch)), PAD, np.int64)
    target = np.full((len(batch), max(len(e.target) for e in batch)), PAD, np.int64)
    weight = np.zeros((len(batch), target.shape[1] - 1), np.float32)
    for i, e in enumerate(batch):
        wat[i, : len(e.wat)] = e.wat
        target[i, : len(e.target)] = e.target
        weight[i, : e.prefix - 1] = PREFIX_LOSS
        weight[i, e.prefix - 1 : len(e.target) - 1] = 1.0
    wat_tensor, target_tensor = torch.from_numpy(wat), torch.from_numpy(target)
    return (
        wat_tensor,
        (wat_tensor != PAD).long(),
        target_tensor[:, :-1].contiguous(),
        target_tensor[:, 1:].contiguous(),
        torch.from_numpy(weight),
    )
