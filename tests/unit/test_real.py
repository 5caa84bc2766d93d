"""Cutting functions out of real C: what a body needs comes along, what can't be had is said, calls between files are found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from transpile.corpus.c.preprocessor import Preprocessed, without_prototypes
from transpile.corpus.c.words import tokens
from transpile.corpus.language import language
from transpile.corpus.naming import canonical_function
from transpile.corpus.pairs import FunctionPair, callees_json, signature_json, source_function
from transpile.corpus.real.c import CutReader
from transpile.corpus.real.functions import FILES, Tree, callee_names, groups, in_cpp, parts
from transpile.corpus.real.link import Linker
from transpile.corpus.real.tidy import plain_numbers, without_brackets
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction

C = language("c")


def cut(*files: str) -> tuple[dict[str, SourceFunction], Counter[str], Counter[str]]:
    """(functions by name, what was left out by reason, what was counted) of some preprocessed files."""
    readers = []
    for text in files:
        readers.append(CutReader(Preprocessed(text, (0,)), "c", C.keywords))
        readers[-1].read_all()
    linker = Linker(readers)
    drops: Counter[str] = Counter()
    found = {f.name: f for i in range(len(files)) for f, _ in linker.functions(i, drops)}
    return found, drops, linker.counts


def only(text: str) -> SourceFunction:
    found, drops, _ = cut(text)
    assert not drops
    return next(iter(found.values()))


def test_types_that_only_the_body_needs_are_defined_in_it() -> None:
    text = only(
        """
        typedef unsigned int word;
        typedef struct { float x, y; } point;
        typedef float triple[3];
        union bits { float f; word i; };
        word raw(float f) { union bits u; triple t; point p; u.f = f; t[0] = f; p.x = t[0]; return u.i + (word)p.x; }
        """
    ).text
    body = text[text.index("{") :]
    assert "typedef float triple [ 3 ] ;" in body
    assert "struct point { float x ; float y ; } ;" in body and "struct point p ;" in body
    assert "union bits { float f ; unsigned int i ; } ;" in body
    assert "return u . i + ( unsigned int ) p . x" in body


def test_members_of_a_struct_of_the_body_keep_one_name() -> None:
    function = only("int f(int a) { struct pair { int a, b; } p; p.a = a; p.b = 1; return p.a + p.b; }")
    text = canonical_function(function, C, [], {"f": function.signature}).text
    assert text == (
        "int32_t f0 ( int32_t p0 ) { struct v0 { int32_t p0 , v1 ; } v2 ; v2 . p0 = p0 ; v2 . v1 = 1 ; return v2 . p0 + v2 . v1 ; }"
    )


def test_parameters_of_other_forms() -> None:
    found, _, _ = cut(
        """
        typedef int vec[4]; typedef unsigned char *bytes; typedef unsigned fast;
        int first(const vec v) { return v[0]; }
        fast second(bytes b) { return b[1]; }
        int any(const void *p, size_t n) { const unsigned char *q = p; return q[n - 1]; }
        enum way { LEFT, RIGHT = 5 };
        int turn(enum way w) { return w == RIGHT; }
        """
    )
    shapes = {n: [(p.type, p.pointer, p.const, p.length) for p in f.signature.parameters] for n, f in found.items()}
    assert shapes == {
        "first": [("i32", True, True, None)],
        "second": [("u8", True, False, None)],
        "any": [("u8", True, True, 1), ("usize", False, False, None)],
        "turn": [("u32", False, False, None)],
    }
    assert "w == 5" in found["turn"].text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("static int table[4] = {1, 2, 3, 4}; int f(int i) { return table[i]; }", "variables of the file"),
        ("static const char *const names[] = {here}; char here[3]; int f(int i) { return *names[i]; }", "variables of the file"),
        ("int f(int i) { static int n; return n += i; }", "static data"),
        ("int f(int i) { return g(i); }", "calls what nothing declares"),
        ("int g(int, ...); int f(int i) { return g(i); }", "calls a function whose type can't be said"),
        ("int f(void) { return *(volatile unsigned *)0x40021000; }", "address of a device"),
        ("thing f(int i) { return i; }", "type of the result"),
        ("int f(thing t) { return 1; }", "parameter: type unknown"),
        ("struct s { int a; union { float x; int y; } u; }; int f(struct s *p) { return p->u.x + p->u.y; }", "union"),
        ("struct s { int a : 3; }; int f(struct s *p) { return p->a; }", "bit field"),
        ("int f(int n, ...) { return n; }", "variable arguments"),
        ("int f(int n) { __asm__(\"nop\"); return n; }", "inline assembly"),
        ("int f(int n) whatever { return n; }", "head not understood"),
        ("int f(int n) { __m128i x = _mm_set1_epi8(n); return n; }", "intrinsics"),
    ],
)  # fmt: skip
def test_why_a_function_is_left_out(text: str, reason: str) -> None:
    found, drops, counts = cut(text)
    assert not found and drops == {reason: 1}
    assert counts["functions"] == 1 and counts["cut out"] == 0


def test_a_callee_that_is_left_out_takes_its_callers_along() -> None:
    _, drops, counts = cut("struct s { int t : 3; }; static int g(struct s *p) { return p->t; } int f(int i) { return g((struct s *)i); }")
    assert drops == {"bit field": 2}
    assert counts["standalone"] == 1  # f, whose own types can be said; it counts as lost


def signature(text: str, name: str = "f") -> tuple[list[str], str | None, dict[str, dict[str, str]]]:
    """Types of the parameters, the result, and the fields of each struct."""
    one = cut(text)[0][name].signature
    return [p.whole for p in one.parameters], one.result, {s.name: dict(s.fields) for s in one.structs}


def test_types_of_more_than_scalars() -> None:
    assert signature("struct n { int v; struct n *next; }; struct n *f(struct n *p, char **s) { return p->next; }") == (
        ["*n", "**i8"], "*n", {"n": {"v": "i32", "next": "*n"}}
    )  # fmt: skip
    assert signature("typedef int (*op)(const void *, int); int f(op o, void *x, int (*g)(void)) { return o(x, g()); }")[0] == [
        "fn(*const void,i32)i32", "*void", "fn()i32"
    ]  # fmt: skip
    assert signature("typedef struct { float x, y; } v2; v2 f(v2 a, v2 m[3][2]) { a.x = m[0][1].y; return a; }") == (
        ["v2", "*[2]v2"], "v2", {"v2": {"x": "f32", "y": "f32"}}
    )  # fmt: skip


def test_of_a_large_struct_stays_what_is_named() -> None:
    text = """
        struct other; enum { N = 4 };
        struct big { char a; long long b; union { int i; float f; } u; unsigned flags : 5, more : 3; double d[N * 2]; struct other *o;
                     struct { short x, y; } at; int last; char tail[3]; };
    """
    assert signature(text + "int f(struct big *p) { return p->last + p->at.y; }")[2] == {
        "anonymous2_": {"x": "i16", "y": "i16"},
        "big": {"_pad0": "[11]u64", "_pad1": "[4]u8", "at": "anonymous2_", "last": "i32"},
    }
    assert signature(text + "int f(struct big *p) { return p->u.f; }")[2]["union_anonymous1_"] == {"f": "f32"}


def test_constants_of_the_file_come_along() -> None:
    text = only("static const int N = 3; const unsigned char table[] = {1, 2, N}; int f(int n) { return table[n & 1] + n; }").text
    assert text.startswith("int f ( int n ) { static const int N = 3 ; static const unsigned char table [ ] = { 1 , 2 , N } ;")


def test_calls_are_found_in_other_files_and_in_the_library() -> None:
    found, drops, _ = cut(
        "static int help(int x) { return x + 1; } int f(int c) { return help(c) + far(c) + isalnum(c); }",
        "static int help(int x) { return x * 5; } int far(int x) { return x ^ 3; }",
    )
    assert not drops
    assert callee_names(found["f"]) == ["help", "far", "isalpha", "isdigit", "isalnum"]
    assert {c.name: c.text for c in found["f"].callees}["help"].endswith("{ return x + 1 ; }")


def test_two_functions_of_one_name_are_not_mixed_up() -> None:
    found, drops, _ = cut(
        "static int help(int x) { return x + 1; } int f(int c) { return help(c) + far(c); }",
        "static int help(int x) { return x * 5; } int far(int x) { return help(x); }",
    )
    assert not drops and [(c.name, c.is_declared_only) for c in found["f"].callees] == [("help", False), ("far", True)]


def test_only_the_files_own_functions_are_given_and_its_headers_help() -> None:
    header, own = "static int twice(int x) { return 2 * x; }\n", "int f(int x) { return twice(x) + 1; }\n"
    reader = CutReader(Preprocessed(header + own, (0, 0, len(header))), "c", C.keywords)
    reader.read_all()
    assert [f.name for f, _ in Linker([reader]).functions(0, Counter())] == ["f"]


def test_a_struct_that_points_back_to_one_that_can_not_be_said() -> None:
    types = "struct node { struct list *in; int values[]; }; struct list { struct node *first; int count; };"
    found = only(f"{types} int f(void *p) {{ struct node *n = p; struct list *l = n->in; return l->first->values[0] + l->count; }}")
    assert "struct node {" in found.text and "struct list {" in found.text


def test_constants_that_need_each_other() -> None:
    found = only("struct s { const struct s *other; }; static const struct s b; static const struct s a = { &b };"
                 "static const struct s b = { &a }; int f(void) { return a.other == &b; }")  # fmt: skip
    assert found.text.count("struct s a = { & b }") == 1 == found.text.count("struct s b = { & a }"), found.text


def test_a_typedef_of_an_enum_defined_elsewhere() -> None:
    found = only("enum mode { READ, WRITE = 4 }; typedef enum mode mode_t; int f(mode_t m) { mode_t kept = m; return kept == WRITE; }")
    assert "4" in found.text and found.signature.parameters[0].type == "u32"


def test_a_chain_of_typedefs() -> None:
    assert "uint32_t" in C.canonical_types(only("typedef unsigned int u32; typedef u32 hash; hash f(hash x) { hash y = x; return y; }").text)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("x = (((a))) + (b);", "x = a + b ;"),
        ("f((a)); g((a, b)); (h)(x);", "f ( a ) ; g ( ( a , b ) ) ; ( h ) ( x ) ;"),
        ("y = (int)(z) * (T)(w) - (T)*p;", "y = ( int ) z * ( T ) w - ( T ) * p ;"),
        ("{ ((void)0); a = 1; if (b) ((void)0); }", "{ a = 1 ; if ( b ) ( ( void ) 0 ) ; }"),
        ("while ((n)) n = -(3);", "while ( n ) n = - 3 ;"),
        ("return sizeof(x) + a[(i)];", "return sizeof ( x ) + a [ i ] ;"),
    ],
)
def test_brackets_that_say_nothing_go(text: str, tidied: str) -> None:
    assert " ".join(without_brackets([t.text for t in tokens(text)], {"T"}.__contains__)) == tidied


def test_floats_of_odd_forms() -> None:
    assert plain_numbers('.5f + 1. + 1.f + 0x1.8p3 + 2.e3 + s.x1 + ".5" + 7.25') == '0.5f + 1.0 + 1.0f + 12.0 + 2.0e3 + s.x1 + ".5" + 7.25'


def test_c_as_cpp() -> None:
    function = only("struct point { int x, y; }; int f(const struct point *p) { return p->x; }")
    source = canonical_function(function, C, [], {"f": function.signature})
    assert in_cpp(source).text == "int32_t f0 ( const S0 * p0 ) { return p0 -> m0 ; }"
    assert in_cpp(source).language == "cpp" and isinstance(in_cpp(source).signature, Signature)


def test_files_of_a_folder_stay_together() -> None:
    files = [*sorted(f"{folder}/{i:03}.c" for folder in "abc" for i in range(FILES // 2)), "z.c"]
    found = groups(files)
    assert [f for g in found for f in g] == files
    assert [len(g) for g in found] == [FILES, FILES // 2 + 1]
    assert [len(g) for g in groups([f"a/{i:04}.c" for i in range(2 * FILES + 1)])] == [FILES, FILES, 1]


def test_what_of_a_tree_is_taken(tmp_path: Path) -> None:
    for name in ("a.c", "lib/b.c", "lib/old/c.c", "test/d.c", "lib/e.txt", "lib/test_f.c", "lib/Testing/g.c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("int f(int x) { return x; }")
    found, passed = parts(Tree("o/n", "1", "MIT", str(tmp_path), leave=("lib/old/",)))
    assert [p.files for p in found] == [("a.c", "lib/b.c")]
    assert passed == {"file: tests or others' code": 3}
    assert Tree("o/n", "1", "MIT", str(tmp_path), take=("lib/*",)).files() == ["lib/Testing/g.c", "lib/b.c", "lib/old/c.c", "lib/test_f.c"]
    assert found[0].key() != parts(Tree("o/n", "2", "MIT", str(tmp_path), leave=("lib/old/",)))[0][0].key()


def test_headers_lose_their_prototypes() -> None:
    text = "int a(int x); typedef int f(int); struct s { int (*g)(void); }; static int h(int x) { a(x); return '}'; } extern int v[2]; void *b(f *, int);"
    kept = "typedef int f(int); struct s { int (*g)(void); }; static int h(int x) { a(x); return '}'; } extern int v[2];"
    prototypes: dict[str, str] = {}
    assert without_prototypes(text, prototypes).split() == kept.split()
    assert {name: one.split() for name, one in prototypes.items()} == {"a": ["int", "a(int", "x);"], "b": ["void", "*b(f", "*,", "int);"]}


def test_what_is_declared_alone_can_be_called() -> None:
    header, own = (
        "struct box { int w, h; }; int area(const struct box *, int scale); int noisy(struct box *b);\n",
        "static int count; int noisy(struct box *b) { return count += b->w; }"
        " int f(struct box *b) { int *p = malloc(8); p[0] = area(b, b->h); return noisy(b) + p[0]; }\n",
    )
    prototypes: dict[str, str] = {}
    left = without_prototypes(header, prototypes)
    reader = CutReader(Preprocessed(left + own, (0, 0, len(left)), prototypes), "c", C.keywords)
    reader.read_all()
    drops: Counter[str] = Counter()
    linker = Linker([reader])
    [(function, signatures)] = linker.functions(0, drops)
    assert drops == {"variables of the file": 1} and linker.counts["calling what is declared"] == 1 and linker.counts["cut out"] == 0
    source = canonical_function(function, C, callee_names(function), signatures)
    assert [c.text for c in source.callees] == [
        "void * c0 ( size_t p0 ) ;", "int32_t c1 ( const struct S0 * p0 , int32_t p1 ) ;", "int32_t c2 ( struct S0 * p0 ) ;"
    ]  # fmt: skip
    assert source_function(pair_of(source)) == source
    assert [c.text for c in in_cpp(source).callees][1] == "int32_t c1 ( const S0 * p0 , int32_t p1 ) ;"


def pair_of(source: SourceFunction) -> FunctionPair:
    body = source.text[source.text.index("{") + 1 :].strip()
    return FunctionPair("", "c", "f", "", body, "", signature_json(source.signature), callees_json(source.callees), "2", "", "", "", "")


def test_a_field_is_called_through_its_struct_and_is_no_function() -> None:
    assert only("struct s { int (*go)(int); }; int f(struct s *p) { return p->go(1); }").callees == ()


def test_a_body_names_structs_of_what_it_calls() -> None:
    function = cut(
        "struct s { int a, b; }; static int sum(struct s *p) { return p->a + p->b; }"
        " int f(int x) { struct s v; v.a = x; v.b = 2; return sum(&v); }"
    )[0]["f"]
    text = canonical_function(function, C, ["sum"], {"f": function.signature, "sum": function.callees[0].signature}).text
    assert text == "int32_t f0 ( int32_t p0 ) { struct S0 v0 ; v0 . m0 = p0 ; v0 . m1 = 2 ; return c0 ( & v0 ) ; }"


def test_a_variable_called_as_its_type() -> None:
    text = only(
        """
        typedef struct node { int v; struct node *next; } node; typedef unsigned word;
        int f(node *node, word word) {
            word *w = &word; word = (unsigned char)word + (unsigned int)*w;
            const struct node *n = (struct node *)node;
            return node->v + n->v + (int)sizeof(*node);
        }
        """
    ).text
    assert text == (
        "int f ( struct node * node_ , unsigned word_ ) { unsigned * w = & word_ ; word_ = ( unsigned char ) word_ + ( unsigned int ) * w ;"
        " const struct node * n = ( struct node * ) node_ ; return node_ -> v + n -> v + ( int ) sizeof ( * node_ ) ; }"
    )


def test_a_struct_that_is_nowhere_defined_is_void_in_the_body_as_it_is_in_signatures() -> None:
    prototypes = {"make": "struct hidden *make(int);", "drop": "void drop(struct hidden **);"}
    text = "typedef struct hidden hidden; int f(int n) { hidden *h = make(n); struct own { int a; } o; o.a = n; drop(&h); return o.a; }"
    reader = CutReader(Preprocessed(text, (0,), prototypes), "c", C.keywords)
    reader.read_all()
    [(function, _)] = Linker([reader]).functions(0, Counter())
    assert "void * h = make ( n ) ; struct own { int a ; } o ;" in function.text
    assert [c.text for c in function.callees] == ["void *make(int32_t a0);", "void drop(void **a0);"]


def test_the_place_of_a_field() -> None:
    function = only("struct s { int a, b; }; int f(struct s *p, int b) { return (int)__builtin_offsetof(struct s, b) + p->a + b; }")
    text = canonical_function(function, C, [], {"f": function.signature}).text
    assert text == "int32_t f0 ( struct S0 * p0 , int32_t p1 ) { return ( int32_t ) __builtin_offsetof ( struct S0 , m1 ) + p0 -> m0 + p1 ; }"
