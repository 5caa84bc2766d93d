"""What lifting with pointers makes of canonical text: fields behind pointers, strings, and what is refused."""

from __future__ import annotations

import pytest

from transpile.corpus import ir
from transpile.corpus.language import language
from transpile.corpus.lifting import NotLiftable, lift, lift_pointers
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.text import canonical_text

NODE = Struct("S0", (("m0", "i32"), ("m1", "*S0"), ("m2", "[4]i16")))
SIGNATURE = Signature("f0", (Parameter("p0", "S0", True), Parameter("p1", "i32")), "i32", (NODE,))


def body(wat: str, signature: Signature = SIGNATURE, target: str = "c") -> str:
    text = canonical_text(language(target).render(ir.Program(lift_pointers(wat, signature).function)).text)
    return text[text.index("{") :]


@pytest.mark.parametrize(
    ("code", "c", "rust"),
    [
        ("local.get p0 i32.load 4 i32.load", "p0 -> m1 -> m0", "( * ( * p0 ) . m1 ) . m0"),
        ("local.get p0 local.get p1 i32.const 1 i32.shl i32.add i32.load16_s 8", "p0 -> m2 [ p1 ]", "( * p0 ) . m2 [ p1 as usize ] as i32"),
        ("local.get p0 local.get p1 i32.const 16 i32.mul i32.add i32.load", "p0 [ p1 ] . m0", "( * p0 . offset ( p1 as isize ) ) . m0"),
        ("local.get p0 i32.load 4 i32.eqz", "! p0 -> m1", "( * p0 ) . m1 . is_null ( ) as i32"),
        ("local.get p0 i32.load8_u 5", "( ( uint8_t * ) p0 ) [ 5 ]", "* ( p0 as * mut u8 ) . add ( 5 ) as i32"),
    ],
)
def test_accesses(code: str, c: str, rust: str) -> None:
    wat = f"func i32 i32 -> i32 ; {code} end"
    assert body(wat) == f"{{ return {c} ; }}"
    assert body(wat, target="rust") == f"{{ {rust} }}"


def test_a_call_through_a_pointer() -> None:
    signature = Signature("f0", (Parameter("p0", "fn(i32)i32"), Parameter("p1", "i32")), "i32")
    wat = "func i32 i32 -> i32 ; local.get p1 local.get p0 call_indirect i32 -> i32 end"
    assert body(wat, signature) == "{ return p0 ( p1 ) ; }"
    with pytest.raises(NotLiftable):
        lift(wat, signature)

