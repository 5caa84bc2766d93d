"""One file from source to verified translation: read, decode, compile, judge, choose, repair.

Functions go callees first; a function is compiled with the accepted translations of what it calls. All candidates of a level are compiled as one
batch. What is not verified in the first round is decoded again with another seed and more heat; then the near misses are searched around
(`search`), until a candidate is verified or the budget is spent.
Invariant: a translation is accepted only with a verdict that counts as verified.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from transpile.corpus.batch import Compiled, compile_with_repairs
from transpile.corpus.errors import TranspileError
from transpile.corpus.language import Language
from transpile.corpus.naming import canonical_signature, struct_names
from transpile.corpus.program import Program
from transpile.corpus.signature import Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import canonical
from transpile.serve.callees import Accepted, as_callee, written
from transpile.serve.calls import addressed, components, levels, library_calls, named_calls, text_to_read, with_callees
from transpile.serve.circles import MOST, translate_circle
from transpile.serve.circles import Member as CircleMember
from transpile.serve.decoder import Decoder, Request
from transpile.serve.lifter import NAME, Lifter
from transpile.serve.search import mutations, similarity
from transpile.serve.supplied import declared, said, with_originals
from transpile.serve.together import Member, judge_in_turn, sharing
from transpile.serve.work import RANK, UNREAD, Near, Work, finished_one, offer, unread_one
from transpile.serve.work import Translation as Translation
from transpile.verify.judge import judge
from transpile.verify.originals import of_program
from transpile.verify.reference import with_true_lengths
from transpile.verify.types import Candidate, Executable, Verdict

CLIMBS, NEAREST, CHANGES, JUDGED = 3, 5, 200, 24
"""The search around near misses: rounds, how many of the nearest are changed, changes a round, and how many of those are judged."""


@dataclass(frozen=True, slots=True)
class Options:
    """`candidates` that the model decodes a function, in two rounds; `budget` seconds a function; `inputs` vectors a candidate."""

    candidates: int = 64
    budget: float = 20.0
    seed: int = 0
    inputs: int = 1024
    only: tuple[str, ...] = ()


def transpile(
    program: Program,
    target: Language,
    decoder: Decoder | None,
    options: Options,
    *,
    lifter: Lifter | None = None,
    earlier: Mapping[str, Translation] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    finished: Callable[[Translation], None] | None = None,
) -> list[Translation]:
    """Translate the functions of a program (or those in `only` and what they call), in its order, by the engines that are given.

    `finished` gets each translation once, as soon as nothing more will be tried for it. Those in `earlier`, from an interrupted run of the same
    program with the same options, are taken as they are.
    Raises TranspileError for a name in `only` that is not there.
    """
    known = {f.name for f in program.functions}
    if lifter:
        lifter.write_in(target)
    options = replace(options, only=tuple(map(program.named, options.only)))
    for name in options.only:
        if name not in known:
            if name in program.left_out:
                raise TranspileError(f"'{name}' can't be translated yet: {program.reasons.get(name, UNREAD)}", hint="leave it out")
            raise TranspileError(f"no function '{name}' in {program.path}", hint=f"functions there: {', '.join(sorted(known)[:12])}")
    names = with_callees(program, options.only) if options.only else known
    program = _with_true_lengths(program, names)
    wanted = [f for f in program.functions if f.name in names]
    to_read = program.to_read() if decoder and decoder.to_read else None
    accepted: dict[str, Accepted] = {}
    done: dict[str, Translation] = {}
    on_trial: list[str] = []
    groups = sharing(program, [f.name for f in wanted])
    grouped = {name for names in groups for name in names}

    def finish(w: Work, verdict: Verdict | None = None) -> None:
        if w.function.name in done:
            return
        one = finished_one(w, verdict)
        narrow = lifter is not None and one.source is not None and one.source.text.partition("{")[2].strip() in lifter.narrow
        done[w.function.name] = replace(one, of_library=w.function.name in program.supplied, narrow=narrow)
        # Little is known of what a library's function takes: it may show within its callers what it is worth.
        trial = w.function.name in program.brought and w.best is not None and w.best[2].status in ("inconclusive", "mismatch")
        if w.best and (w.verified or trial) and not w.missing:
            accepted[w.function.name] = Accepted(w.best[3], w.structs, w.fields)
        if trial and not w.missing:
            on_trial.append(w.function.name)
        elif finished and w.function.name not in grouped:
            finished(done[w.function.name])

    for level in levels(program, [f.name for f in wanted]):
        for name in level & (earlier or {}).keys():
            done[name] = one = (earlier or {})[name]
            if one.source is not None and one.verdict.verified and not one.missing:
                accepted[name] = Accepted(one.source, one.structs, one.fields)
            if finished:
                finished(one)
        works = [prepare(program, f, lifter.state.structs if lifter else (), accepted) for f in wanted if f.name in level - done.keys()]
        if lifter:
            _translate_circles(program, target, lifter, options, works, accepted, finish)
            works = [w for w in works if w.function.name not in done]
        for w in works:
            w.missing = {f"c{i}": c for i, c in enumerate(w.callees) if c not in accepted}
        # Declared only; but what is called in turn shares variables, and what is under way in a circle has no verdict yet.
        able = target.externs and lifter is not None
        blocked = [w for w in works if w.missing and not (able and w.function.name not in grouped and all(c in done for c in w.missing.values()))]
        for w in blocked:
            finish(w, Verdict("inconclusive", evidence=f"calls {', '.join(w.missing.values())}, not translated"))
        works = [w for w in works if w not in blocked]
        for w in works:
            if others := [c for c in w.addressed.values() if c not in accepted]:
                finish(w, Verdict("inconclusive", evidence=f"takes the address of {', '.join(others)}, not translated"))
        works = [w for w in works if w.function.name not in done]
        for w in works:
            w.alone = w.function.name not in grouped

        def note(name: str) -> None:
            if progress:
                progress(len(done), len(wanted), name)

        _translate_level(program, to_read, target, decoder, lifter, options, works, accepted, note, finish)
        if progress:
            progress(len(done), len(wanted), "")
    for names in groups:
        if earlier and earlier.keys() >= set(names):
            continue
        types = {f.name: f.signature for f in wanted}
        able = {n: Member(types[n], done[n].source, done[n].verdict) for n in names if done[n].verdict.verified and done[n].source}
        for name, verdict in judge_in_turn(program, target, able, inputs=options.inputs, seed=options.seed).items():
            done[name] = replace(done[name], verdict=verdict)
        for name in names:
            if finished and name not in (earlier or {}):
                finished(done[name])
    for name in on_trial:
        shown = [n for n, one in done.items() if n not in program.brought and one.verdict.verified and name in _below(done, n)]
        if shown:
            done[name] = replace(done[name], verdict=Verdict("tested", evidence=f"within {', '.join(shown[:4])}"))
        if finished:
            finished(done[name])
    unread = [unread_one(name, program.reasons.get(name)) for name in program.left_out if not options.only]
    for one in unread:
        if finished:
            finished(one)
    return [*(done[f.name] for f in wanted), *unread]


def _below(done: Mapping[str, Translation], name: str) -> set[str]:
    """What a translation calls, directly or not."""
    found: set[str] = set()
    pending = [name]
    while pending:
        one = done.get(pending.pop())
        for callee in one.callees if one else ():
            if callee not in found and callee not in (one.missing if one else ()):
                found.add(callee)
                pending.append(callee)
    return found


def _with_true_lengths(program: Program, names: Collection[str]) -> Program:
    """The program with what the signatures of some functions say of lengths, which may come from names alone, as far as their code keeps to it."""
    functions = list(program.functions)
    for k, one in enumerate(functions):
        if one.name in names and one.signature.lengths():
            with suppress(TranspileError):  # What can't be run is judged by its text alone.
                functions[k] = replace(one, signature=with_true_lengths(Executable(program.wasm, program.exports[one.name]), one.signature))
    return replace(program, functions=tuple(functions))


def prepare(program: Program, function: SourceFunction, shared: Sequence[Struct] = (), accepted: Mapping[str, Accepted] | None = None) -> Work:
    """A function of a program, ready to be decoded. `shared`: structs of the variables of its file, which have the same names in all functions.
    `accepted`: translations of what it calls."""
    read = canonical(program.code(function.name))
    by_name = {f.name: f.signature for f in program.functions}
    raw = {n for n, one in (accepted or {}).items() if one.source.signature.has_raw_pointers}
    by_name |= {n: by_name[n].with_raw_pointers() for n in raw}
    text, own = named_calls(program, function.name, read)
    named = addressed(program, function.name)
    beyond = sorted(with_callees(program, [*own, *named.values()]) - {*own, function.name})
    structs, fields = struct_names([function.signature, *(by_name[c] for c in [*own, *beyond])], shared)
    signature = canonical_signature(function.signature, structs, fields)
    callees = tuple(canonical_signature(by_name[c], structs, fields, f"c{i}") for i, c in enumerate(own))
    functions = {h: canonical_signature(by_name[c], structs, fields, h) for h, c in named.items()}
    return Work(function, text, tuple(own), structs, fields, signature, callees, named, functions)


def _keeps_something(program: Program, w: Work) -> bool:
    """Whether a function names data that may change: a model knows no names of the file's variables, and what it writes without them can be right for a
    single call at most."""
    segments = program.module.segments
    return any(segments[i].name.startswith((".data", ".bss")) for i in canonical(program.code(w.function.name)).data)


def text_for_model(programs: Iterable[Program | None], w: Work) -> str:
    """What the model reads of a function: of the first of a program's compilations that there is and that calls the same."""
    for one in programs:
        with suppress(TranspileError, LookupError):
            if one is not None:
                return text_to_read(one, w.function.name, w.callees)
    return w.wat


