"""The cheapest proof: two functions with the same text.

Texts are compared in canonical form and, where given, in a normal form, together with everything behind their names: callees (recursively),
data and globals. Invariant: sound, never complete; False only means that this tier says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.wat import CanonicalFunction, canonical
from transpile.corpus.zigcc import TABLE_BASE
from transpile.verify.functions import table

NormalForm = Callable[[CanonicalFunction], str]
"""A text that is equal for equivalent functions only; its names c0.., d0.., g0.. mean what they mean in the canonical text."""


@lru_cache(maxsize=4096)
def normal(function: CanonicalFunction) -> str:
    """The normal form of `corpus`, remembered: candidates often share their text."""
    return function.normal


@lru_cache(maxsize=4096)
def _normal_for(function: CanonicalFunction, signature: Signature) -> str:
    return function.normal_for(signature)


def same_text(
    left: WasmFunction, right: WasmFunction, normal_form: NormalForm | None = normal, signature: Signature | None = None
) -> str:
    """"same WAT", "same WAT after normalization", or "" when the texts, or what they refer to, differ.

    With a `signature`, the normal form of the two (not of their callees) may rest on what it promises: lengths are not negative, a bool is 0 or 1,
    narrow unsigned parameters are zero-extended. The judge's inputs keep to that too (see `policy`).
    """
    # A form that rests on more makes at least those equal that one without does, so one of the two is enough.
    forms: list[tuple[str, NormalForm | None, Signature | None]] = [("same WAT", _as_is, None), ("same WAT after normalization", normal_form, signature)]
    for evidence, form, promised in forms:
        try:
            if form is not None and _Comparison(left.module, right.module, form, promised).same(left, right):
                return evidence
        except TranspileError:
            continue  # Instructions that the decoder does not know: other tiers still apply.
    return ""


def _as_is(function: CanonicalFunction) -> str:
    return function.text


class _Comparison:
    def __init__(self, left: WasmModule, right: WasmModule, form: NormalForm, promised: Signature | None) -> None:
        self.left, self.right, self.form, self.promised = left, right, form, promised
        self.assumed: set[tuple[int, int]] = set()

    def same(self, left: WasmFunction, right: WasmFunction) -> bool:
        """Equal under the assumption that the pairs under way are equal: true of all of them if none is found to differ."""
        if (left.index, right.index) in self.assumed:
            return True
        is_root = not self.assumed
        self.assumed.add((left.index, right.index))
        one, two = canonical(left), canonical(right)
        if left.type != right.type or len(one.callees) != len(two.callees) or not self._same_data(one, two) or not self._same_globals(one, two):
            return False
        if is_root and self.promised is not None:
            if _normal_for(one, self.promised) != _normal_for(two, self.promised):
                return False
        elif self.form(one) != self.form(two):
            return False
        if any(_names_functions(text, module) for text, module in ((one.text, self.left), (two.text, self.right))):
            return False
        if "call_indirect" in one.text or "memory.grow" in one.text:
            return False  # Tables are not compared, nor the memory beyond the functions' own data.
        return all(self._same_callee(a, b) for a, b in zip(one.callees, two.callees, strict=True))

    def _same_callee(self, one: str, two: str) -> bool:
        imported = [_import(m, name) for m, name in ((self.left, one), (self.right, two))]
        if any(imported):
            return imported[0] == imported[1]
        return self.same(self.left.function(one), self.right.function(two))

    def _same_data(self, one: CanonicalFunction, two: CanonicalFunction) -> bool:
        if len(one.data) != len(two.data):
            return False
        for a, b in zip(one.data, two.data, strict=True):
            left, right = self.left.segments[a].data, self.right.segments[b].data
            if left != right or _holds_addresses(left, self.left):
                return False
        return _layout(one, self.left) == _layout(two, self.right)

    def _same_globals(self, one: CanonicalFunction, two: CanonicalFunction) -> bool:
        if len(one.globals) != len(two.globals):
            return False
        pairs = [(self.left.globals[a], self.right.globals[b]) for a, b in zip(one.globals, two.globals, strict=True)]
        return all((a.type, a.mutable, a.initial, a.imported) == (b.type, b.mutable, b.initial, b.imported) for a, b in pairs)


def _layout(function: CanonicalFunction, module: WasmModule) -> object:
    """What of its data's addresses the text can mean: which segments touch (the end of one prints as the start of the next), or, where an
    address is so low that a plain number could print as one, all addresses."""
    places = [(module.segments[i].address, len(module.segments[i].data)) for i in function.data]
    if any(address is None or address < 1 << 16 for address, _ in places):
        return places
    return {(i, j) for i, (a, length) in enumerate(places) for j, (b, _) in enumerate(places) if a + length == b}


def _names_functions(text: str, module: WasmModule) -> bool:
    """Whether a constant of the text could be a number of the module's table: equal numbers would then not mean equal functions."""
    return bool(module.elements) and any(int(number) in table(module) for number in re.findall(r"i32\.const (\d{3,})\b", text))


def _import(module: WasmModule, name: str) -> tuple[str, str] | None:
    found = [i for i in module.imports if i.kind == "function" and module.function_names[i.index] == name]
    return (found[0].module, found[0].field) if found else None


def _holds_addresses(data: bytes, module: WasmModule) -> bool:
    """Whether an aligned word of the data could point into the module's data, or to a function: equal bytes would then not mean equal contents."""
    low, high = module.data_range
    numbers = {number for number in table(module) if number >= TABLE_BASE}
    words = [int.from_bytes(data[k : k + 4], "little") for k in range(0, len(data) - 3, 4)]
    return any(low <= word < high or word in numbers for word in words)
