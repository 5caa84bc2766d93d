"""The judge: verdicts on candidate executables against one original.

Tiers, cheapest evidence first: *identical* text, a *proof*, then *tested* on the vectors of `reference`. Every mismatch carries a
counterexample that was seen to differ in wasmtime. Invariant: a candidate can only make its own verdict worse, never stop the judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature
from transpile.corpus.wasm import WasmFunction, WasmModule
from transpile.verify import driver, policy
from transpile.verify.driver import UnusableModule, WrongType
from transpile.verify.identical import NormalForm, normal, same_text
from transpile.verify.reference import FUEL, Reference, study, target
from transpile.verify.render import explain
from transpile.verify.shrink import shrink
from transpile.verify.types import Executable, Verdict

_FEW = 16
"""Fewer usable inputs than this (of a function that has parameters) are no test."""


def judge(
    original: Executable,
    candidates: Sequence[Executable],
    signature: Signature,
    *,
    inputs: int = 1024,
    seed: int = 0,
    fuel: int = FUEL,
    normal_form: NormalForm | None = normal,
    aliasing: bool = True,
) -> list[Verdict]:
    """One verdict per candidate, in order.

    The original is run once on `inputs` vectors, then every candidate on the same. `fuel`: wasm instructions that the original may use on
    one input. `normal_form` gives a text that equivalent functions share more often than the canonical one; None compares that alone.
    Raises TranspileError when the original cannot be loaded or does not have the signature's wasm type.
    """
    jury = Jury(original, signature, inputs=inputs, seed=seed, fuel=fuel, normal_form=normal_form, aliasing=aliasing)
    return [jury.judge(candidate) for candidate in candidates]


class Jury:
    """One original, studied once (when the first candidate needs it); `judge` may be called as candidates come in."""

    def __init__(
        self,
        original: Executable,
        signature: Signature,
        *,
        inputs: int = 1024,
        seed: int = 0,
        fuel: int = FUEL,
        normal_form: NormalForm | None = normal,
        aliasing: bool = True,
    ) -> None:
        self.original, self.signature, self.normal_form = original, signature, normal_form
        self.options = {"inputs": inputs, "seed": seed, "fuel": fuel, "aliasing": aliasing}
        self._reference: Reference | None = None

    @property
    def reference(self) -> Reference:
        if self._reference is None:
            self._reference = study(self.original, self.signature, **self.options)
        return self._reference

    def judge(self, candidate: Executable) -> Verdict:
        try:
            target(candidate, self.signature)
        except WrongType as error:
            return Verdict("wrong_signature", evidence="another wasm type", detail=str(error))
        except UnusableModule as error:
            return Verdict("compile_error", evidence="not a module that runs", detail=str(error))
        return self._compare_text(candidate) or self._test(candidate)

    def _compare_text(self, candidate: Executable) -> Verdict | None:
        pair = [_function(one) for one in (self.original, candidate)]
        if pair[0] is None or pair[1] is None:
            return None
        evidence = same_text(pair[0], pair[1], self.normal_form)
        return Verdict("identical", evidence=evidence) if evidence else None

    def _test(self, candidate: Executable) -> Verdict:
        reference = self.reference
        vectors, expected = reference.vectors, reference.outcomes
        common = {"set_aside": reference.set_aside, "coverage": reference.coverage}
        if len(vectors) < (_FEW if self.signature.parameters else 1):
            why = f"the original takes {len(vectors)} of {len(vectors) + reference.set_aside} inputs"
            return Verdict("inconclusive", len(vectors), evidence="too few usable inputs", detail=why, **common)
        compiled = target(candidate, self.signature)
        try:
            got = compiled.run(vectors.arguments(), vectors.arenas, fuel=reference.candidate_fuel, expected=expected.status)
        except UnusableModule as error:
            return Verdict("compile_error", evidence="not a module that runs", detail=str(error))
        ran = int((got.status != driver.NOT_RUN).sum())
        differs = np.flatnonzero(policy.differences(vectors.layout, expected, got))
        if not len(differs):
            return Verdict("tested", ran, evidence=_evidence(ran, reference.coverage), **common)
        detail = ""
        if vectors.aliased()[differs].all():
            detail = "only inputs with overlapping pointers were seen to differ"
        found = shrink(reference, compiled, differs) or explain(vectors, int(differs[0]), expected, got, int(differs[0]))
        return Verdict("mismatch", ran, counterexample=found, evidence=found.text, detail=detail, **common)


@lru_cache(maxsize=64)
def _parsed(wasm: bytes) -> WasmModule:
    return WasmModule.parse(wasm)


def _function(executable: Executable) -> WasmFunction | None:
    """The function as our decoder sees it; None for modules beyond its limits."""
    try:
        return _parsed(executable.wasm).function(executable.export)
    except TranspileError:
        return None


def _evidence(inputs: int, coverage: float | None) -> str:
    if coverage is None:
        return f"{inputs:,} inputs"
    # Rounded down: 99.9 % must not read as all.
    return f"{inputs:,} inputs, {int(100 * coverage)} % of branches"
