"""Many pairs of files, judged function by function on all cores, as one report that is data.

Two steps: every pair of files is compiled and its functions matched; then every function is judged, each a task of its own. Whatever
is finished is kept in a `State`. Invariants: the report does not depend on the number of processes, nor on interruptions (but for times, and
for functions that reach the limit of time); what a translation did wrong is a verdict, what keeps a pair from being judged is its `error`.
"""

from __future__ import annotations

import shlex
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transpile.corpus.errors import TranspileError
from transpile.verify.load import Pair, read_pairs
from transpile.verify.manifest import FilePair
from transpile.verify.parallel import Lost, each
from transpile.verify.state import State, hash_of, key_of, tool_hash
from transpile.verify.types import VERIFIED, Verdict

Progress = Callable[[int, int, str], None]

_FEW = 4
"""A process of its own is worth it for more functions than this: it takes a second to start."""


@dataclass(frozen=True, slots=True)
class Options:
    """How each function is judged; `seconds`: what one may take at most."""

    inputs: int = 4096
    seed: int = 0
    seconds: int = 120


@dataclass(frozen=True, slots=True)
class _Matched:
    """What a pair of files holds: functions of both by name, and those of the original alone; or why it can't be judged."""

    pairs: dict[str, Pair]
    missing: list[str]
    error: TranspileError | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """Functions that share variables, to judge together."""

    pairs: dict[str, Pair]
    options: Options
    key: str


@dataclass(frozen=True, slots=True)
class _Task:
    """One function to judge. `alone`: with none that it shares variables with."""

    files: FilePair
    name: str
    pair: Pair
    options: Options
    key: str
    alone: bool = True


def run(files: Sequence[FilePair], options: Options, jobs: int, state: State, progress: Progress) -> dict[str, Any]:
    """The report: `pairs` (with what is missing, or the error), `functions` (a record each, in order), `summary`, `policy`.

    Raises TranspileError where the one pair there is can't be judged; of several, the others are judged all the same.
    """
    from transpile.verify.policy import TEXT

    keys = [_key(pair, options) for pair in files]
    left = [(pair, key) for pair, key in zip(files, keys, strict=True) if not _finished(state, key)]
    progress(0, max(len(left), 1), "compiling")
    tasks: list[_Task] = []
    together: list[_Group] = []
    errors: dict[str, TranspileError] = {}
    for done, ((pair, key), matched) in enumerate(each(_match, left, min(jobs, len(left))), 1):
        if isinstance(matched, Lost):
            matched = _Matched({}, [], TranspileError(matched.message, hint="judge this pair alone, with more memory"))
        if matched.error is not None:
            if len(files) == 1:
                raise matched.error
            errors[key] = matched.error
        else:
            sharing = _groups(pair, matched.pairs)
            state.put(key, {"functions": list(matched.pairs), "missing": matched.missing, "groups": sharing})
            grouped = {name for names in sharing for name in names}
            tasks += [_Task(pair, name, one, options, key_of(key, name), name not in grouped) for name, one in matched.pairs.items()]
            together += [_Group({name: matched.pairs[name] for name in names}, options, key_of(key, names)) for names in sharing]
        progress(done, len(left), "compiling")
    tasks = [t for t in tasks if state.get(t.key) is None]
    for done, (task, record) in enumerate(each(_judge, tasks, jobs if len(tasks) > _FEW else 1), 1):
        if isinstance(record, Lost):
            record = _record(task, Verdict("inconclusive", evidence=record.message), 0.0)
        state.put(task.key, record)
        progress(done, len(tasks), task.name)
    for group, verdict in each(_judge_group, [g for g in together if state.get(g.key) is None], jobs if len(together) > _FEW else 1):
        state.put(group.key, (Verdict("inconclusive", evidence=verdict.message) if isinstance(verdict, Lost) else verdict).as_json())
    return _report(files, keys, state, errors, options, TEXT)