def _translate_level(
    program: Program,
    to_read: Program | None,
    target: Language,
    decoder: Decoder | None,
    lifter: Lifter | None,
    options: Options,
    works: Sequence[Work],
    accepted: dict[str, Accepted],
    note: Callable[[str], None],
    finish: Callable[[Work], None],
) -> None:
    """Two rounds of decoding, compiling and judging, the lifter's with both; the second for what the first left unverified."""
    rounds = ((options.candidates + 1) // 2, options.candidates // 2) if decoder else (0, 0)
    for number, samples in enumerate(rounds):
        batch: list[tuple[Work, Candidate, SourceFunction]] = []
        for w in works:
            if w.verified or w.spent >= options.budget or (number and w.compiled and w.function.name in program.brought):
                continue
            started = time.monotonic()
            note(w.function.name)
            candidates: list[tuple[Signature, Candidate]] = []
            if lifter:
                types = {f"c{i}": signature for i, signature in enumerate(w.callee_signatures)} | w.addressed_signatures
                bodies = lifter.decode(w.function.name, w.wat, w.canonical, types, target, w.callees)
                w.reason = lifter.reasons[w.function.name]
                # The first is the most readable one; the others are for when it fails.
                candidates += [(w.canonical, Candidate(code, target.name, 0.0, NAME)) for code in (bodies[1:] if number else bodies[:1])]
                raw = w.canonical.with_raw_pointers()
                if number and target.exclusive and raw != w.canonical:
                    bodies = lifter.decode(w.function.name, w.wat, raw, types, target, w.callees)
                    candidates += [(raw, Candidate(code, target.name, 0.0, NAME)) for code in bodies]
            keeps = decoder is not None and _keeps_something(program, w)
            if beyond := library_calls(w.wat):
                w.reason = f"call of {', '.join(beyond[:3])}"
            elif keeps and not lifter:
                w.reason = "it uses variables of the file, which the rules alone can name"
            if decoder and samples and not beyond and not keeps:
                prelude = canonical_text(target.write_prelude(w.canonical, w.callee_signatures))
                seed, heat = options.seed * 1009 + number * 7919 + 1, (0.8, 1.1)[number]
                text = text_for_model((to_read, program), w)
                decoded = decoder.decode([Request(text, target.name, prelude)], samples=samples, seed=seed, temperature=heat)[0]
                candidates += [(w.canonical, candidate) for candidate in decoded]
            callees = tuple(
                declared(target, w.callee_signatures[i]) if f"c{i}" in w.missing else as_callee(accepted[c], w.structs, w.fields, f"c{i}")
                for i, c in enumerate(w.callees)
            )
            callees += tuple(as_callee(accepted[c], w.structs, w.fields, h) for h, c in w.addressed.items())
            for signature, candidate in candidates:
                text = f"{canonical_text(target.write_header(signature))} {candidate.code}"
                if text not in w.tried:
                    w.tried.add(text)
                    known = lifter.state.globals if candidate.engine == NAME and lifter else ()
                    batch.append((w, candidate, written(signature, text, target, known, callees)))
            w.spent += time.monotonic() - started
        if batch:
            _judge_batch(program, target, options, batch, note)
        for w in works:
            if w.verified:
                finish(w)
    for w in works:
        if w.function.name not in program.brought:
            _climb(program, target, options, w, note)
        finish(w)


def _translate_circles(
    program: Program,
    target: Language,
    lifter: Lifter,
    options: Options,
    works: Sequence[Work],
    accepted: Mapping[str, Accepted],
    finish: Callable[[Work], None],
) -> None:
    """What calls each other in a circle, as far as the rest of what it calls is there."""
    by_name = {w.function.name: w for w in works}
    for names in components({n: w.callees for n, w in by_name.items()}, list(by_name)):
        circle = [by_name[n] for n in names]
        if len(names) > MOST or any(c not in accepted and c not in names for w in circle for c in w.callees):
            continue
        members = []
        for w in circle:
            known = {f"c{i}": signature for i, signature in enumerate(w.callee_signatures)}
            header = canonical_text(target.write_header(w.canonical))
            codes = lifter.decode(w.function.name, w.wat, w.canonical, known, target, w.callees)
            ways = tuple(written(w.canonical, f"{header} {code}", target, lifter.state.globals) for code in codes)
            members.append(CircleMember(w.function, w.callees, w.structs, w.fields, ways))
        if not all(m.bodies for m in members):
            continue
        for name, one in translate_circle(program, target, members, accepted, inputs=options.inputs, seed=options.seed).items():
            w = by_name[name]
            w.tried |= {way.text for m in members if m.function.name == name for way in m.bodies[: one.tried]}
            w.compiled, w.spent = one.compiled, one.seconds
            w.best = ((RANK[one.verdict.status],), Candidate(one.source.text, target.name, 0.0, NAME), one.verdict, one.source)
            finish(w)


def _climb(program: Program, target: Language, options: Options, w: Work, note: Callable[[str], None]) -> None:
    """Look around the near misses of a function for `CLIMBS` rounds or until it is verified or its budget is spent (see `search`)."""
    rng = random.Random(options.seed)
    for _ in range(CLIMBS):
        if w.verified or w.spent >= options.budget or not w.near:
            return
        started = time.monotonic()
        nearest = sorted(w.near, key=lambda n: -n.similarity)[:NEAREST]
        batch = []
        for near in nearest:
            head, brace, body = near.source.text.partition("{")
            for code in mutations(body.strip(), w.wat, near.wat, rng, CHANGES // len(nearest)):
                text = f"{head}{brace} {code}"
                if text not in w.tried:
                    w.tried.add(text)
                    candidate = Candidate(code, target.name, w.best[1].logprob if w.best else 0.0, "search")
                    batch.append((w, candidate, replace(near.source, text=text)))
        w.spent += time.monotonic() - started
        _judge_batch(program, target, options, batch, note, most=JUDGED)


@lru_cache(maxsize=8)
def _module(wasm: bytes) -> WasmModule:
    return WasmModule.parse(wasm)


def _similarity(w: Work, result: Compiled) -> tuple[float, str]:
    """Likeness of a compiled candidate's WAT to the target's; the WAT."""
    wat = canonical(_module(result.wasm).function(result.export)).text
    return similarity(w.wat.split(), wat.split()), wat


def _judge_batch(
    program: Program,
    target: Language,
    options: Options,
    batch: Sequence[tuple[Work, Candidate, SourceFunction]],
    note: Callable[[str], None],
    most: int = 1000,
) -> None:
    """Compile the candidates of several functions as one batch, and judge those that compile: for each function the `most` nearest."""
    started = time.monotonic()
    results = compile_with_repairs(target, [source for _, _, source in batch])
    share = (time.monotonic() - started) / max(len(batch), 1)
    by_work: dict[int, list] = {}
    for (w, candidate, _), (source, result) in zip(batch, results, strict=True):
        w.spent += share
        by_work.setdefault(id(w), []).append((w, candidate, source, result))
    for entries in by_work.values():
        w = entries[0][0]
        started = time.monotonic()
        note(w.function.name)
        good = [(c, s, r) for _, c, s, r in entries if isinstance(r, Compiled)]
        w.compiled += len(good)
        if len(good) > most:
            scored = [(_similarity(w, r)[0], i) for i, (_, _, r) in enumerate(good)]
            good = [good[i] for _, i in sorted(scored, reverse=True)[:most]]
        for _, c, s, r in entries:
            if not isinstance(r, Compiled):
                offer(w, c, Verdict("compile_error", evidence=r.message, detail=r.message), s)
        original = of_program(program, w.function.name)
        whole = with_originals(program, w.function.name, [r for _, _, r in good], w.missing)
        for (c, s, _), one in zip(good, whole, strict=True):
            if one is None:
                offer(w, c, Verdict("inconclusive", evidence=f"calls {', '.join(w.missing.values())}, not translated"), s)
        good = [g for g, one in zip(good, whole, strict=True) if one is not None]
        verdicts = judge(
            original,
            [one for one in whole if one is not None],
            w.function.signature,
            inputs=options.inputs,
            seed=options.seed,
            alone=w.alone,
        )
        for (c, s, _), verdict in zip(good, verdicts, strict=True):
            offer(w, c, said(verdict, w.missing), s)
        if not w.verified:
            w.near += [Near(*_similarity(w, r), s) for (_, s, r), v in zip(good, verdicts, strict=True) if v.status == "mismatch"]
        w.spent += time.monotonic() - started
