"""Lifting by rules, step by step, without compilers: what the trees and the rendered functions look like."""

from __future__ import annotations

import pytest

from transpile.corpus import ir
from transpile.corpus.language import language
from transpile.corpus.lifting import NotLiftable, lift
from transpile.corpus.lifting import tree as t
from transpile.corpus.lifting.memory import linear
from transpile.corpus.lifting.shape import shape
from transpile.corpus.lifting.stack import TreeBuilder
from transpile.corpus.lifting.webs import split
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.text import canonical_text
from transpile.corpus.wasm.wat_text import parse

SUM = (
    "func i32 i32 -> i32 local i32 ; i32.const 0 local.set v0 block l0 local.get p1 i32.const 1 i32.lt_s br_if l0 loop l1 "
    "local.get p0 i32.load local.get v0 i32.add local.set v0 local.get p0 i32.const 4 i32.add local.set p0 "
    "local.get p1 i32.const -1 i32.add local.tee p1 br_if l1 end end local.get v0 end"
)
ARRAY = Signature("f0", (Parameter("p0", "i32", pointer=True, const=True, length=1), Parameter("p1", "i32")), "i32")


def rendered(text: str, signature: Signature, tongue: str = "rust", **options: object) -> str:
    function = lift(text, signature, **options).function
    return canonical_text(language(tongue).render(ir.Program(function)).text)


def scalars(*types: str, result: str | None = "i32") -> Signature:
    return Signature("f0", tuple(Parameter(f"p{i}", one) for i, one in enumerate(types)), result)


def test_a_counted_loop_over_a_pointer_becomes_one_over_the_elements():
    assert rendered(SUM, ARRAY) == (
        "pub fn f0 ( p0 : & [ i32 ] ) -> i32 { let mut v0 : i32 = 0 ; for & v1 in p0 { v0 += v1 ; } v0 }"
    )


def test_without_idioms_the_loop_keeps_the_machine_s_shape():
    text = rendered(SUM, ARRAY, idioms=False)
    assert "for " not in text
    assert "loop {" in text and "break" in text


@pytest.mark.parametrize("tongue", ["c", "cpp", "d", "go", "rust", "zig"])
def test_every_language_renders(tongue):
    assert "p0 [" in rendered(SUM, ARRAY, tongue, idioms=False)


def test_signedness_follows_the_instructions():
    signed = rendered("func i32 i32 -> i32 ; local.get p0 local.get p1 i32.div_s end", scalars("i32", "i32"))
    unsigned = rendered("func i32 i32 -> i32 ; local.get p0 local.get p1 i32.div_u end", scalars("i32", "i32"))
    assert " as " not in signed
    assert "p0 as u32 / p1 as u32" in unsigned


def test_a_shift_count_is_masked_as_the_machine_does():
    assert "p1 & 31" in rendered("func i32 i32 -> i32 ; local.get p0 local.get p1 i32.shl end", scalars("i32", "i32"))


def test_narrow_parameters_and_results():
    text = rendered("func i32 -> i32 ; local.get p0 i32.const 1 i32.add i32.const 255 i32.and end", scalars("u8", result="u8"))
    assert "as u8" in text and "p0 : u8" in text


def test_fields_of_a_struct():
    signature = Signature("f0", (Parameter("p0", "S0", pointer=True),), "i32", (Struct("S0", (("m0", "i32"), ("m1", "i32"))),))
    assert "p0 . m1" in rendered("func i32 -> i32 ; local.get p0 i32.load 4 end", signature)


def test_two_elements_read_at_once_are_put_together():
    signature = Signature("f0", (Parameter("p0", "u8", pointer=True, const=True, length=1), Parameter("p1", "i32")), "i32")
    text = rendered("func i32 i32 -> i32 ; local.get p0 i32.load16_u end", signature)
    assert "p0 [ 0 ]" in text and "p0 [ 1 ]" in text and "<< 8" in text


def test_a_table_in_the_data_becomes_a_local_array():
    text = rendered("func i32 -> i32 ; local.get p0 i32.load8_u d0 end", scalars("u32"), data=[b"\x07\x08\x09"])
    assert "[ 7 , 8 , 9 ]" in text


def test_the_bits_of_a_float():
    assert "p0 . to_bits ( )" in rendered("func f32 -> i32 ; local.get p0 i32.reinterpret_f32 end", scalars("f32", result="u32"))


