"""The judge, measured: how many wrong functions it catches, and how many right ones it rejects.

Three questions, each on the functions of `subjects`:
*kill rate*: of the mutants (of the compiled code, `mutate`, and of the source text, `mutate_text`) that any means shows to differ from their
original, how many does the judge catch at its default budget;
*false rejects*: are the same source at other optimization levels, and the same program in a second language, accepted;
*false accepts*: of the model's candidates that the judge accepts, how many do the stronger means show to differ.
The stronger means are the judge with other seeds and many times the inputs, a fuzzer that also follows the candidate's branches (`fuzz`), and the
solver with more time. What they cannot decide is counted apart, and so is what a proof settles.

Limits: two right functions that only these means call different would count against the judge, and a wrong one that none of them sees counts
for nothing. Pairs of two languages are judged without overlapping pointers, which some of the languages rule out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from random import Random
from typing import Any

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.wasm.module import WasmModule
from transpile.verify.fuzz import Fuzzer
from transpile.verify.judge import Jury
from transpile.verify.mutate import mutants
from transpile.verify.mutate_text import text_mutants
from transpile.verify.originals import of_sources
from transpile.verify.parallel import Lost, each
from transpile.verify.proof import EFFORT, LOOPS, NOTHING, Answer, provable, prove
from transpile.verify.subjects import UNIT, Decoded, Subject, compile_each, decoded, subjects
from transpile.verify.thin import reachable
from transpile.verify.types import Executable, Verdict

LEVELS = ("0", "1", "s", "3")
"""Compared with level 2, which everything is compiled at."""

CODE, TEXT = "code", "text"
_REJECTED = ("mismatch", "wrong_signature", "compile_error")

_CHUNK = 24
_ALL = 500
"""For as many functions all of the model's candidates are judged; for fewer, a share of them."""


@dataclass(frozen=True, slots=True)
class Options:
    """`mutants`: of a function's compiled code; `text`: of its source text. `inputs`: the judge's budget.
    `effort`: seconds of processor time that the stronger means may take for one function. `only`: names to look at again.
    `seconds`: after which no further functions are begun; 0 for no limit."""

    functions: int = _ALL
    mutants: int = 8
    text: int = 4
    inputs: int = 1024
    seed: int = 0
    effort: float = 2.0
    only: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the judge got wrong (or said nothing of): where, what, and what shows it."""

    function: str
    what: str
    verdict: str
    evidence: str
    counterexample: str = ""
    means: str = ""

    def reproduce(self, options: Options) -> str:
        return (f"verify self-test --functions {options.functions} --mutants {options.mutants} --text {options.text} --inputs {options.inputs}"
                f" --seed {options.seed} --effort {options.effort:g} --only {self.function}")  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What was counted, and the findings of each kind. Two tallies add up."""

    counts: Counter[str] = field(default_factory=Counter)
    missed: list[Finding] = field(default_factory=list)
    unsound: list[Finding] = field(default_factory=list)
    rejected: list[Finding] = field(default_factory=list)
    accepted: list[Finding] = field(default_factory=list)
    failed: list[Finding] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.counts.update(other.counts)
        for name in ("missed", "unsound", "rejected", "accepted", "failed"):
            getattr(self, name).extend(getattr(other, name))


@dataclass(frozen=True, slots=True)
class _Task:
    """One language's functions, compiled together; or what the model wrote from one language to another."""

    options: Options
    subjects: tuple[Subject, ...] = ()
    decoded: tuple[Decoded, ...] = ()


def measure(options: Options, jobs: int, progress: Callable[[int, int, str], None] | None = None) -> dict[str, Any]:
    """Everything, as one JSON-able object. Raises TranspileError where `only` names nothing."""
    tasks = _tasks(options)
    # So that what is done within a limit is a fair part of the whole.
    Random(options.seed).shuffle(tasks)
    if not tasks:
        raise TranspileError(f"no function '{options.only}' in this self-test", hint="names depend on --functions and --seed; copy the command printed")
    started = time.monotonic()
    total, done = Tally(), 0
    for done, (task, result) in enumerate(each(_measure, tasks, jobs), 1):
        if isinstance(result, Lost):
            total.failed += [Finding(s.name, "crash", "", result.message) for s in (*task.subjects, *task.decoded)]
        else:
            total.add(result)
        if progress:
            progress(done, len(tasks), "")
        if options.seconds and time.monotonic() - started > options.seconds:
            break
    return report(total, options, time.monotonic() - started) | {"unfinished": round(1 - done / len(tasks), 3)}


