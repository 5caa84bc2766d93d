"""Wasm's instructions without control, as LLVM's: each computes what wasm says, with nothing left undefined.

Limit: a NaN's bits are as LLVM likes them, as for every other language here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from transpile.corpus.go.code import Unsupported, Value

if TYPE_CHECKING:
    from transpile.corpus.go.body import Body

NATIVE = {"runtime.wasmDiv": (("i64", "i64"), "i64")}
"""Routines that take and give their values as wasm does: (parameters, result)."""

ZERO_SYMBOLS = frozenset({"runtime.writeBarrier"})
"""Memory that is zero as long as Go's garbage collector sleeps, and here it always does."""

LLVM_TYPES = {"i32": "i32", "i64": "i64", "f32": "float", "f64": "double"}

_BINARY = {
    "add": "add", "sub": "sub", "mul": "mul", "and": "and", "or": "or", "xor": "xor", "shl": "shl", "shr_s": "ashr", "shr_u": "lshr",
}  # fmt: skip
_COMPARE = {
    "eq": "eq", "ne": "ne", "lt_s": "slt", "lt_u": "ult", "gt_s": "sgt", "gt_u": "ugt", "le_s": "sle", "le_u": "ule", "ge_s": "sge", "ge_u": "uge",
}  # fmt: skip
_FLOAT_COMPARE = {"eq": "oeq", "ne": "une", "lt": "olt", "gt": "ogt", "le": "ole", "ge": "oge"}
_FLOAT_BINARY = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_FLOAT_CALLS = {
    "abs": "fabs", "ceil": "ceil", "floor": "floor", "trunc": "trunc", "nearest": "rint", "sqrt": "sqrt", "min": "minimum", "max": "maximum",
    "copysign": "copysign",
}  # fmt: skip
_COUNTS = {"clz": ("ctlz", ", i1 false"), "ctz": ("cttz", ", i1 false"), "popcnt": ("ctpop", "")}
_DIVISIONS = {"div_s": "sdiv", "div_u": "udiv", "rem_s": "srem", "rem_u": "urem"}


def _division(kind: str, name: str) -> str:
    """A division as wasm does it: it traps where LLVM's is undefined, and the remainder of the smallest number by -1 is 0."""
    operation, smallest = _DIVISIONS[name], -(1 << (int(kind[1:]) - 1))
    lines = [f"define internal {kind} @wasm.{kind}.{name}({kind} %x, {kind} %y) alwaysinline {{", f"  %zero = icmp eq {kind} %y, 0"]
    if name == "div_s":
        lines += [
            f"  %last = icmp eq {kind} %x, {smallest}", f"  %minus = icmp eq {kind} %y, -1", "  %over = and i1 %last, %minus",
            "  %bad = or i1 %zero, %over", "  br i1 %bad, label %trap, label %fine",
        ]  # fmt: skip
    else:
        lines.append("  br i1 %zero, label %trap, label %fine")
    lines += ["trap:", "  call void @llvm.trap()", "  unreachable", "fine:"]
    if name == "rem_s":
        lines += [
            f"  %minus = icmp eq {kind} %y, -1", f"  %safe = select i1 %minus, {kind} 1, {kind} %y", f"  %r = srem {kind} %x, %safe",
        ]  # fmt: skip
    else:
        lines.append(f"  %r = {operation} {kind} %x, %y")
    return "\n".join([*lines, f"  ret {kind} %r", "}"])


PRELUDE = "\n".join([_division(kind, name) for kind in ("i32", "i64") for name in _DIVISIONS]) + """
define internal i64 @runtime.wasmDiv(i64 %x, i64 %y) alwaysinline {
  %minus = icmp eq i64 %y, -1
  br i1 %minus, label %negate, label %divide
negate:
  %n = sub i64 0, %x
  ret i64 %n
divide:
  %q = call i64 @wasm.i64.div_s(i64 %x, i64 %y)
  ret i64 %q
}
declare i32 @memcmp(ptr, ptr, i32)
declare void @llvm.trap() cold noreturn nounwind
declare void @llvm.memset.p0.i32(ptr, i8, i32, i1)
declare void @llvm.memmove.p0.p0.i32(ptr, ptr, i32, i1)
"""
"""What the functions call; `runtime.wasmDiv` is Go's division of 64-bit numbers, which does not overflow."""

INTRINSICS = "\n".join(
    [
        f"declare {t} @llvm.{call}.{k}({', '.join([t] * (2 if op in ('min', 'max', 'copysign') else 1))})"
        for op, call in _FLOAT_CALLS.items()
        for k, t in (("f32", "float"), ("f64", "double"))
    ]
    + [f"declare {k} @llvm.{call}.{k}({k}{', i1' if more else ''})" for call, more in _COUNTS.values() for k in ("i32", "i64")]
    + [f"declare {k} @llvm.{call}.{k}({k}, {k}, {k})" for call in ("fshl", "fshr") for k in ("i32", "i64")]
    + [
        f"declare {k} @llvm.fpto{s}i.sat.{k}.{f}({t})"
        for k in ("i32", "i64")
        for s in "su"
        for f, t in (("f32", "float"), ("f64", "double"))
    ]
)


