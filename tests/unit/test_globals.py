"""Variables of a file, without compilers: which data is state and of what type, and what every language makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from transpile.corpus import ir
from transpile.corpus.globals import Declaration, Global, Part, Text, symbol_name
from transpile.corpus.language import language, languages
from transpile.corpus.lifting import NotLiftable, lift
from transpile.corpus.lifting.lift import pointers
from transpile.corpus.lifting.memory import Variable
from transpile.corpus.lifting.state import Uses, find_variables
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text, renumber_locals, suffixed
from transpile.corpus.wasm.reader import Segment

NEXT = "func -> i32 local i32 ; i32.const 0 i32.const 0 i32.load d0 local.tee v0 i32.const 1 i32.add i32.store d0 local.get v0 end"
PUSH = "func i32 i32 -> ; local.get p0 i32.const 15 i32.and i32.const 2 i32.shl local.get p1 i32.store d0 end"
READ = "func i32 -> i32 ; local.get p0 i32.load8_u d0 end"
NONE = Signature("f0", (), "i32")
TWO = Signature("f0", (Parameter("p0", "i32"), Parameter("p1", "i32")), None)
COUNTER = Global("g0", "i32", None, (100,), "next_id_count")
RING = Global("g0", "i32", 16)


def rendered(text: str, signature: Signature, one: Global, tongue: str) -> str:
    function = lift(text, signature, data=(bytes(64),), state={0: (Variable(0, one),)}).function
    return canonical_text(language(tongue).render(ir.Program(function, (), (one,))).text)


def found(segment: Segment, *functions: tuple[str, Signature], declared: dict[str, Declaration] | None = None) -> tuple[Variable, ...] | None:
    uses = Uses()
    for text, signature in functions:
        uses.add(pointers(text, signature, {}, (segment.data,)), (segment.index,))
    return find_variables([segment], uses, declared or {}, set()).get(segment.index)


@pytest.mark.parametrize(
    ("tongue", "body"),
    [
        ("c", "{ int32_t v0 = g0 ; g0 = v0 + 1 ; return v0 ; }"),
        ("cpp", "{ int32_t v0 = g0 ; g0 = v0 + 1 ; return v0 ; }"),
        ("rust", "{ unsafe { let v0 = g0 ; g0 = v0 + 1 ; v0 } }"),
        ("zig", "{ const v0 = g0 ; g0 = v0 +% 1 ; return v0 ; }"),
        ("assemblyscript", "{ const v0 = g0 ; g0 = v0 + 1 ; return v0 ; }"),
        ("go", "{ v0 := g0 ; g0 = v0 + 1 ; return v0 ; }"),
        ("d", "{ int v0 = g0 ; g0 = v0 + 1 ; return v0 ; }"),
    ],
)
def test_a_variable_of_the_file_is_read_once_and_written(tongue, body):
    assert rendered(NEXT, NONE, COUNTER, tongue).endswith(body)


@pytest.mark.parametrize("tongue", sorted(languages()))
def test_an_array_of_the_file_is_not_declared_by_the_function(tongue):
    text = rendered(PUSH, TWO, RING, tongue)
    assert "g0 [" in text and "= p1" in text and "[ 0" not in text


@pytest.mark.parametrize(
    ("tongue", "one", "text"),
    [
        ("c", COUNTER, "static int32_t g0 = 100;"),
        ("c", RING, "static int32_t g0[16];"),
        ("cpp", Global("g1", "bool", None, (True,)), "static bool g1 = true;"),
        ("c", Global("g1", "f64", 2, (0.5, 1.0)), "static double g1[2] = {0.5, 1.0};"),
        ("rust", COUNTER, "static mut g0: i32 = 100;"),
        ("rust", RING, "static mut g0: [i32; 16] = [0; 16];"),
        ("rust", Global("g1", "f32"), "static mut g1: f32 = 0.0;"),
        ("assemblyscript", COUNTER, "let g0: i32 = 100;"),
        ("assemblyscript", RING, "const g0 = changetype<Pointer<i32>>(memory.data(64, 8));"),
        ("assemblyscript", Global("g1", "u8", 2, (1, 2)), "const g1 = changetype<Pointer<u8>>(memory.data<u8>([1, 2]));"),
        ("zig", COUNTER, "var g0: i32 = 100;"),
        ("zig", RING, "var g0: [16]i32 = @splat(0);"),
        ("zig", Global("g1", "u8", 2, (1, 2)), "var g1: [2]u8 = .{ 1, 2 };"),
        ("d", COUNTER, "__gshared int g0 = 100;"),
        ("d", RING, "__gshared int[16] g0;"),
        ("d", Global("g1", "f32"), "__gshared float g1 = 0;"),
        ("d", Global("g1", "u8", 2, (1, 2)), "__gshared ubyte[2] g1 = [1, 2];"),
    ],
)
def test_variables_are_written_as_people_do(tongue, one, text):
    assert language(tongue).write_global(one) == text


def test_a_unit_has_the_variables_of_all_its_functions_once():
    callee = SourceFunction("c", Signature("c0", (), None), "void c0 ( void ) { g0 = 1 ; }", (), (COUNTER,))
    unit = language("c").write_unit(SourceFunction("c", NONE, "int32_t f0 ( void ) { c0 ( ) ; return g0 ; }", (callee,), (COUNTER,)))
    assert unit.count("int32_t g0 = 100;") == 1 and "static" not in unit


def test_data_that_is_stored_to_is_state_and_other_data_is_not():
    assert found(Segment(3, ".data.next_id.count", 0x1000, b"d\0\0\0"), (NEXT, NONE)) == (Variable(0, COUNTER),)
    assert found(Segment(0, ".data.table", 0x1000, bytes(16)), (READ, Signature("f0", (Parameter("p0", "i32"),), "i32"))) is None


def test_an_indexed_variable_is_an_array_of_what_is_stored():
    assert found(Segment(0, ".data.ring", 0x1000, bytes(64)), (PUSH, TWO)) == (Variable(0, Global("g0", "i32", 16, (), "ring")),)


def test_the_source_s_type_counts_where_it_has_the_size():
    declared = {"ring": Declaration(64, (Part("", "u32", 16, 0),))}
    (ring,) = found(Segment(0, ".data.ring", 0x1000, bytes(64)), (PUSH, TWO), declared=declared)
    assert ring.itself.type == "u32"
    (shrunk,) = found(Segment(0, ".data.ring", 0x1000, bytes(8)), (PUSH, TWO), declared=declared)
    assert (shrunk.itself.type, shrunk.itself.count) == ("i32", 2)


def test_fields_that_became_variables_keep_their_names():
    declared = {"bounds": Declaration(8, (Part("low", "i32", None, 0), Part("high", "u32", None, 4)))}
    uses = Uses()
    uses.add(pointers(NEXT, NONE, {}, (bytes(4),)), (0,))
    uses.add(pointers(NEXT, NONE, {}, (bytes(4),)), (1,))
    segments = [Segment(i, f".data.bounds.{i}", 0x1000 + 4 * i, bytes(4)) for i in range(2)]
    found = find_variables(segments, uses, declared, {"bounds_low"})
    assert [v.itself for one in found.values() for v in one] == [Global("g0", "i32", None, (), "bounds_low_"), Global("g1", "u32", None, (), "bounds_high")]


def test_declarations_are_read_from_c():
    text = """
    #define SIZE 4
    typedef unsigned char byte;
    struct point { short x; struct { int a[3]; } y; char *name; };
    static uint32_t seed = 12345, other;
    static const int weights[] = {1, 2, 3};
    extern int elsewhere;
    int f(int a);
    struct point here = { 1 }, pool[4];
    static struct { byte a, b; } bytes[4];
    byte grid[SIZE][2 * SIZE] = { 0 };
    double (*callback)(double);
    int next(int k) { static int count = 7; static bool done; int local = 1; return count++ + local; }
    """
    told = language("c").read_variables(text)
    read = {name: replace(one, element="", is_array=False, structs=()) for name, one in told.items()}
    assert (told["seed"].element, told["weights"].element, told["grid"].element) == ("u32", "i32", "u8") and told["grid"].is_array
    assert told["bytes"].element == "bytes_entry" and told["bytes"].structs == (Struct("bytes_entry", (("a", "u8"), ("b", "u8"))),)
    assert read["seed"] == read["other"] == Declaration(4, (Part("", "u32", None, 0),))
    assert read["weights"] == Declaration(0, (Part("", "i32", 0, 0),))
    assert read["pool"] == Declaration(80, (), True) and read["bytes"] == Declaration(8, ())
    assert read["grid"] == Declaration(32, (Part("", "u8", 32, 0),))
    assert read["here"] == Declaration(20, (Part("x", "i16", None, 0), Part("y_a", "i32", 3, 4), Part("name", "*void", None, 16)), True)
    assert read["next.count"].parts == (Part("", "i32", None, 0),) and read["next.done"].parts == (Part("", "bool", None, 0),)
    assert not {"elsewhere", "f", "local", "next.local"} & read.keys() and not read["callback"].parts


def test_declarations_are_read_from_rust_and_zig():
    rust = "pub static mut SEED: u32 = 1;\nstatic mut RING: [i16; 2 * N] = [0; 2 * N];\nstatic mut P: *mut u8 = NULL;\n// static mut NO: u8 = 0;\n"
    zig = "var seed: u32 = 1;\nexport var ring: [2 * n]i16 = @splat(0);\nvar p: ?*u8 = null;\n// var no: u8 = 0;\n"
    for tongue, text, names in (("rust", rust, ("SEED", "RING")), ("zig", zig, ("seed", "ring"))):
        read = language(tongue).read_variables(text)
        assert list(read.values()) == [Declaration(4, (Part("", "u32", None, 0),)), Declaration(0, (Part("", "i16", 0, 0),))]
        assert tuple(read) == names


def test_accesses_of_several_widths_to_one_place_have_no_type():
    narrow = "func i32 i32 -> ; local.get p0 local.get p1 i32.store8 d0 end"
    floats = "func i32 i32 -> ; local.get p0 local.get p1 f32.convert_i32_s f32.store d0 end"
    segment = Segment(0, ".data.buffer", 0x1000, bytes(64))
    (whole,) = found(segment, (PUSH, TWO), (narrow, TWO))
    assert whole.itself.type == "u8" and whole.itself.count == 64
    assert found(segment, (PUSH, TWO), (floats, TWO)) == ()
    with pytest.raises(NotLiftable):
        lift(PUSH, TWO, data=(bytes(64),), state={0: ()})


def test_what_is_only_0_or_1_is_a_bool():
    ready = "func -> i32 ; i32.const 0 i32.const 1 i32.store8 d0 i32.const 0 i32.load8_u d0 end"
    (one,) = found(Segment(0, ".data.ready", 0x1000, b"\1"), (ready, NONE))
    assert one.itself == Global("g0", "bool", None, (True,), "ready")


def test_a_module_without_names_has_a_variable_for_every_place_that_is_named():
    (first, second) = found(Segment(0, "", 0x1000, bytes(8)), (NEXT, NONE), (NEXT.replace("d0", "d0 4"), NONE))
    assert (first.start, second.start) == (0, 4) and second.itself.name == "g1" and second.itself.count is None


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("seed", "seed"),
        ("next_id.count", "next_id.count"),
        ("_ZL4seed", "seed"),
        ("_ZZ7next_idvE5count", "next_id.count"),
        ("_ZN12_GLOBAL__N_14seedE", "seed"),
        ("_ZN4unit4SEED17h0123456789abcdefE", "SEED"),
        ("_RNvCsk8vbDZJD_4unit4SEED", "SEED"),
        ("_RNvNvCs1Abc_4unit7next_id5COUNT", "next_id.COUNT"),
        (".Lunit_ring", "ring"),
    ],
)
def test_symbols_name_variables(symbol, name):
    assert symbol_name(symbol) == name


JOB = Struct("S0", (("m0", "*const i8"), ("m1", "[2]i16"), ("m2", "i32")))
JOBS = Global("g0", "S0", 2, ((Text(b"a\x01"), (1, 2), -1), (0, (0, 0), 7)), "jobs", (JOB,), True)


def test_a_table_of_structs_is_what_its_bytes_say():
    text = Segment(0, ".rodata..L.str", 0x1000, b"a\x1b\0")
    table = Segment(1, ".rodata.jobs", 0x1010, bytes.fromhex("001000000100feff0700000000000000000000000a000000"))
    declared = {"jobs": Declaration(24, (), True, "S0", True, (JOB,))}
    (one,) = find_variables([text, table], Uses(), declared, set())[1]
    assert one.itself == Global("g0", "S0", 2, ((Text(b"a\x1b"), (1, -2), 7), (0, (0, 0), 10)), "jobs", (JOB,), True)
    written = Segment(0, ".data.text", 0x1000, text.data)
    assert 1 not in find_variables([written, table], Uses(), declared, set()), "what its pointers lead to may change"


@pytest.mark.parametrize(("tongue", "text"), [
    ("c", 'static const struct S0 g0[2] = {{(const int8_t *)"a\\001", {1, 2}, -1}, {NULL, {0, 0}, 7}};'),
    ("rust", 'static mut g0: [S0; 2] = [S0 { m0: c"a\\x01".as_ptr(), m1: [1, 2], m2: -1 }, S0 { m0: core::ptr::null(), m1: [0, 0], m2: 7 }];'),
    ("zig", 'const g0: [2]S0 = .{ .{ .m0 = @ptrCast(@constCast("a\\x01")), .m1 = .{ 1, 2 }, .m2 = -1 }, .{ .m0 = null, .m1 = .{ 0, 0 }, .m2 = 7 } };'),
])  # fmt: skip
def test_tables_of_structs_are_written_with_their_values(tongue, text):
    assert language(tongue).write_global(JOBS) == text


def test_words_in_quotes_are_no_names():
    assert suffixed('c0 ( "c0 = %d" , g1 , \'"\' ) ; "f0"', "_7", ("g1",)) == 'c0_7 ( "c0 = %d" , g1 , \'"\' ) ; "f0_7"'
    assert renumber_locals('v5 = v2 ; "v5"') == 'v0 = v1 ; "v5"'