def test_a_local_array_lives_on_the_machine_s_stack():
    text = (
        "func i32 -> i32 local i32 ; global.get sp i32.const 16 i32.sub local.tee v0 i32.const 7 i32.store local.get v0 local.get p0 "
        "i32.const 3 i32.and i32.const 2 i32.shl i32.add i32.load end"
    )
    assert "= [ 0i32 ; 4 ]" in rendered(text, scalars("u32"))


def test_a_jump_out_of_two_loops_gets_a_label():
    text = (
        "func i32 i32 -> i32 local i32 i32 ; block l0 loop l1 loop l2 local.get p0 local.get v0 i32.eq br_if l0 local.get v0 i32.const 3 i32.add "
        "local.tee v0 local.get p1 i32.lt_u br_if l2 end local.get v1 i32.const 1 i32.add local.tee v1 local.get p1 i32.lt_u br_if l1 end "
        "local.get v1 i32.const 5 i32.mul local.set v1 end local.get v1 local.get v0 i32.xor local.tee v1 local.get v1 i32.mul local.get v0 i32.add end"
    )
    found = rendered(text, scalars("u32", "u32"))
    assert "break 'l" in found and "'l" in found.split("break", 1)[0]
    assert "goto" in rendered(text, scalars("u32", "u32"), "c")
    assert "break : l" in rendered(text, scalars("u32", "u32"), "zig")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("func i32 -> i32 ; local.get p0 call_indirect i32 end", "a call through a pointer"),
        ("func i32 -> i32 ; global.get g0 end", "global.get"),
        ("func i32 -> i32 ; local.get p0 call c7 end", "call of c7"),
        ("func i32 -> i32 ; local.get p0 i32.load end", "no element"),
        ("func -> i32 ; i32.const 0 end", "signature"),
    ],
)
def test_what_is_out_of_reach_is_said(text, why):
    with pytest.raises(NotLiftable, match=why):
        lift(text, scalars("i32"))


def test_a_register_with_two_lives_becomes_two_variables():
    text = "func i32 -> i32 local i32 ; local.get p0 local.set v0 local.get v0 local.set p0 i32.const 5 local.set v0 local.get v0 local.get p0 i32.add end"
    builder = TreeBuilder(parse(text), {})
    body, _, zero = split(builder.build(), builder.types)
    names = [one.name for one in body if isinstance(one, t.Set)]
    assert len(set(names)) == 3 and not zero


def test_what_a_loop_carries_around_stays_one_variable():
    builder = TreeBuilder(parse(SUM), {})
    body, _, _ = split(builder.build(), builder.types)
    sets = [one.name for one in t.statements(body) if isinstance(one, t.Set)]
    assert sets.count("p0") == 1 and sets.count("p1") == 1


def test_a_value_on_the_stack_is_kept_from_a_later_change():
    text = "func i32 -> i32 ; local.get p0 i32.const 9 local.set p0 local.get p0 i32.sub end"
    builder = TreeBuilder(parse(text), {})
    first, second, last = builder.build()
    assert isinstance(first, t.Set) and first.value == t.Get("i32", "p0")
    assert isinstance(second, t.Set) and second.name == "p0"
    assert isinstance(last, t.Return) and last.value.args[0] == t.Get("i32", first.name)


def test_shaping_keeps_early_returns_and_drops_labels():
    builder = TreeBuilder(parse("func i32 -> i32 ; block l0 local.get p0 br_if l0 i32.const 1 return end i32.const 2 end"), {})
    body = shape(builder.build())
    assert [type(one) for one in body] == [t.If, t.Return]
    assert body[0].then == (t.Return(t.Const("i32", 1)),)


def test_linear_forms_are_modulo_two_to_the_32():
    x = t.Get("i32", "p0")
    form = linear(t.Op("i32", "i32.sub", (t.Op("i32", "i32.shl", (x, t.Const("i32", 2))), t.Const("i32", 4))))
    assert form.constant == -4 and form.terms == ((x, 4),)


def test_an_address_that_is_chosen_between_two_sums_is_in_their_array():
    text = (
        "func i32 i32 -> i32 ; local.get p0 i32.const 4 i32.add local.get p0 i32.const 8 i32.add local.get p1 select i32.load end"
    )
    signature = Signature("f0", (Parameter("p0", "i32", pointer=True, const=True), Parameter("p1", "i32")), "i32")
    assert "p0" in rendered(text, signature, "c")