def llvm(kind: str) -> str:
    """LLVM's name of a wasm type. Raises Unsupported for a vector."""
    if kind not in LLVM_TYPES:
        raise Unsupported("vector instructions")
    return LLVM_TYPES[kind]


def zero(kind: str) -> str:
    return "0" if kind in ("i32", "i64") else "0.0"


def float_constant(kind: str, bits: int) -> str:
    return f"bitcast (i{kind[1:]} {bits} to {llvm(kind)})"


def access(kind: str, operation: str) -> tuple[str, str]:
    """(the type in memory, how it becomes the wasm type) of a load or store: `load16_s` of i64 is ("i16", "sext"), `store` of f32 ("float", "")."""
    digits = "".join(c for c in operation if c.isdigit())
    if not digits:
        return llvm(kind), ""
    return f"i{digits}", "sext" if operation.endswith("_s") else "zext"


def compute(body: Body, name: str, operands: Sequence[str], gives: str) -> Value:
    """The value of an instruction."""
    kind, _, operation = name.partition(".")
    type_ = llvm(kind)
    if operation == "eqz":
        return _truth(body, f"icmp eq {kind} {operands[0]}, 0")
    if kind[0] == "i" and operation in _COMPARE:
        return _truth(body, f"icmp {_COMPARE[operation]} {kind} {operands[0]}, {operands[1]}")
    if kind[0] == "f" and operation in _FLOAT_COMPARE:
        return _truth(body, f"fcmp {_FLOAT_COMPARE[operation]} {type_} {operands[0]}, {operands[1]}")
    if kind[0] == "f" and operation in _FLOAT_BINARY:
        return body.name(f"{_FLOAT_BINARY[operation]} {type_} {operands[0]}, {operands[1]}", gives)
    if operation == "neg":
        return body.name(f"fneg {type_} {operands[0]}", gives)
    if operation in _FLOAT_CALLS and kind[0] == "f":
        return body.name(f"call {type_} @llvm.{_FLOAT_CALLS[operation]}.{kind}({', '.join(f'{type_} {o}' for o in operands)})", gives)
    if operation in _BINARY:
        right = operands[1]
        if operation in ("shl", "shr_s", "shr_u"):
            right = body.name(f"and {kind} {right}, {int(kind[1:]) - 1}", kind).text
        return body.name(f"{_BINARY[operation]} {kind} {operands[0]}, {right}", gives)
    if operation in _DIVISIONS:
        return body.name(f"call {kind} @wasm.{kind}.{operation}({kind} {operands[0]}, {kind} {operands[1]})", gives)
    if operation in ("rotl", "rotr"):
        call = "fshl" if operation == "rotl" else "fshr"
        return body.name(f"call {kind} @llvm.{call}.{kind}({kind} {operands[0]}, {kind} {operands[0]}, {kind} {operands[1]})", gives)
    if operation in _COUNTS:
        call, more = _COUNTS[operation]
        return body.name(f"call {kind} @llvm.{call}.{kind}({kind} {operands[0]}{more})", gives)
    return _convert(body, operation, kind, operands[0])


def _truth(body: Body, text: str) -> Value:
    return body.name(f"zext i1 {body.name(text, 'i1').text} to i32", "i32")


def _convert(body: Body, operation: str, kind: str, operand: str) -> Value:
    type_ = llvm(kind)
    if operation.startswith("extend") and "_i32" not in operation:  # extend8_s
        narrow = f"i{operation[6:-2]}"
        return body.name(f"sext {narrow} {body.name(f'trunc {kind} {operand} to {narrow}', kind).text} to {kind}", kind)
    if operation.startswith("trunc_sat"):
        source, sign = operation.split("_")[2:]
        return body.name(f"call {kind} @llvm.fpto{sign}i.sat.{kind}.{source}({llvm(source)} {operand})", kind)
    source = operation.split("_")[1] if "_" in operation else ""
    signed = operation.endswith("_s")
    words = {
        "wrap": "trunc", "extend": "sext" if signed else "zext", "convert": "sitofp" if signed else "uitofp", "demote": "fptrunc",
        "promote": "fpext", "reinterpret": "bitcast",
    }  # fmt: skip
    word = words.get(operation.split("_")[0])
    if word is None:
        raise Unsupported(f"the instruction {kind}.{operation}")
    return body.name(f"{word} {llvm(source)} {operand} to {type_}", kind)
