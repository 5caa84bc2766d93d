"""Does a grammar raise the share of functions that are verified? The same functions decoded by vLLM with and without it, compiled and judged alike.

Both ways get a greedy candidate and samples of the same seed. Prints one JSON object: for each way the share of functions with a verified candidate,
the share by the greedy one alone, and the share of candidates that compile (as written, and after repair); and how many of the candidates that were
written freely the grammar would not have let through. Needs `.venv-vllm` (tools/install-vllm) and the compilers.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from transpile.corpus.batch import Compiled, compile_with_repairs
from transpile.corpus.constants import copy_constants
from transpile.corpus.language import language
from transpile.corpus.pairs import FunctionPair, source_function
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.model.evaluate import GROUP, choose
from transpile.serve.decoder import MAX_INPUT, MAX_OUTPUT, default_checkpoint
from transpile.serve.grammar import grammar
from transpile.serve.vllm.engine import engine_arguments, prompt
from transpile.tokenizer.vocabulary import END, decode, encode_prefix, encode_wat, load
from transpile.verify.judge import Jury
from transpile.verify.originals import of_sources
from transpile.verify.types import Executable

WAYS = ("free", "grammar")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--split", default="natural")
    parser.add_argument("--target", default="rust", choices=("rust", "c"))
    parser.add_argument("--functions", type=int, default=60)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--inputs", type=int, default=512)
    arguments = parser.parse_args()
    started = time.monotonic()
    chosen = [pair for pair, _ in choose(arguments.corpus, arguments.split, "c", arguments.target, 10 * arguments.functions, arguments.seed)]
    chosen = [pair for pair in chosen if pair.callees == "[]"][: arguments.functions]
    written, rejected = candidates(chosen, arguments.target, arguments.samples, arguments.seed)
    decoded = time.monotonic()
    counts = {way: judge(chosen, written[way], arguments.target, arguments.inputs, arguments.seed) for way in WAYS}
    report: dict[str, Any] = {"split": arguments.split, "target": arguments.target, "functions": len(chosen), "samples": arguments.samples}
    for way, count in counts.items():
        report[way] = {key: round(count[key] / len(chosen), 4) for key in ("verified", "greedy")}
        report[way] |= {key: round(count[key] / max(count["candidates"], 1), 4) for key in ("compiles", "as written", "ended")}
        report[way]["distinct candidates"] = count["candidates"]
    report |= {"rejected by the grammar": rejected, "seconds": [round(decoded - started), round(time.monotonic() - decoded)], "load": os.getloadavg()}
    print(json.dumps(report))


def candidates(chosen: list[FunctionPair], target: str, samples: int, seed: int) -> tuple[dict[str, list[list[tuple[str, bool]]]], float]:
    """For each way and function the distinct bodies, the greedy one first, with whether they came to an end; the share of free ones off the grammar."""
    from vllm import LLM, SamplingParams
    from vllm.sampling_params import StructuredOutputsParams

    llm, tokenizer = LLM(**engine_arguments(None, {})), load(default_checkpoint() / "tokenizer.json")
    prompts, rules = [], []
    for pair in chosen:
        signature = source_function(pair).signature
        source = encode_wat(tokenizer, pair.wat)
        prefix = encode_prefix(tokenizer, target, canonical_text(language(target).write_prelude(signature, [])))
        prompts.append(prompt(source if len(source) <= MAX_INPUT else [*source[: MAX_INPUT - 1], END], prefix))
        rules.append(grammar(target, signature))
    out: dict[str, list[list[tuple[str, bool]]]] = {}
    free: list[list[list[int]]] = []
    for way in WAYS:
        bodies: list[dict[str, bool]] = [{} for _ in chosen]
        for settings in ({"temperature": 0.0}, {"temperature": 0.8, "top_p": 0.98, "seed": seed + 1, "n": samples - 1}):
            held = [StructuredOutputsParams(grammar=one) if way == "grammar" else None for one in rules]
            parameters = [SamplingParams(max_tokens=MAX_OUTPUT, detokenize=False, structured_outputs=h, **settings) for h in held]
            for i, reply in enumerate(llm.generate(prompts, parameters)):
                for one in reply.outputs:
                    bodies[i][copy_constants(decode(tokenizer, [t for t in one.token_ids if t != END]), chosen[i].wat)] = one.finish_reason == "stop"
                if way == "free":
                    free.append([[*one.token_ids] for one in reply.outputs])
        out[way] = [list(b.items()) for b in bodies]
    return out, off_grammar(tokenizer, [*zip([*rules, *rules], free, strict=True)])


def off_grammar(tokenizer: Any, written: list[tuple[str, list[list[int]]]]) -> float:
    import xgrammar

    ordered = [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    info = xgrammar.TokenizerInfo(ordered, vocab_type=xgrammar.VocabType.RAW, stop_token_ids=[END])
    compiler, off, total = xgrammar.GrammarCompiler(info, max_threads=1), 0, 0
    for rule, samples in written:
        compiled = compiler.compile_grammar(xgrammar.Grammar.from_ebnf(rule))
        for ids in samples:
            matcher = xgrammar.GrammarMatcher(compiled)
            off += not all(matcher.accept_token(token) for token in ids)
            total += 1
    return round(off / total, 4)


def judge(chosen: list[FunctionPair], written: list[list[tuple[str, bool]]], target: str, inputs: int, seed: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    writer = language(target)
    for start in range(0, len(chosen), GROUP):
        group, bodies = chosen[start : start + GROUP], written[start : start + GROUP]
        originals = of_sources([source_function(pair) for pair in group])
        headers = [canonical_text(writer.write_header(source_function(pair).signature)) for pair in group]
        sources = [
            (i, SourceFunction(target, source_function(group[i]).signature, f"{headers[i]} {body}")) for i, found in enumerate(bodies) for body, _ in found
        ]
        results = [(i, source, *result) for (i, source), result in zip(sources, compile_with_repairs(writer, [s for _, s in sources]), strict=True)]
        counts["ended"] += sum(ended for found in bodies for _, ended in found)
        for i, pair in enumerate(group):
            original, mine = originals[i], [(fixed is source, result) for owner, source, fixed, result in results if owner == i]
            assert original is not None, pair.group
            jury = Jury(original, source_function(pair).signature, inputs=inputs, seed=seed)
            counts["candidates"] += len(mine)
            counts["compiles"] += sum(isinstance(result, Compiled) for _, result in mine)
            counts["as written"] += sum(plain and isinstance(result, Compiled) for plain, result in mine)
            for number, (_, result) in enumerate(mine):
                if isinstance(result, Compiled) and jury.judge(Executable(result.wasm, result.export)).verified:
                    counts["verified"] += 1
                    counts["greedy"] += number == 0
                    break
    return counts


if __name__ == "__main__":
    main()
