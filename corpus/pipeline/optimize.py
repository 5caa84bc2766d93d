"""Optimize pairs: one function compiled in several ways, and what each way costs.

The same source at every level of its language and through `wasm-opt` is equivalent by construction; the cheapest text (fuel over a few inputs,
`fuel.py`) is what the others could become. Invariant: `to_fuel` < `fuel`, both ran the same inputs to the end, and neither calls anything that the
other does not know: at -O0 much of a language's library is not inlined, and such a text does not say what it does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.compiled import text_of
from transpile.corpus.language import Language, language
from transpile.corpus.pairs import FunctionPair, OptimizePair, extended, read_signature, source_function
from transpile.corpus.wasm.fuel import Meter, Run, inputs_of
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wasm_opt import optimize, wasm_opt_version
from transpile.corpus.wasm.wat_text import split_data

DECODED = "2"
"""The level of decode pairs."""
MAX_WORDS = 800
_CALL = re.compile(r"\bcall (\S+)")


@dataclass(frozen=True, slots=True)
class _Variant:
    level: str
    wat: str
    runs: tuple[Run, ...]


class _Module:
    """A batch's module: parsed, and ready to be run."""

    def __init__(self, wasm: bytes) -> None:
        self.parsed = WasmModule.parse(wasm)
        self.meter = Meter(wasm)


def optimize_pairs(pairs: Sequence[FunctionPair], drops: Counter[str]) -> Iterator[OptimizePair]:
    """For each decode pair whose WAT is not another's of its group, its dearer texts, each with the cheapest one."""
    seen: set[tuple[str, str]] = set()
    by_language: dict[str, list[FunctionPair]] = {}
    for pair in pairs:
        if (pair.group, pair.wat) not in seen:
            seen.add((pair.group, pair.wat))
            by_language.setdefault(pair.language, []).append(pair)
    for name, chosen in by_language.items():
        variants = _variants(language(name), chosen, drops)
        for pair, found in zip(chosen, variants, strict=True):
            yield from _rows(pair, found, drops)


def _variants(tongue: Language, pairs: Sequence[FunctionPair], drops: Counter[str]) -> list[list[_Variant]]:
    """What each pair's source compiles to, in every way, that one first which the pair holds."""
    sources = [source_function(pair) for pair in pairs]
    signatures = [read_signature(pair.signature) for pair in pairs]
    inputs = [inputs_of(signature) for signature in signatures]
    out: list[list[_Variant]] = [[] for _ in pairs]
    drops["optimize: types without inputs"] += sum(one is None for one in inputs)
    for i, source in enumerate(sources):
        if inputs[i] is not None and any(c.is_declared_only for c in source.callees):
            drops["optimize: calls what is declared only"] += 1
            inputs[i] = None
    todo = [i for i, one in enumerate(inputs) if one is not None]
    for level in (DECODED, *(one for one in tongue.levels if one != DECODED)):
        modules: dict[bytes, list[tuple[str, _Module]]] = {}
        for i, result in zip(todo, compile_batch(tongue, [sources[i] for i in todo], level=level), strict=True):
            if not isinstance(result, Compiled):
                drops["optimize: compile error"] += 1
                continue
            if result.wasm not in modules:
                modules[result.wasm] = [(level, _Module(result.wasm))]
                better = optimize(result.wasm) if level == DECODED else None
                if level == DECODED and better is None and wasm_opt_version():
                    drops["optimize: wasm-opt refuses a batch"] += 1
                if better is not None:
                    modules[result.wasm].append((f"{level}+wasm-opt", _Module(better)))
            for how, module in modules[result.wasm]:
                wat, why = text_of(module.parsed, result)
                known = inputs[i]
                assert known is not None
                if any(v.wat == wat for v in out[i]):
                    continue
                if why or len(wat.split()) > MAX_WORDS:
                    drops[f"optimize: {why or 'too long'}"] += 1
                elif out[i] and split_data(wat)[1] and not split_data(out[i][0].wat)[1]:
                    # A trap's file name and line, which are those of the unit and not of the function.
                    drops["optimize: static data"] += 1
                elif out[i] and not set(_CALL.findall(wat)) <= set(_CALL.findall(out[i][0].wat)):
                    drops["optimize: calls the library"] += 1
                else:
                    out[i].append(_Variant(how, wat, tuple(module.meter.runs(result.export, signatures[i], known))))
    return out


def _rows(pair: FunctionPair, variants: Sequence[_Variant], drops: Counter[str]) -> Iterator[OptimizePair]:
    if not variants or variants[0].wat != pair.wat:
        drops["optimize: compiles to another text alone"] += 1
        return
    first = variants[0]
    same = [v for v in variants if all(a.outcome == b.outcome or None in (a.outcome, b.outcome) for a, b in zip(first.runs, v.runs, strict=True))]
    drops["optimize: behaves otherwise"] += len(variants) - len(same)
    ended = [i for i in range(len(first.runs)) if all(v.runs[i].outcome not in (None, ("trap",)) for v in same)]
    if not ended:
        drops["optimize: no input runs to the end"] += 1
        return
    costs = {v.level: sum(v.runs[i].fuel for i in ended) for v in same}
    best = min(same, key=lambda v: (costs[v.level], len(v.wat)))
    tools = f"{pair.compiler}, {wasm_opt_version()}" if any("wasm-opt" in v.level for v in variants) else pair.compiler
    for v in same:
        if costs[v.level] > costs[best.level]:
            yield extended(
                pair, OptimizePair, wat=v.wat, level=v.level, compiler=tools,
                to_level=best.level, to_wat=best.wat, fuel=costs[v.level], to_fuel=costs[best.level], inputs=len(ended),
            )  # fmt: skip