def _key(pair: FilePair, options: Options) -> str:
    return key_of(str(pair.original), str(pair.translated), hash_of(pair.original), hash_of(pair.translated), pair.functions,
                  pair.preconditions, asdict(options), tool_hash())  # fmt: skip


def _finished(state: State, key: str) -> bool:
    known = state.get(key)
    return known is not None and all(state.get(key_of(key, name)) is not None for name in (*known["functions"], *known["groups"]))


def _match(work: tuple[FilePair, str]) -> _Matched:
    files, _ = work
    try:
        pairs: dict[str, Pair] = {}
        missing: list[str] = []
        if len(files.functions) == 1:
            pairs, missing = read_pairs(files.original, files.translated, files.functions[0])
            missing = []
        else:
            pairs, missing = read_pairs(files.original, files.translated)
        if files.functions:
            wanted = set(files.functions)
            lacking = sorted(wanted - pairs.keys())
            if lacking:
                raise TranspileError(f"no function '{lacking[0]}' in both {files.original} and {files.translated}",
                                     hint=f"both have {', '.join(sorted(pairs)[:8])}")  # fmt: skip
            pairs, missing = {n: p for n, p in pairs.items() if n in wanted}, []
        _check_preconditions(files, pairs)
    except TranspileError as error:
        return _Matched({}, [], error)
    return _Matched(pairs, missing)


def _check_preconditions(files: FilePair, pairs: dict[str, Pair]) -> None:
    """Before any work is done. Raises TranspileError."""
    if not files.preconditions:
        return
    from transpile.verify.precondition import parse

    for name, texts in files.preconditions.items():
        if name in pairs:
            parse(texts, pairs[name].signature)
        elif not files.functions:
            raise TranspileError(f"there is a precondition of '{name}', but {files.original} and {files.translated} have no such function in common",
                                 hint=f"they have {', '.join(sorted(pairs)[:8])}")  # fmt: skip


def _groups(files: FilePair, pairs: dict[str, Pair]) -> list[list[str]]:
    """Functions that share variables of the original, where they can be called in turn; what preconditions say of one is not known of calls in turn."""
    from transpile.verify.shared import groups

    able = {n: p.original for n, p in pairs.items() if p.translated is not None and n not in files.preconditions}
    return groups(able)


def _judge_group(group: _Group) -> Verdict:
    from transpile.verify.together import judge_together

    sides = [{n: one for n, p in group.pairs.items() if (one := getattr(p, side))} for side in ("original", "translated")]
    try:
        with _limited(group.options.seconds):
            signatures = {n: p.signature for n, p in group.pairs.items()}
            return judge_together(*sides, signatures, inputs=group.options.inputs, seed=group.options.seed)
    except _TooLong:
        return Verdict("inconclusive", evidence=f"not decided in {group.options.seconds} s", detail="--seconds allows it more")


def _judge(task: _Task) -> dict[str, Any]:
    from transpile.verify.judge import Jury
    from transpile.verify.precondition import parse

    started = time.monotonic()
    pair = task.pair
    if pair.translated is None:
        verdict = Verdict("wrong_signature", evidence="cannot be called alike", detail=pair.problem)
    else:
        texts = task.files.preconditions.get(task.name, ())
        accepts = parse(texts, pair.signature) if texts else None
        jury = Jury(pair.original, pair.signature, inputs=task.options.inputs, seed=task.options.seed, accepts=accepts, thorough=True,
                    alone=task.alone)  # fmt: skip
        try:
            with _limited(task.options.seconds):
                # A wrong helper has its own verdict; it does not condemn its callers.
                verdict = jury.judge_alone(pair.translated)
        except _TooLong:
            verdict = Verdict("inconclusive", evidence=f"not decided in {task.options.seconds} s", detail="--seconds allows it more")
    return _record(task, verdict, time.monotonic() - started)


