"""The judge: verdicts on candidate executables against one original.

Tiers: *identical* text; else *tested* on the vectors of `reference`, and what passes is *proved* where that is cheap. Every mismatch
carries a counterexample that was seen to differ in wasmtime. Invariant: a candidate can only make its own verdict worse, never stop the judge.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature
from transpile.corpus.wasm.module import WasmFunction
from transpile.verify import driver, functions, policy, proof
from transpile.verify.borrow import borrow
from transpile.verify.challenge import challenge
from transpile.verify.driver import Outcomes, Target, UnusableModule, WrongType
from transpile.verify.identical import NormalForm, normal, same_text
from transpile.verify.layout import Vectors
from transpile.verify.places import problem
from transpile.verify.reference import FUEL, Accepts, Reference, study, target
from transpile.verify.render import explain
from transpile.verify.sequences import compare
from transpile.verify.shared import hidden, keeps_state
from transpile.verify.shrink import LITTLE, lightest, shrink
from transpile.verify.thin import parsed, reachable, thin
from transpile.verify.types import Executable, Verdict

_PROOF_BUDGET = 1.0
"""Seconds after which z3 is not asked about further candidates of one original."""

_SHRINK_BUDGET = 0.3
"""Seconds for minimizing counterexamples of all candidates of one original; later ones get the simplest vector that differed."""

OVERLAPPING = "only inputs with overlapping pointers were seen to differ"

MAY_END = "whether the candidate ends can't be told"

AFTER_OTHERS = "seen after other calls only"

_LONGEST = 50_000
"""Instructions of a function and its callees up to which texts are compared and proofs tried; longer ones are only tested."""

_MOSTLY = 0.5
"""Share of the inputs that were set aside from which on the evidence says so."""

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
    accepts: Accepts | None = None,
    thorough: bool = False,
    alone: bool = True,
) -> list[Verdict]:
    """One verdict per candidate, in order.

    The original is run once on `inputs` vectors, then every candidate on the same. `fuel`: wasm instructions that the original may use on
    one input. `normal/form.py` gives a text that equivalent functions share more often than the canonical one; None compares that alone.
    `accepts`: the user's preconditions, a mask over vectors. `thorough`: take seconds for proofs about loops.
    `alone`: nobody judges the function together with those that it shares variables with (`together`).
    Raises TranspileError when the original cannot be loaded or does not have the signature's wasm type.
    """
    jury = Jury(original, signature, inputs=inputs, seed=seed, fuel=fuel, normal_form=normal_form, aliasing=aliasing, accepts=accepts,
                thorough=thorough, alone=alone)  # fmt: skip
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
        accepts: Accepts | None = None,
        thorough: bool = False,
        alone: bool = True,
    ) -> None:
        """As for `judge`."""
        self.alone, self.functions = alone, functions.are_mentioned(signature)
        if self.functions:
            original = replace(functions.named(original), guard=original.guard and functions.named(original.guard))
        self.thorough = thorough
        self.original, self.signature, self.normal_form, self.seed = original, signature, normal_form, seed
        self._study = partial(study, original, signature, inputs=inputs, seed=seed, fuel=fuel, aliasing=aliasing, accepts=accepts)
        self._reference: Reference | None = None
        self._every: Outcomes | None = None
        self._proof_seconds = self._shrink_seconds = 0.0

    @property
    def reference(self) -> Reference:
        if self._reference is None:
            self._reference = self._study()
        return self._reference

    def judge_alone(self, candidate: Executable) -> Verdict:
        """Like `judge`; but where the candidate differs, and does not with the original's callees, then that, and `detail` says so."""
        whole = self.judge(candidate)
        if whole.status != "mismatch":
            return whole
        borrowed = borrow(candidate, self.original)
        if borrowed is None:
            return whole
        alone = self.judge(borrowed[0])
        if not alone.verified:
            return whole
        return replace(alone, detail=f"with the original's {', '.join(borrowed[1])}; with its own: {whole.evidence}")

    def judge(self, candidate: Executable) -> Verdict:
        """The verdict on the candidate as it is, with all that it calls."""
        verdict = self._judge(functions.named(candidate) if self.functions and not candidate.functions else candidate)
        if self.alone and verdict.verified and (unseen := hidden(self.original)):
            # Nothing that the function does later tells what it set.
            return replace(verdict, status="inconclusive", evidence=f"sets {', '.join(unseen)}, which only other functions read", detail=verdict.evidence)
        return verdict

    def test(self, candidate: Executable) -> Verdict:
        """The verdict by running both alone: on inputs, on more that the candidate's code suggests, and over sequences of calls."""
        try:
            compiled = target(candidate, self.signature)
        except WrongType as error:
            return Verdict("wrong_signature", evidence="another wasm type", detail=str(error))
        except UnusableModule as error:
            return _unusable(error)
        tested = self._test(compiled)
        if tested.status == "mismatch" and tested.detail == AFTER_OTHERS:
            found = self._again(compiled, replace(tested, status="tested"))
            return found if found.status == "mismatch" else tested
        if tested.status == "tested":
            tested = self._challenge(candidate, compiled, tested)
        return self._weigh(self._again(compiled, tested) if tested.status == "tested" else tested)

    def _judge(self, candidate: Executable) -> Verdict:
        undriven = problem(self.signature)
        if undriven:
            return Verdict("inconclusive", evidence="types that the judge cannot drive", detail=undriven)
        try:
            compiled = target(candidate, self.signature)
        except WrongType as error:
            return Verdict("wrong_signature", evidence="another wasm type", detail=str(error))
        except UnusableModule as error:
            return _unusable(error)
        pair = [_function(one) for one in (self.original, candidate)]
        if pair[0] is None or pair[1] is None:
            return self._test(compiled)
        evidence = same_text(pair[0], pair[1], self.normal_form, self.signature)
        if evidence:
            try:
                compiled.start()
            except UnusableModule as error:
                return _unusable(error)
            return Verdict("identical", evidence=evidence)
        tested = self._test(compiled)
        if tested.status == "tested":
            tested = self._prove(pair[0], pair[1], compiled, tested)
        if tested.status == "tested":
            tested = self._challenge(candidate, compiled, tested)
        if tested.status == "tested" and any(keeps_state(reachable(one.module, one.name)) for one in pair):
            tested = self._again(compiled, tested)
        return self._weigh(tested)

    def _weigh(self, tested: Verdict) -> Verdict:
        """`tested`, or "inconclusive" where the inputs show too little: most were set aside, and in no other some buffer had more than one element."""
        if tested.status != "tested" or tested.set_aside < _MOSTLY * (tested.inputs + tested.set_aside):
            return tested
        vectors = self.reference.vectors
        longest = vectors.extents().max(axis=0)
        parameters = self.signature.parameters
        short = [parameters[s.parameter].name for s, most in zip(vectors.layout.slots, longest, strict=True)
                 if s.parameter is not None and (s.length is not None or s.shape is not None) and most <= 1]  # fmt: skip
        if not short:
            return tested
        return replace(tested, status="inconclusive", evidence=f"no input with two elements behind {', '.join(short)} could be used", detail=tested.evidence)

    def _test(self, compiled: Target) -> Verdict:
        reference, compiled.reused = self.reference, True
        vectors, expected = reference.vectors, reference.outcomes
        common: dict[str, Any] = {"set_aside": reference.set_aside, "coverage": reference.coverage, "unreached": reference.unreached}
        if len(vectors) < (_FEW if self.signature.parameters else 1):
            why = f"the original takes {len(vectors)} of {len(vectors) + reference.set_aside} inputs"
            return Verdict("inconclusive", len(vectors), evidence="too few usable inputs", detail=why, **common)
        endless = ""
        try:
            got = compiled.run(vectors.arguments(), vectors.arenas, fuel=reference.candidate_fuel, expected=expected.status)
            differs = policy.differences(vectors.layout, expected, got)
            slow = differs & (got.status == driver.OUT_OF_FUEL)
            late = shrink(reference, compiled, vectors.take(slow)) if differs.any() and (differs == slow).all() else None
            if late and late.counterexample is None:
                # Not endless, only slower than can be waited for: what it does in less is compared, the rest set aside.
                got = compiled.run(vectors.arguments(), vectors.arenas, fuel=LITTLE)
                slow = got.status == driver.OUT_OF_FUEL
                got.status[slow] = driver.NOT_RUN
                common["set_aside"] += int(slow.sum())
                endless = late.open
                if (~slow).sum() < max(_FEW, len(vectors) // 8):
                    why = _endless(endless) if endless else ""
                    return Verdict("inconclusive", int((~slow).sum()), evidence="the candidate is too slow to compare", detail=why, **common)
        except UnusableModule as error:
            return _unusable(error)
        ran = int((got.status != driver.NOT_RUN).sum())
        differs = np.flatnonzero(policy.differences(vectors.layout, expected, got))
        if not len(differs):
            if endless:
                return Verdict("inconclusive", ran, evidence=MAY_END, detail=_endless(endless), **common)
            ratio = _fuel_ratio(reference, compiled, got) if ran == len(vectors) else None
            tested = Verdict("tested", fuel_ratio=ratio, **common)
            return _with_inputs(tested, ran)
        detail = ""
        if vectors.aliased()[differs].all():
            detail = OVERLAPPING
        found = None
        if self._shrink_seconds < _SHRINK_BUDGET:
            started = time.process_time()
            found = shrink(reference, compiled, vectors.take(differs)).counterexample
            self._shrink_seconds += time.process_time() - started
        if found is None:
            simplest = int(differs[lightest(vectors.take(differs))])
            found = explain(vectors, simplest, expected, got, simplest)
            detail = detail or (AFTER_OTHERS if self._shrink_seconds < _SHRINK_BUDGET else "")
        return Verdict("mismatch", ran, counterexample=found, evidence=found.text, detail=detail, **common)

    def _prove(self, left: WasmFunction, right: WasmFunction, compiled: Target, tested: Verdict) -> Verdict:
        """`tested`, or better evidence: a proof, or a counterexample that the tests missed."""
        functions = [*reachable(left.module, left.name), *reachable(right.module, right.name)]
        every = proof.all_inputs(self.signature)
        if every is not None and self.reference.accepts is not None:
            every = every[self.reference.accepts(self._vectors(every))]
        if every is not None and proof.stateless(functions):
            differing = self._compare_all(every, compiled)
            if differing is None:
                return tested
            if not len(differing):
                return replace(tested, status="proved", inputs=len(every), evidence=f"all {len(every):,} inputs")
            return self._replay(differing, compiled, tested)
        loops = any(name == "loop" for function in functions for name, _, _ in function.instructions)
        if self._proof_seconds > _PROOF_BUDGET or not proof.provable(functions) or (loops and not self.thorough):
            return tested
        started = time.process_time()
        answer = proof.prove(left, right, self.signature)
        self._proof_seconds += time.process_time() - started
        if answer.proved:
            return replace(tested, status="proved", evidence="by z3, for all inputs")
        if answer.bounded:
            return replace(tested, detail=f"z3: no input with at most {proof.LOOPS} iterations of each loop makes them differ")
        if answer.arguments is not None:
            return self._replay(np.array([answer.arguments], np.uint64), compiled, tested)
        return tested

    def _challenge(self, candidate: Executable, compiled: Target, tested: Verdict) -> Verdict:
        """`tested` with more inputs, which the candidate's own code suggests, or the mismatch that they show."""
        compared, differing = challenge(self.reference, candidate, compiled, self.seed)
        tested = _with_inputs(tested, compared)
        return tested if differing is None else self._found(differing, compiled, tested)

    def _again(self, compiled: Target, tested: Verdict) -> Verdict:
        """`tested`, or the mismatch that other sequences of calls show."""
        try:
            compared = compare(self.reference, compiled, self.seed)
        except UnusableModule as error:
            return _unusable(error)
        found, inputs = compared.counterexample, tested.inputs + compared.calls
        if found is not None:
            return replace(tested, status="mismatch", inputs=inputs, counterexample=found, evidence=found.text, detail=compared.before)
        if compared.open:
            return replace(tested, status="inconclusive", inputs=inputs, evidence=MAY_END, detail=_endless(compared.open))
        return _with_inputs(tested, compared.calls)

    def _compare_all(self, every: np.ndarray, compiled: Target) -> np.ndarray | None:
        """The rows of `every` on which the two differ; None where the original cannot take every input."""
        vectors = self._vectors(every)
        if self._every is None:
            plain = target(thin(self.original), self.signature)
            self._every = plain.run(vectors.arguments(), vectors.arenas, fuel=self.reference.fuel)
        expected = self._every
        if policy.unusable(expected.status, vectors.layout.wide).any():
            return None
        got = compiled.run(vectors.arguments(), vectors.arenas, fuel=self.reference.candidate_fuel, expected=expected.status)
        return every[policy.differences(vectors.layout, expected, got)]

    def _replay(self, rows: np.ndarray, compiled: Target, tested: Verdict) -> Verdict:
        """A mismatch, if one of these inputs shows it in wasmtime and the original can take it; else `tested`."""
        return self._found(self._vectors(rows), compiled, tested)

    def _found(self, vectors: Vectors, compiled: Target, tested: Verdict) -> Verdict:
        found, endless = shrink(self.reference, compiled, vectors)
        if endless:
            return replace(tested, status="inconclusive", evidence=MAY_END, detail=_endless(endless))
        if found is None:
            return tested
        detail = OVERLAPPING if vectors.aliased().all() else ""
        return replace(tested, status="mismatch", counterexample=found, evidence=found.text, detail=detail)

    def _vectors(self, rows: np.ndarray) -> Vectors:
        vectors = Vectors.blank(self.reference.layout, len(rows))
        vectors.values[:] = rows
        return vectors.settle()


def _function(executable: Executable) -> WasmFunction | None:
    """The function as our decoder sees it; None for modules beyond its limits, and for code so long that texts and proofs would take minutes."""
    try:
        module = parsed(executable.wasm)
        return module.function(executable.export) if sum(len(f.instructions) for f in reachable(module, executable.export)) <= _LONGEST else None
    except TranspileError:
        return None


def _fuel_ratio(reference: Reference, compiled: Target, got: Outcomes) -> float | None:
    """Fuel of the candidate over that of the original, without what the driver itself uses."""
    overhead = len(got.status) * driver.overhead(compiled, reference.layout.stride)
    used = reference.outcomes.fuel - overhead
    return round(max(0, got.fuel - overhead) / used, 3) if used > 0 else None


def _endless(call: str) -> str:
    return f"{call} does not end in a hundred million steps, and was not seen to go round in a circle"


def _unusable(error: UnusableModule) -> Verdict:
    return Verdict("compile_error", evidence="not a module that runs", detail=str(error))


def _with_inputs(tested: Verdict, more: int) -> Verdict:
    """The verdict with more inputs counted, and its evidence in words: how many were set aside, too, where those are the most."""
    inputs = tested.inputs + more
    evidence = f"{inputs:,} inputs"
    if tested.coverage is not None:
        # Rounded down: 99.9 % must not read as all.
        evidence += f", {int(100 * tested.coverage)} % of branches"
    aside = tested.set_aside / max(1, inputs + tested.set_aside)
    if aside >= _MOSTLY:
        evidence += f", {int(100 * aside)} % of inputs set aside"
    return replace(tested, inputs=inputs, evidence=evidence)
