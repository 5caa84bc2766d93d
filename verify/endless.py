"""Whether a call ends: what is slow is not wrong, what never ends is, and often neither can be told.

A call that has used up its fuel is interpreted for some ten thousand steps (`interpret`). If control comes back to a loop with everything as it was
that decides where it goes, it does so for ever: that is shown. If not, inputs are tried that are smaller, or nearer to where numbers wrap: where the
steps of the candidate grow with them, and those of the original do not, the candidate may well end, only late. Where they do not grow, where it
ends in about as few steps as the original or not in a million, it is taken for endless.
Limits: the last is a guess, of what counts through four billion numbers on every input that it loops on; a cycle longer than `_STEPS` is not seen.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import FLOATS, WIDTHS
from transpile.corpus.wasm.instructions import encode_body
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.reader import Export
from transpile.verify import driver
from transpile.verify.driver import OUT_OF_FUEL, RETURNED, Outcomes, Target, UnusableModule
from transpile.verify.interpret import Beyond, Machine, Trapped
from transpile.verify.layout import LENGTHS, Vectors
from transpile.verify.thin import parsed
from transpile.verify.types import Executable

_STEPS = 30_000
_WINDOW = 64
"""Steps after which the state is marked anew; twice as many each time."""
_HELD = "verify_held_"
_LADDER = (2_000, 20_000, 200_000, 2_000_000)
"""Fuel that inputs are tried with."""
_MOST, _RUNGS = 48, 600
"""Inputs that are tried with more than the least of it, and with that."""
_SLOW = 0.5
"""Seconds for an eighth of the instructions, after which there are no more."""
_SLOW_CALL = 0.03
"""Seconds that a call with the most of that fuel may take for its like to be tried by the dozen: one instruction may fill all memory."""
PATIENCE = 1 << 27
"""Wasm instructions after which a call that was not shown to go round in a circle counts as one that does not end, or may not."""


def follow(original: Target, candidate: Target, calls: Vectors, expected: Outcomes) -> tuple[Outcomes, bool]:
    """What comes of the last of some calls, which the candidate ran out of fuel on, and whether it is open if that ends. `expected`: what the original
    does. The candidate makes all of the calls, in this order, in a new instance."""
    one, candidate = calls.take(slice(len(calls) - 1, None)), candidate.fresh()
    # What other calls left behind is not in the interpreter's memory.
    if len(calls) == 1 and repeats(candidate, one, strict=expected.status[0] != RETURNED):
        return candidate.run(one.arguments(), one.arenas, fuel=1), False
    fuel = PATIENCE >> 9
    while True:
        started = time.process_time()
        got = candidate.run(calls.arguments(), calls.arenas, fuel=fuel).take(np.array([len(calls) - 1]))
        # An instruction may fill all of memory: what takes long is not given eight times as much.
        if got.status[0] != OUT_OF_FUEL or fuel >= PATIENCE or time.process_time() - started > _SLOW:
            break
        fuel *= 8
    return got, bool(got.status[0] == OUT_OF_FUEL and fuel >= PATIENCE and grows(original, candidate, one))


def repeats(target: Target, one: Vectors, *, strict: bool) -> bool:
    """Whether the call of one input was shown to go round in a circle. `strict`: not even a trap ends it."""
    try:
        machine = _begun(target, one, strict)
        return machine is not None and _circles(machine)
    except (Beyond, Trapped, UnusableModule, TranspileError):
        return False


def _circles(machine: Machine) -> bool:
    window, start, place = _WINDOW, 0, None
    while machine.steps < _STEPS:
        if machine.run(_STEPS - machine.steps):
            return False
        if machine.place == place and machine.again():
            return True
        if place is None or machine.steps - start > window:
            machine.mark()
            place, start, window = machine.place, machine.steps, 2 * window
    return False


def _begun(target: Target, one: Vectors, strict: bool) -> Machine | None:
    """The call as it begins, with all that the driver prepares; None where that cannot be had."""
    module = parsed(target.executable.wasm)
    if module.memories and not target.memory:
        return None
    function = module.function(target.export)
    held = Target(Executable(_holding(module, function.index), target.export), *target.type)
    halted = driver.halted(held, one.arguments(), one.arenas)
    if halted is None:
        return None
    store, place = halted
    linker = place.linker

    def value(k: int) -> int:
        return _bits(linker.get(store, "target", f"{_HELD}{k}").value(store), types[k])

    types = [*(g.type for g in module.globals), *function.type[0]]
    values = [value(k) for k in range(len(types))]
    memory = place.memory.read(store) if place.memory else bytearray()
    return Machine(module, target.export, values[len(module.globals) :], memory, values[: len(module.globals)], strict=strict)


def _holding(module: WasmModule, index: int) -> bytes:
    """The module with its globals exported, and the function no more than a trap that keeps its arguments in further globals."""
    types = module.function_types[index][0]
    first = len(module.globals)
    body = [i for k in range(len(types)) for i in (("local.get", k, 0), ("global.set", first + k, 0))]
    exports = [Export(f"{_HELD}{k}", "global", k) for k in range(first + len(types))]
    return module.replace_bodies({index: encode_body([], [*body, ("unreachable", None, 0), ("end", None, 0)])}, [(t, True, 0) for t in types], exports)


def _bits(value: int | float, type_: str) -> int:
    if type_[0] == "f":
        return int.from_bytes(struct.pack("<f" if type_ == "f32" else "<d", value), "little")
    return int(value) & (1 << int(type_[1:])) - 1


def grows(original: Target, candidate: Target, one: Vectors) -> bool:
    """Whether the candidate's steps are seen to grow tenfold and more among inputs on which those of the original do not, up to the one given.

    Those whose steps take long are not tried, and then it is no."""
    if _alone(candidate, one):
        return False
    started = time.process_time()
    _ends(candidate, one, _LADDER[-1])
    if time.process_time() - started > _SLOW_CALL:
        return False
    vectors = ladder(one)
    quick = np.zeros(0, bool)  # which of them the original ends in the least fuel
    seen: set[int] = set()
    for step, fuel in enumerate(_LADDER):
        ended = [_ends(side, vectors, fuel) for side in (candidate, original)]
        if not step:
            quick = ended[1]
        elif (ended[0] & quick).any():
            seen.add(step)
        vectors, quick = vectors.take(~ended[0]), quick[~ended[0]]
        if len(vectors) > _MOST:
            chosen = np.arange(0, len(vectors), -(-len(vectors) // _MOST))
            vectors, quick = vectors.take(chosen), quick[chosen]
    return len(seen) > 1


def ladder(one: Vectors) -> Vectors:
    """The input with each of its numbers made small, large, or nearly too large, step by step."""
    return _changed(one, lambda scalar, _: _rungs(scalar), LENGTHS.tolist())[0]


def _alone(candidate: Target, one: Vectors) -> bool:
    """Whether the candidate ends soon with one more and with one less in the place of some number: steps that grow would have grown there."""
    vectors, places = _changed(one, lambda scalar, bits: [] if scalar in FLOATS else [bits - 1, bits + 1], [])
    ended = _ends(candidate, vectors, _LADDER[1])
    return any(ended[places == place].all() for place in np.unique(places))


def _ends(target: Target, vectors: Vectors, fuel: int) -> np.ndarray:
    """bool [N]: the target ends in so much fuel."""
    return target.run(vectors.arguments(), vectors.arenas, fuel=fuel + vectors.layout.cost).status != OUT_OF_FUEL


def _changed(one: Vectors, others: Callable[[str, int], list[int]], lengths: list[int]) -> tuple[Vectors, np.ndarray]:
    """The input with one number changed, the first of each kind in a buffer, to what `others` says of its type and bits; and which number it was."""
    layout, out, places, place = one.layout, [one.take(slice(0))], [], -1
    for position, type_ in enumerate(layout.types):
        place += 1
        for bits in lengths if position in layout.signature.lengths() else others(type_, int(one.values[0, position])) if type_ in WIDTHS else []:
            out.append(one.take(np.array([0])))
            out[-1].values[0, position] = bits & (1 << 64) - 1
            places.append(place)
    for k, slot in enumerate(layout.slots):
        for scalar, offset, _ in slot.fields if one.home[0, k] == k else ():
            place += 1
            at, width = slot.offset + offset, WIDTHS[scalar]
            for bits in others(scalar, int.from_bytes(one.arenas[0, at : at + width].tobytes(), "little")):
                out.append(one.take(np.array([0])))
                out[-1].arenas[0, at : at + width] = np.frombuffer((bits & (1 << 8 * width) - 1).to_bytes(width, "little"), np.uint8)
                places.append(place)
    return Vectors.join(out[: _RUNGS + 1]).settle(), np.array(places[:_RUNGS], int)


def _rungs(scalar: str) -> list[int]:
    """Raw bits of numbers from small to large, and from those that wrap downwards."""
    width = 8 * WIDTHS[scalar]
    if scalar in FLOATS:
        values = np.array([sign * 2.0**k for k in range(-4, 40, 2) for sign in (1, -1)])
        return [int(v) for v in values.astype(f"<f{width // 8}").view(f"<u{width // 8}")]
    top, mask = 1 << width - 1, (1 << width) - 1
    return [0, *(v & mask for k in range(width) for v in (1 << k, -1 << k, top - (1 << k)))]