def _tasks(options: Options) -> list[_Task]:
    chosen = [s for s in subjects(options.functions, options.seed) if not options.only or s.name == options.only]
    # Enough chunks that all cores have work until the end; languages apart, because they compile apart.
    size = max(4, min(_CHUNK, options.functions // 16))
    groups: dict[str, list[Subject]] = {}
    for one in chosen:
        groups.setdefault(one.language, []).append(one)
    out = [_Task(options, tuple(group[i : i + size])) for group in groups.values() for i in range(0, len(group), size)]
    written: dict[tuple[str, str], list[Decoded]] = {}
    for one in decoded(1.0 if options.only else min(1.0, options.functions / _ALL)):
        if not options.only or one.name == options.only:
            written.setdefault((one.source.language, one.target), []).append(one)
    return out + [_Task(options, (), tuple(group[i : i + size])) for group in written.values() for i in range(0, len(group), size)]


def _measure(task: _Task) -> Tally:
    tally = Tally()
    if task.subjects:
        measure_functions(task.subjects, task.options, tally)
    else:
        _measure_decoded(task.decoded, task.options, tally)
    return tally


def measure_functions(chosen: Sequence[Subject], options: Options, tally: Tally) -> None:
    originals = of_sources([s.source for s in chosen], size=UNIT)
    others: dict[str, list[Executable | None]] = {f"-O{level}": compile_each([s.source for s in chosen], level=level) for level in LEVELS}
    second = _compile_mixed([s.other for s in chosen])
    wrong = _text_mutants(chosen, originals, options)
    for k, (subject, original) in enumerate(zip(chosen, originals, strict=True)):
        if original is None:
            tally.counts["functions not compiled"] += 1
            continue
        tally.counts["functions"] += 1
        tally.counts[f"functions in {subject.language}"] += 1
        try:
            made = [_Made(CODE, f"{m.kind}: {m.what}", m.executable) for m in mutants(original, options.mutants, options.seed)] + wrong[k]
            _measure_mutants(subject, original, made, options, tally)
            _measure_pairs(subject, original, {level: e[k] for level, e in others.items()}, options, tally)
            if subject.other is not None:
                _measure_pairs(subject, original, {subject.other.language: second[k]}, options, tally)
        except TranspileError as error:
            tally.failed.append(Finding(subject.name, "the original", "", error.message))


def _compile_mixed(sources: Sequence[SourceFunction | None]) -> list[Executable | None]:
    out: list[Executable | None] = [None] * len(sources)
    for tongue in sorted({s.language for s in sources if s}):
        places = [k for k, s in enumerate(sources) if s and s.language == tongue]
        for k, executable in zip(places, compile_each([s for s in sources if s and s.language == tongue]), strict=True):
            out[k] = executable
    return out


@dataclass(frozen=True, slots=True)
class _Made:
    """A mutant. `origin`: what was changed, CODE or TEXT."""

    origin: str
    what: str
    executable: Executable


def _text_mutants(chosen: Sequence[Subject], originals: Sequence[Executable | None], options: Options) -> list[list[_Made]]:
    """For every function the wrong texts that compile, to other code each."""
    wanted = [(k, one) for k, s in enumerate(chosen) for one in text_mutants(s.source, 2 * options.text, options.seed)]
    out: list[list[_Made]] = [[] for _ in chosen]
    for (k, one), executable in zip(wanted, compile_each([one.source for _, one in wanted]), strict=True):
        original = originals[k]
        if executable is None or original is None or len(out[k]) == options.text:
            continue
        if all(_code(executable) != _code(other) for other in (original, *(m.executable for m in out[k]))):
            out[k].append(_Made(TEXT, f"{one.kind}: {one.what}", executable))
    return out


def _code(executable: Executable) -> tuple[object, ...]:
    """What a function and its callees do, and the data; not what they are called."""
    module = WasmModule.parse(executable.wasm)
    return tuple((f.type, f.locals, tuple((n, str(i)) for n, i, _ in f.instructions)) for f in reachable(module, executable.export))


def _measure_mutants(
    subject: Subject, original: Executable, made: Sequence[_Made], options: Options, tally: Tally
) -> None:
    jury = Jury(original, subject.signature, inputs=options.inputs, seed=options.seed)
    verdicts = _judge_each(jury, [m.executable for m in made], tally)
    for mutant, verdict in zip(made, verdicts, strict=True):
        tally.counts["mutants"] += 1
        tally.counts[f"{mutant.origin} mutants"] += 1
        if verdict.status in _REJECTED:
            tally.counts["killed"] += 1
            tally.counts[f"{mutant.origin} killed"] += 1
    left = [(m, v) for m, v in zip(made, verdicts, strict=True) if v.status not in _REJECTED]
    shown, equal = stronger(original, [m.executable for m, _ in left], subject.signature, jury, options, tally)
    for k, (mutant, verdict) in enumerate(left):
        finding = Finding(subject.name, f"{mutant.origin}, {mutant.what}", verdict.status, verdict.evidence)
        if k in shown:
            finding = replace(finding, means=shown[k][0], counterexample=shown[k][1])
            tally.missed.append(finding)
            tally.counts[f"{mutant.origin} missed"] += 1
            if verdict.status in ("identical", "proved"):
                tally.unsound.append(finding)
        else:
            settled = verdict.status in ("identical", "proved") or k in equal
            tally.counts["equal by proof" if settled else "undecided" if verdict.verified else verdict.status] += 1


def _measure_pairs(
    subject: Subject, original: Executable, others: dict[str, Executable | None], options: Options, tally: Tally
) -> None:
    """Equivalent by construction: whatever is not verified is the judge's fault, or the pair's."""
    aliasing = all(how.startswith("-O") for how in others) and subject.language != "rust"
    jury = Jury(original, subject.signature, inputs=options.inputs, seed=options.seed, aliasing=aliasing)
    for how, executable in others.items():
        if executable is None:
            tally.counts["pairs not compiled"] += 1
            continue
        verdict = jury.judge(executable)
        tally.counts["pairs"] += 1
        tally.counts[f"pairs {verdict.status}"] += 1
        if not verdict.verified and verdict.status != "inconclusive":
            tally.rejected.append(Finding(subject.name, f"against {how}", verdict.status, f"{verdict.evidence} {verdict.detail}".strip()))


def _measure_decoded(chosen: Sequence[Decoded], options: Options, tally: Tally) -> None:
    originals = of_sources([d.source for d in chosen], size=UNIT)
    written = [SourceFunction(d.target, d.source.signature, text) for d in chosen for text in d.candidates]
    compiled = iter(compile_each(written))
    for one, original in zip(chosen, originals, strict=True):
        candidates = [(text, executable) for text in one.candidates if (executable := next(compiled)) is not None]
        if original is None:
            continue
        try:
            jury = Jury(original, one.source.signature, inputs=options.inputs, seed=options.seed)
            verdicts = _judge_each(jury, [e for _, e in candidates], tally)
            tally.counts["candidates"] += len(candidates)
            left = [(text, e, v) for (text, e), v in zip(candidates, verdicts, strict=True) if v.verified]
            tally.counts["candidates accepted"] += len(left)
            shown, _ = stronger(original, [e for _, e, _ in left], one.source.signature, jury, options, tally)
        except TranspileError as error:
            tally.failed.append(Finding(one.name, "the original", "", error.message))
            continue
        for k, (means, counterexample) in shown.items():
            text, _, verdict = left[k]
            finding = Finding(one.name, f"{one.target}: {text}", verdict.status, verdict.evidence, counterexample, means)
            tally.accepted.append(finding)
            if verdict.status in ("identical", "proved"):
                tally.unsound.append(finding)


def _judge_each(jury: Jury, candidates: Sequence[Executable], tally: Tally) -> list[Verdict]:
    out = []
    for candidate in candidates:
        started = time.perf_counter()
        out.append(jury.judge(candidate))
        tally.counts["judged"] += 1
        tally.counts["milliseconds judging"] += round(1000 * (time.perf_counter() - started))
    return out


def stronger(
    original: Executable, candidates: Sequence[Executable], signature: Signature, jury: Jury, options: Options, tally: Tally
) -> tuple[dict[int, tuple[str, str]], set[int]]:
    """By position: which means showed the candidate to differ, and on what input; and the positions of those that the solver proved equal."""
    shown: dict[int, tuple[str, str]] = {}
    if not candidates:
        return shown, set()
    started = time.process_time()
    fuzzer = Fuzzer(original, candidates, signature, jury.reference.layout, seed=options.seed + 1, guard=jury.reference.guard)
    equal = set()
    for k, candidate in enumerate(candidates):
        answer = _solve(original, candidate, signature, options)
        if answer.proved:
            equal.add(k)
        elif answer.arguments is not None and fuzzer.replay(k, answer.arguments):
            shown[k] = ("solver", fuzzer.found[k].text)
    # What is proved is fuzzed too, since proofs may be wrong, but not for long where nothing else is left.
    share = 0.7 if len(equal) + len(shown) < len(candidates) else 0.1
    for k, found in fuzzer.run(inputs=100 * options.inputs, seconds=share * options.effort).items():
        shown.setdefault(k, ("fuzzer", found.text))
    tally.counts["fuzzed functions"] += 1
    tally.counts["inputs of the fuzzer"] += fuzzer.tried
    for seed in range(options.seed + 1001, options.seed + 1101):
        left = [k for k in range(len(candidates)) if k not in shown and k not in equal]
        if not left or time.process_time() - started > options.effort or not signature.parameters:
            break
        other = Jury(original, signature, inputs=8 * options.inputs, seed=seed)
        for k in left:
            verdict = other.judge(candidates[k])
            if verdict.status == "mismatch":
                shown[k] = ("other seed", verdict.evidence)
    return shown, equal - shown.keys()


def _solve(original: Executable, candidate: Executable, signature: Signature, options: Options) -> Answer:
    """What z3 says with twice the iterations and, for each second of `effort`, twice the work that the judge allows it."""
    left, right = (WasmModule.parse(one.wasm).function(one.export) for one in (original, candidate))
    if not provable([*reachable(left.module, left.name), *reachable(right.module, right.name)]):
        return NOTHING
    return prove(left, right, signature, effort=int(2 * EFFORT * options.effort), loops=2 * LOOPS)


def report(total: Tally, options: Options, seconds: float) -> dict[str, Any]:
    """The object that `verify self-test --json` prints."""
    counts = total.counts
    decidable = counts["killed"] + len(total.missed)
    rejected = len(total.rejected)

    def findings(found: Sequence[Finding]) -> list[dict[str, Any]]:
        return [{**asdict(f), "command": f.reproduce(options)} for f in found]

    return {
        "functions": counts["functions"],
        "languages": {k.rpartition(" ")[2]: n for k, n in sorted(counts.items()) if k.startswith("functions in ")},
        "mutants": counts["mutants"],
        "killed": counts["killed"],
        "missed": len(total.missed),
        "equal_by_proof": counts["equal by proof"],
        "undecided": counts["undecided"],
        "inconclusive": counts["inconclusive"],
        "kill_rate": _rate(counts["killed"], decidable),
        "by_origin": {
            origin: {
                "mutants": counts[f"{origin} mutants"],
                "killed": counts[f"{origin} killed"],
                "missed": counts[f"{origin} missed"],
                "kill_rate": _rate(counts[f"{origin} killed"], counts[f"{origin} killed"] + counts[f"{origin} missed"]),
            }
            for origin in (CODE, TEXT)
        },
        "pairs": counts["pairs"],
        "pairs_inconclusive": counts["pairs inconclusive"],
        "false_rejects": rejected,
        "false_reject_rate": _rate(rejected, counts["pairs"]),
        "candidates": counts["candidates"],
        "candidates_accepted": counts["candidates accepted"],
        "false_accepts": len(total.accepted),
        "false_accept_rate": _rate(len(total.accepted), counts["candidates accepted"]),
        "unsound": len(total.unsound),
        "failed": len(total.failed),
        "inputs_of_the_fuzzer": round(counts["inputs of the fuzzer"] / max(counts["fuzzed functions"], 1)),
        "milliseconds_a_candidate": round(counts["milliseconds judging"] / max(counts["judged"], 1), 1),
        "seconds": round(seconds, 1),
        "options": asdict(options),
        "survivors": findings(total.missed),
        "false_accepted": findings(total.accepted),
        "false_rejected": findings(total.rejected),
        "unsound_proofs": findings(total.unsound),
        "failures": findings(total.failed),
    }


def meets_bars(report: dict[str, Any]) -> bool:
    """Whether the judge is as good as this project asks: see the README's table."""
    rates = report["kill_rate"], report["false_accept_rate"], report["false_reject_rate"]
    kill, accept, reject = (rate if rate is not None else default for rate, default in zip(rates, (1.0, 0.0, 0.0), strict=True))
    return kill >= 0.99 and accept <= 0.005 and reject == 0 and not report["unsound"] and not report["failed"]


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
