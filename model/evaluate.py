"""What a checkpoint is worth: the share of held-out functions of which one of N candidates is verified, as users would get it.

The WAT of one language is read, another is written, all candidates of many functions are compiled as batches and judged against the
compiled original. Novel (held out by skeleton), natural (hand-written, held out by name) and seen functions are reported apart, always.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from pathlib import Path

from transpile.corpus.batch import Compiled, compile_with_repairs
from transpile.corpus.constants import copy_constants
from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.pairs import FunctionPair, read_corpus, source_function
from transpile.corpus.pipeline.lifted import as_written
from transpile.corpus.pipeline.splits import is_novel
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.corpus.zigcc import AS_WRITTEN
from transpile.tokenizer.vocabulary import decode, encode_prefix, encode_wat, load
from transpile.verify.judge import Jury
from transpile.verify.originals import of_sources
from transpile.verify.types import Executable

GROUP = 8
"""Functions whose candidates are compiled together."""


def choose(corpus: Path, split: str, source: str, target: str, count: int, seed: int) -> list[tuple[FunctionPair, FunctionPair | None]]:
    """Up to `count` functions of a split, drawn by `seed`, each with its row in the target language where there is one."""
    sources: dict[str, FunctionPair] = {}
    targets: dict[str, FunctionPair] = {}
    for pair in read_corpus(corpus):
        if pair.split == split:
            if pair.language == source and (split != "novel" or is_novel(pair.wat)):
                sources[pair.group] = pair
            if pair.language == target:
                targets[pair.group] = pair
    if not sources:
        raise TranspileError(f"no {split} functions in {source} in {corpus}", hint="splits are train, novel, natural and real; see `corpus stats`")
    groups = sorted(sources)
    random.Random(seed).shuffle(groups)
    # A function that calls others is judged with their right translations; without those it can't be compiled.
    usable = [g for g in groups if sources[g].callees == "[]" or g in targets]
    return [(sources[g], targets.get(g)) for g in usable[:count]]


def evaluate(
    checkpoint: Path,
    corpus: Path,
    split: str,
    source: str,
    target: str,
    candidates: int,
    functions: int,
    inputs: int,
    seed: int,
    temperature: float,
    details: Path | None,
    *,
    written: bool | None = None,
) -> dict:
    """Figures of one direction as a JSON-able object: verified, greedy (verified by the first candidate alone), compiles, by status.

    `written`: the model reads the compilation that keeps the loops of the source, else the one of the corpus's row, all that there is of a wasm
    module; None is as `transpile` has it read source files, which depends on what it was trained on. The judge compares with the corpus's row.
    """
    import ctranslate2

    ctranslate2.set_log_level(40)
    tokenizer = load(checkpoint / "tokenizer.json")
    if written is None:
        written = AS_WRITTEN in json.loads((checkpoint / "config.json").read_text()).get("levels", ())
    translator = ctranslate2.Translator(str(checkpoint / "ctranslate2"), device="cpu", compute_type="int8", inter_threads=1, intra_threads=os.cpu_count() or 1)
    ctranslate2.set_random_seed(seed + 1)
    chosen = choose(corpus, split, source, target, functions, seed)
    read = {row.group: row.wat for row in as_written([pair for pair, _ in chosen], Counter())} if written else {}
    writer = language(target)
    counts: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    lines: list[dict] = []
    started = time.monotonic()
    for start in range(0, len(chosen), GROUP):
        group = chosen[start : start + GROUP]
        originals = of_sources([source_function(pair) for pair, _ in group])
        sources: list[SourceFunction] = []
        owners: list[int] = []
        for i, (pair, counterpart) in enumerate(group):
            for code in _decode(translator, tokenizer, pair, read.get(pair.group, pair.wat), target, candidates, temperature):
                sources.append(_candidate(pair, counterpart, target, code))
                owners.append(i)
        repaired = compile_with_repairs(writer, sources)
        results = [result for _, result in repaired]
        unrepaired = [fixed is source and isinstance(result, Compiled) for source, (fixed, result) in zip(sources, repaired, strict=True)]
        for i, (pair, _) in enumerate(group):
            original = originals[i]
            assert original is not None, pair.group
            jury = Jury(original, source_function(pair).signature, inputs=inputs, seed=seed)
            counts["compiled as written"] += sum(a for a, owner in zip(unrepaired, owners, strict=True) if owner == i)
            mine = [r for r, owner in zip(results, owners, strict=True) if owner == i]
            verdicts = []
            for r in mine:
                verdicts.append(jury.judge(Executable(r.wasm, r.export)) if isinstance(r, Compiled) else None)
                if verdicts[-1] is not None and verdicts[-1].verified:
                    break  # one is enough; the share that compiles is counted over all
            good = next((v for v in verdicts if v is not None and v.verified), None)
            counts["functions"] += 1
            counts["verified"] += good is not None
            counts["greedy"] += bool(verdicts) and verdicts[0] is not None and verdicts[0].verified
            counts["candidates"] += len(mine)
            counts["compiled"] += sum(isinstance(r, Compiled) for r in mine)
            statuses[good.status if good else "none"] += 1
            lines.append(
                {
                    "name": pair.group, "verified": good is not None, "status": good.status if good else None, "wat_words": len(pair.wat.split()),
                    "candidates": len(mine), "compiled": sum(isinstance(r, Compiled) for r in mine),
                    "first": next((v.evidence for v in verdicts if v is not None), None),
                    "errors": [r.message for r in mine if not isinstance(r, Compiled)][:3],
                }
            )  # fmt: skip
    if details is not None:
        details.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return {
        "split": split, "source": source, "target": target, "reads": "as written" if written else "level 2",
        "functions": counts["functions"], "candidates_per_function": candidates, "temperature": temperature,
        "verified": round(counts["verified"] / counts["functions"], 4), "greedy": round(counts["greedy"] / counts["functions"], 4),
        "candidates_that_compile": round(counts["compiled"] / max(counts["candidates"], 1), 4),
        "as_written": round(counts["compiled as written"] / max(counts["candidates"], 1), 4),
        "by_status": dict(sorted(statuses.items())), "inputs": inputs, "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip


def _candidate(pair: FunctionPair, counterpart: FunctionPair | None, target: str, code: str) -> SourceFunction:
    signature = source_function(pair).signature
    header = canonical_text(language(target).write_header(signature))
    callees = source_function(counterpart).callees if counterpart is not None else ()
    return SourceFunction(target, signature, f"{header} {code}", callees)


def _decode(translator, tokenizer, pair: FunctionPair, wat: str, target: str, candidates: int, temperature: float) -> list[str]:
    """Distinct bodies: the greedy one first, then samples."""
    function = source_function(pair)
    prelude = canonical_text(language(target).write_prelude(function.signature, [c.signature for c in function.callees]))
    tokens = [tokenizer.id_to_token(i) for i in encode_wat(tokenizer, wat)]
    prefix = [tokenizer.id_to_token(i) for i in encode_prefix(tokenizer, target, prelude)][1:]
    common = {"target_prefix": [prefix], "max_input_length": 0, "max_decoding_length": 768, "beam_size": 1}
    results = translator.translate_batch([tokens], **common)
    if candidates > 1:
        results += translator.translate_batch(
            [tokens], sampling_topk=0, sampling_topp=0.98, sampling_temperature=temperature, num_hypotheses=candidates - 1, **common
        )
    out: dict[str, None] = {}
    for result in results:
        for hypothesis in result.hypotheses:
            ids = [tokenizer.token_to_id(t) for t in hypothesis[len(prefix) :]]
            out[copy_constants(decode(tokenizer, [x for x in ids if x is not None]), wat)] = None
    return list(out)
