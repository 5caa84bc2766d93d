"""What a user knows of the inputs that the original is meant for: `n <= len(a)`, `0 < n <= 100 and a[0] != 0`.

The language is Python's expressions cut down to comparisons, `and`, `or`, `not` (or `&&`, `||`, `!`), whole-number and float arithmetic, the
parameters by name, `a[i]`, `p.field`, and a few functions: `len(a)` (elements that `a` points to; of a string, its characters), `all(..)` and `any(..)`
over the elements of arrays, `min`, `max`, `abs`, `sorted(a)`, `isnan(x)`, `isfinite(x)`, `disjoint(a, b)` (two pointers do not overlap).
Nothing is evaluated by Python: the tree is walked and computed on whole tables of vectors. Integers are exact; an input on which a
division by zero or an index outside its array would be needed does not meet the condition.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Signature
from transpile.verify.layout import NULL, POINTER, VALUE, Field, Slot, Vectors

_LONGEST = 1000
_COMPARE = {ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}
_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.BitAnd: operator.and_, ast.BitOr: operator.or_,
           ast.BitXor: operator.xor, ast.LShift: operator.lshift, ast.RShift: operator.rshift}  # fmt: skip
_DIVIDE = {ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Div: operator.truediv}
_FUNCTIONS = ("len", "all", "any", "min", "max", "abs", "sorted", "isnan", "isfinite", "disjoint")
_HINT = f"comparisons, and, or, not, + - * // %, parameters, a[i], p.field and {', '.join(_FUNCTIONS)}"


@dataclass(frozen=True, slots=True)
class Precondition:
    """Conditions on the inputs of one function, all of which must hold. Callable on vectors: bool [N]."""

    texts: tuple[str, ...]
    trees: tuple[ast.expr, ...]

    def __call__(self, vectors: Vectors) -> np.ndarray:
        out = np.ones(len(vectors), bool)
        for tree in self.trees:
            rows = _Rows(vectors)
            value = _truth(rows.value(tree))
            out &= value & rows.fine
        return out


def parse(texts: Sequence[str], signature: Signature) -> Precondition:
    """Raises TranspileError where a text is no expression of the language, or names what the function does not have."""
    trees = []
    for text in texts:
        python = re.sub(r"!(?!=)", " not ", text.replace("&&", " and ").replace("||", " or ")).strip()
        try:
            if len(text) > _LONGEST:
                raise SyntaxError("too long")
            tree = ast.parse(python, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise TranspileError(f"'{text}' is no precondition: {getattr(error, 'msg', None) or error}", hint=_HINT) from None
        _check(tree, text, signature)
        trees.append(tree)
    return Precondition(tuple(texts), tuple(trees))


def _check(tree: ast.expr, text: str, signature: Signature) -> None:
    names = {p.name: p for p in signature.parameters}

    def refuse(what: str) -> TranspileError:
        return TranspileError(f"precondition '{text}' of {signature.name}: {what}", hint=_HINT)

    allowed = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Name, ast.Constant, ast.Call, ast.Subscript, ast.Attribute,
               ast.expr_context, ast.boolop, *_COMPARE, *_BINARY, *_DIVIDE, ast.Not, ast.USub, ast.UAdd, ast.Invert)  # fmt: skip
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, allowed):
            raise refuse(f"'{ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__}' is not in the language")
        if isinstance(node, ast.Constant) and not isinstance(node.value, int | float):
            raise refuse(f"{node.value!r} is no number")
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in names:
            raise TranspileError(f"precondition '{text}': {signature.name} has no parameter '{node.id}'", hint=f"it has {', '.join(names) or 'none'}")
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.func.id not in _FUNCTIONS or node.keywords:
                raise refuse(f"no function '{ast.unparse(node.func)}'")
            if node.func.id in ("len", "disjoint", "sorted") and not all(isinstance(a, ast.Name) and names[a.id].pointer for a in node.args):
                raise refuse(f"{node.func.id} takes pointers by name")
            if len(node.args) != (2 if node.func.id == "disjoint" else 1):
                raise refuse(f"{node.func.id} takes {2 if node.func.id == 'disjoint' else 1} argument(s)")
        if isinstance(node, ast.Subscript | ast.Attribute):
            base = node.value.value if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Subscript) else node.value
            held = isinstance(node, ast.Attribute) and isinstance(base, ast.Name) and base.id in names and signature.struct(names[base.id].type)
            if not isinstance(base, ast.Name) or not (base.id in names and (names[base.id].pointer or held)):
                raise refuse(f"'{ast.unparse(node)}': only parameters that are pointers have elements")
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node.value).split("[")[0]
            struct = signature.struct(names[name].type)
            if struct is None or node.attr not in [f for f, _ in struct.fields]:
                raise refuse(f"'{name}' has no field '{node.attr}'")
            if dict(struct.fields)[node.attr] not in WIDTHS or signature.scalar(names[name].whole) in WIDTHS:
                raise refuse(f"'{ast.unparse(node)}' is no number behind a pointer")
    with_fields = {id(n.value.value if isinstance(n.value, ast.Subscript) else n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    measured = {id(a) for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) in ("len", "disjoint") for a in n.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called | with_fields | measured and node.id in names:
            parameter = names[node.id]
            struct = signature.struct(parameter.type) if parameter.pointer else None
            if parameter.type not in WIDTHS and not (struct is not None and struct.flat):
                raise refuse(f"'{node.id}' is no number, nor are its elements")


@dataclass(slots=True)
class _Many:
    """One value for every element of an array: [N, CAPACITY], of which `inside` belong to it."""

    values: np.ndarray
    inside: np.ndarray


class _Rows:
    """A walk over one tree with the values of a table of vectors. Scalars are [N] arrays of Python's numbers, exact; `fine`: no trouble yet."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors, self.signature = vectors, vectors.layout.signature
        self.fine = np.ones(len(vectors), bool)
        slots = ((k, s) for k, s in enumerate(vectors.layout.slots) if s.role in (POINTER, VALUE) and s.parameter is not None)
        self.slots = {self.signature.parameters[s.parameter or 0].name: k for k, s in slots}
        self.extents = vectors.extents() if self.slots else None

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return np.full(len(self.vectors), node.value, object)
            case ast.Name():
                return self.elements(node.id) if node.id in self.slots else self.scalar(node.id)
            case ast.BoolOp():
                values = [_truth(self.value(v)) for v in node.values]
                return np.logical_and.reduce(values) if isinstance(node.op, ast.And) else np.logical_or.reduce(values)
            case ast.UnaryOp():
                value = self.value(node.operand)
                if isinstance(node.op, ast.Not):
                    return ~_truth(value)
                return _map({ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}[type(node.op)], value)
            case ast.Compare():
                sides = [self.value(v) for v in (node.left, *node.comparators)]
                parts = [_map(_COMPARE[type(op)], a, b) for op, a, b in zip(node.ops, sides, sides[1:], strict=False)]
                out = parts[0]
                for part in parts[1:]:
                    out = _map(lambda a, b: a.astype(bool) & b.astype(bool), out, part)
                return out
            case ast.BinOp():
                left, right = self.value(node.left), self.value(node.right)
                if type(node.op) in _DIVIDE:
                    return _map(_DIVIDE[type(node.op)], left, self.divisor(right))
                if isinstance(node.op, ast.LShift | ast.RShift):
                    right = _map(lambda b: np.clip(b.astype(object), 0, 128), right)
                return _map(_BINARY[type(node.op)], left, right)
            case ast.Subscript():
                assert isinstance(node.value, ast.Name)
                return self.at(self.elements(node.value.id), self.value(node.slice))
            case ast.Attribute():
                if isinstance(node.value, ast.Subscript):
                    assert isinstance(node.value.value, ast.Name)
                    return self.at(self.elements(node.value.value.id, node.attr), self.value(node.value.slice))
                assert isinstance(node.value, ast.Name)
                return self.at(self.elements(node.value.id, node.attr), np.zeros(len(self.vectors), object))
            case _:
                assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                return self.call(node.func.id, node.args)

    def call(self, name: str, arguments: Sequence[ast.expr]) -> Any:
        if name == "len":
            return self.length(arguments[0].id).astype(object)  # type: ignore[attr-defined]
        if name == "disjoint":
            return self.disjoint(*(self.slots[a.id] for a in arguments))  # type: ignore[attr-defined]
        value = self.value(arguments[0])
        if name in ("abs", "isnan", "isfinite"):
            functions = {"abs": np.abs, "isnan": lambda v: np.isnan(v.astype(float)), "isfinite": lambda v: np.isfinite(v.astype(float))}
            return _map(functions[name], value)
        if not isinstance(value, _Many):
            return value
        if name == "sorted":
            after = value.inside[:, 1:] & value.inside[:, :-1]
            return ~((value.values[:, 1:] < value.values[:, :-1]).astype(bool) & after).any(axis=1)
        if name in ("all", "any"):
            true = value.values.astype(bool)
            return (true | ~value.inside).all(axis=1) if name == "all" else (true & value.inside).any(axis=1)
        # The least or greatest of nothing is no number.
        some = value.inside.any(axis=1)
        self.fine &= some
        first = value.values[np.arange(len(value.values)), value.inside.argmax(axis=1)]
        kept = np.where(value.inside, value.values, first[:, None])
        return (kept.min(axis=1) if name == "min" else kept.max(axis=1)).astype(object)

    def scalar(self, name: str) -> np.ndarray:
        position = next(k for k, p in enumerate(self.signature.parameters) if p.name == name)
        return _decode(self.vectors.values[:, position], self.signature.parameters[position].type).astype(object)

    def length(self, name: str) -> np.ndarray:
        assert self.extents is not None
        k = self.slots[name]
        slot = self.vectors.layout.slots[k]
        extent = self.extents[:, k]
        if not slot.text:
            return extent
        zero = self.elements(name).values == 0
        return np.minimum(extent, np.where(zero.any(axis=1), zero.argmax(axis=1), extent))

    def elements(self, name: str, field: str | None = None) -> _Many:
        """The elements behind a pointer, wherever it points; those of a struct by field."""
        vectors, k = self.vectors, self.slots[name]
        slot = vectors.layout.slots[k]
        place = self._field(slot, field)
        out: np.ndarray | None = None
        for home in np.unique(vectors.home[:, k]):
            if home == NULL:
                continue
            rows = vectors.home[:, k] == home
            cells = _decode(vectors.layout.columns(vectors.arenas, vectors.layout.slots[home], place), place.scalar)
            places = np.minimum(np.arange(slot.count) + vectors.shift[:, k, None], slot.count - 1)
            moved = np.take_along_axis(cells, places.astype(np.int64), axis=1)
            out = moved if out is None else np.where(rows[:, None], moved, out)
        if out is None:
            out = np.zeros((len(vectors), slot.count), np.int64)
        assert self.extents is not None
        return _Many(out.astype(object), np.arange(slot.count) < self.extents[:, k, None])

    def _field(self, slot: Slot, field: str | None) -> Field:
        struct = self.signature.struct(slot.type)
        if struct is None or field is None:
            return slot.fields[0]
        return next(Field(scalar, offset) for name, scalar, offset in struct.layout(self.signature.structs)[0] if name == field)

    def at(self, array: _Many, index: Any) -> np.ndarray:
        if isinstance(index, _Many):
            raise TranspileError("an index in a precondition must be one number", hint=_HINT)
        most = array.inside.shape[1]
        place = np.array([int(i) if 0 <= i < most else most for i in index], np.int64)
        rows = np.arange(len(place))
        inside = (place < most) & array.inside[rows, np.minimum(place, most - 1)]
        self.fine &= inside
        return array.values[rows, np.where(inside, place, 0)]

    def divisor(self, value: Any) -> Any:
        """The same with ones for zeros; where those are scalars, their rows don't meet the condition."""
        zero = _map(lambda v: (v == 0).astype(bool), value)
        if isinstance(zero, _Many):
            self.fine &= ~(zero.values & zero.inside).any(axis=1)
        else:
            self.fine &= ~zero
        return _map(lambda v, z: np.where(z.astype(bool), 1, v), value, zero)

    def disjoint(self, a: int, b: int) -> np.ndarray:
        assert self.extents is not None
        starts, slots = self.vectors.offsets(), self.vectors.layout.slots
        ends = [starts[:, k] + self.extents[:, k] * slots[k].size for k in (a, b)]
        return (starts[:, a] >= ends[1]) | (starts[:, b] >= ends[0])


def _map(function: Callable[..., np.ndarray], *values: Any) -> Any:
    """A function of scalars, of arrays' elements, or of both."""
    many = [v for v in values if isinstance(v, _Many)]
    if not many:
        return function(*values)
    inside = np.logical_and.reduce([m.inside for m in many])
    return _Many(function(*(v.values if isinstance(v, _Many) else v[:, None] for v in values)), inside)


def _truth(value: Any) -> np.ndarray:
    """bool [N]; a condition on the elements of an array means all of them."""
    if isinstance(value, _Many):
        return (value.values.astype(bool) | ~value.inside).all(axis=1)
    return value.astype(bool)


def _decode(bits: np.ndarray, scalar: str) -> np.ndarray:
    """Source-level values from raw bits of any unsigned type."""
    width = WIDTHS[scalar]
    exact = np.ascontiguousarray(bits).astype(f"<u{width}")
    if scalar in FLOATS:
        return exact.view(f"<f{width}")
    return exact.view(f"<i{width}") if scalar in SIGNED else exact