class _TooLong(Exception):
    """The time is up."""


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Raises _TooLong in the block once the time is up, and again each second, since a callback from C swallows it. Every single run is bounded
    by fuel, so that Python gets its turn. Without an effect where the system has no such signal, and outside of a main thread."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _record(task: _Task, verdict: Verdict, seconds: float) -> dict[str, Any]:
    from transpile.verify.shared import hidden

    files = task.files
    texts = files.preconditions.get(task.name, ())
    words = ["verify", "run", str(files.original), str(files.translated), "--function", task.name]
    words += [word for text in texts for word in ("--require", text)]
    words += ["--inputs", str(task.options.inputs), "--seed", str(task.options.seed)]
    return {
        "name": task.name,
        "original": str(files.original),
        "translated": str(files.translated),
        **verdict.as_json(),
        "preconditions": list(texts),
        "hidden": list(hidden(task.pair.original)),
        "seconds": round(seconds, 3),
        "command": shlex.join(words),
    }


def _report(
    files: Sequence[FilePair], keys: Sequence[str], state: State, errors: dict[str, TranspileError], options: Options, policy: str
) -> dict[str, Any]:
    pairs, functions = [], []
    for pair, key in zip(files, keys, strict=True):
        error = errors.get(key)
        known = {"functions": [], "missing": []} if error else state.get(key)
        pairs.append({
            "original": str(pair.original), "translated": str(pair.translated), "missing": known["missing"],
            "error": {"message": error.message, "hint": error.hint} if error else None,
        })  # fmt: skip
        records = {name: state.get(key_of(key, name)) for name in known["functions"]}
        for names in known.get("groups", ()):
            _apply(state.get(key_of(key, names)), [records[name] for name in names])
        functions += records.values()
    statuses = Counter(f["status"] for f in functions)
    return {
        "pairs": pairs,
        "functions": functions,
        "summary": {"functions": len(functions), "verified": sum(statuses[s] for s in VERIFIED), "errors": len(errors), **statuses},
        "options": asdict(options),
        "policy": policy,
    }


def _apply(verdict: dict[str, Any], records: Sequence[dict[str, Any]]) -> None:
    """What calling functions in turn showed goes into the record of each that stood the test alone."""
    names = [record["name"] for record in records]
    for record in records:
        if not record["verified"]:
            continue
        others = ", ".join(name for name in names if name != record["name"])
        if verdict["status"] == "tested":
            record["detail"] = "; ".join(filter(None, [record["detail"], f"{verdict['evidence']} with {others}"]))
        elif verdict["status"] == "mismatch" or record["hidden"]:
            alone = f"alone: {record['status']}, {record['evidence']}"
            unseen = f"sets {', '.join(record['hidden'])}, which only other functions read: " if verdict["status"] != "mismatch" else ""
            record |= {**verdict, "evidence": f"{unseen}{verdict['evidence']}", "detail": f"called in turn with {others}; {alone}"}
            record["command"] += "".join(f" --function {shlex.quote(name)}" for name in names if name != record["name"])


def exit_code(report: dict[str, Any]) -> int:
    """0: all equivalent; 1: some are not; 2: some could not be judged at all."""
    if report["summary"]["errors"]:
        return 2
    return 0 if report["summary"]["verified"] == report["summary"]["functions"] else 1


def sources(path: str) -> dict[str, str]:
    """The text of each function of a file as it stands there, by name; for wasm its canonical text. What can't be read is empty."""
    from transpile.corpus.program import language_of
    from transpile.corpus.wasm.module import WasmModule
    from transpile.corpus.wasm.wat import canonical, pretty, read_wat

    place = Path(path)
    try:
        tongue = language_of(place)
        if tongue is not None:
            text, _ = tongue.gather(place.read_text(errors="replace"), place.parent)
            return {f.name: f.text for f in tongue.read(text)}
        data = place.read_bytes()
        module = WasmModule.parse(data if data[:4] == b"\0asm" else read_wat(data.decode(errors="replace")))
        return {f.name: pretty(canonical(f).text) for f in module.functions}
    except (OSError, TranspileError):
        return {}
