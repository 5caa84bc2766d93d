"""Small modules in WAT, as the judge's tests need them: memory, stack pointer and heap base exported like those of the toolchains."""

from __future__ import annotations

import wasmtime

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Parameter, Signature
from transpile.verify.judge import Jury
from transpile.verify.types import Executable

ARRAY = Signature("f", (Parameter("a", "i32", True, False, 1), Parameter("n", "i32")), "i32")
NUMBERS = Signature("f", (Parameter("x", "i32"), Parameter("y", "i32")), "i32")
TEXT = Signature("f", (Parameter("s", "i8", True, True),), "i32")


def module(functions: str, *, exports: bool = True) -> bytes:
    globals_ = """(global (export "__stack_pointer") (mut i32) (i32.const 1024))
                  (global (export "__heap_base") i32 (i32.const 1024))"""
    return bytes(wasmtime.wat2wasm(f'(module (memory (export "memory") 2) {globals_ if exports else ""} {functions})'))


def function(head: str, body: str, *, exports: bool = True) -> Executable:
    """A module with one function `f`; `head` holds parameters, result and locals."""
    return Executable(module(f'(func (export "f") {head} {body})', exports=exports), "f")


def numbers(body: str) -> Executable:
    return function("(param $x i32) (param $y i32) (result i32)", body)


def array(each: str, *, condition: str = "i32.ge_s", before: str = "", result: str = "(local.get $s)") -> Executable:
    """Over the elements of (a, n): `each` runs with the element's address in $p and its index in $i, $s is the result if nothing else is."""
    return function(
        "(param $a i32) (param $n i32) (result i32) (local $s i32) (local $i i32) (local $p i32)",
        f"""{before}
        (block $done (loop $next
          (br_if $done ({condition} (local.get $i) (local.get $n)))
          (local.set $p (i32.add (local.get $a) (i32.shl (local.get $i) (i32.const 2))))
          {each}
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))
        {result}""",
    )


SUM = "(local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))"


def judge_both_ways(wasm: bytes) -> str:
    """A hostile module's function `f` of one i32 to an i32, as candidate for the identity and as original. The judge may find what it wants, but
    must find something, and must then still know right from wrong. Returns the candidate's status."""
    signature = Signature("f", (Parameter("a", "i32"),), "i32")
    good, wrong = (function("(param $a i32) (result i32)", body, exports=False) for body in ("(local.get $a)", "(i32.const 1)"))
    jury = Jury(good, signature, inputs=64)
    status = jury.judge(Executable(wasm, "f")).status
    try:
        Jury(Executable(wasm, "f"), signature, inputs=64).judge(wrong)
    except TranspileError as error:
        assert error.message
    assert jury.judge(good).verified and not jury.judge(wrong).verified
    return status
