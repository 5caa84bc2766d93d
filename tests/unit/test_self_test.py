"""What measures the judge does what it says: mutants are valid and different, the fuzzer finds what it should, tasks survive a crash."""

from __future__ import annotations

import os
from collections import Counter

import pytest
import wasmtime
from judged_modules import ARRAY, NUMBERS, SUM, array, function, numbers

from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.source import SourceFunction
from transpile.verify import self_test
from transpile.verify.fuzz import Fuzzer
from transpile.verify.layout import Layout
from transpile.verify.mutate import mutants
from transpile.verify.mutate_text import text_mutants
from transpile.verify.parallel import Lost, each
from transpile.verify.self_test import Finding, Options, Tally, meets_bars, report
from transpile.verify.types import Executable


def test_mutants_are_valid_different_and_of_all_kinds() -> None:
    original = array(f"(if (i32.lt_s (i32.load (local.get $p)) (i32.const 7)) (then {SUM})) (i32.store (local.get $p) (local.get $i))")
    made = list(mutants(original, 200, 0))
    assert len({m.executable.wasm for m in made} | {original.wasm}) == len(made) + 1
    assert {m.kind for m in made} == {"operator", "constant", "signedness", "width", "bound", "dropped", "swapped"}
    for one in made:
        wasmtime.Module.validate(wasmtime.Engine(), one.executable.wasm)
    assert [m.what for m in mutants(original, 200, 0)] == [m.what for m in made]
    assert len(list(mutants(original, 3, 1))) == 3


C_TEXT = """int32_t f0(const uint8_t *p0, int32_t p1) {
    int32_t v0 = 0; // 7 < 9
    for (int32_t v1 = 0; v1 < p1; v1++) {
        if (p0[v1] == 'x' && v1 != 3) {
            v0 += c0(p1, v1 * 5);
        } else {
            v0 = -v0;
        }
    }
    return v0;
}"""


def test_mutants_of_text_change_one_place_and_are_of_all_kinds() -> None:
    signature = Signature("f0", (Parameter("p0", "u8", True, True, 1), Parameter("p1", "i32")), "i32")
    source = SourceFunction("c", signature, C_TEXT)
    made = text_mutants(source, 500, 0)
    texts = [m.source.text for m in made]
    assert len({*texts, C_TEXT}) == len(made) + 1 and all("// 7 < 9" in text for text in texts)
    assert {m.kind for m in made} == {"operator", "constant", "signedness", "width", "bound", "dropped", "swapped"}
    for expected in (
        "v0 += c0(v1 * 5, p1);", "v1 <= p1", "v1 < p1; v1--", "== 'y'", "const int8_t *p0", "uint32_t v0 = 0;", "int16_t v0 = 0;", "v1 * 6",
        "v1 != 4", "|| v1 != 3", "if (!(p0 [ v1 ] == 'x' && v1 != 3)) {", "v0 = -p1;",
    ):  # fmt: skip
        assert any(expected in text for text in texts), expected
    words = C_TEXT.split()
    assert any("v0 += " not in text for text in texts) and any("else" not in text for text in texts)
    assert all(len(set(text.split()) ^ set(words)) < 12 for text in texts)
    assert [m.source.text for m in text_mutants(source, 500, 0)] == texts and len(text_mutants(source, 3, 1)) == 3


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("rust", "pub fn f0(p0: &[i32]) -> i32 { let mut v0 = 0; for v1 in 0..p0.len() { v0 = v0 ^ p0[v1]; } v0 }", "0..=p0.len()"),
        ("zig", "fn f0(p0: i32, p1: i32) i32 { if (p0 > p1) return p0 -% p1; return @divTrunc(p1, p0); }", "@divTrunc(p0, p1)"),
        ("go", "func f0(p0 int32, p1 int32) int32 { if p0 < p1 { return p0 }; return p0 - p1 }", "if !(p0 < p1) {"),
        ("d", "int f0(int p0) { return p0 >>> 3; }", "p0 >> 3"),
    ],
)
def test_text_of_other_languages_is_changed_too(language: str, text: str, expected: str) -> None:
    made = text_mutants(SourceFunction(language, NUMBERS, text), 200, 0)
    assert any(expected in m.source.text for m in made), [m.what for m in made]


def test_the_fuzzer_finds_a_needle_that_only_the_candidate_branches_on() -> None:
    original = numbers("(i32.add (local.get $x) (local.get $y))")
    bad = numbers("(if (result i32) (i32.eq (local.get $x) (i32.const 123456789)) (then (i32.const 0)) (else (i32.add (local.get $x) (local.get $y))))")
    same = numbers("(i32.add (local.get $y) (local.get $x))")
    fuzzer = Fuzzer(original, [same, bad], NUMBERS, Layout.of(NUMBERS), seed=3)
    found = fuzzer.run(inputs=20_000, seconds=20)
    assert list(found) == [1] and "123456789" in found[1].text
    assert fuzzer.tried >= 20_000


def test_the_fuzzer_sets_aside_what_the_original_cannot_take() -> None:
    original = array("(drop (i32.load offset=4 (local.get $p)))" + SUM)
    shorter = array(SUM, condition="i32.gt_u")
    assert not Fuzzer(original, [array(SUM)], ARRAY, Layout.of(ARRAY), seed=1).run(inputs=4000, seconds=20)
    assert Fuzzer(array(SUM), [shorter], ARRAY, Layout.of(ARRAY), seed=1).run(inputs=4000, seconds=20)


def square(number: int) -> int:
    if number == 13:
        os._exit(9)
    if number < 0:
        raise ValueError("negative")
    return number * number


def test_each_answers_every_task_once_and_survives_a_crash() -> None:
    assert sorted(each(square, range(5), 2)) == [(n, n * n) for n in range(5)]
    answers = dict(each(square, [1, 13, 2, 3], 2))
    assert isinstance(answers.pop(13), Lost) and answers == {1: 1, 2: 4, 3: 9}
    with pytest.raises(ValueError, match="negative"):
        list(each(square, [1, -1, 2], 2))


def test_the_report_counts_and_the_bars_are_the_projects() -> None:
    tally = Tally()
    tally.counts.update({"killed": 99, "pairs": 10, "candidates accepted": 400, "functions": 3, "functions in c": 3})
    tally.missed.append(Finding("x", "constant: 1 -> 2", "tested", "1,024 inputs", "f(1) = 2, candidate 3", "fuzzer"))
    found = report(tally, Options(functions=3), 1.0)
    assert found["kill_rate"] == 0.99 and found["languages"] == {"c": 3} and meets_bars(found)
    assert found["survivors"][0]["command"].endswith("--only x")
    tally.missed.append(tally.missed[0])
    assert not meets_bars(report(tally, Options(), 1.0))
    tally.missed.clear()
    tally.rejected.append(Finding("x", "against -O0", "mismatch", ""))
    assert not meets_bars(report(tally, Options(), 1.0))


def test_a_limit_of_time_ends_it_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "_tasks", lambda options: [self_test._Task(options)] * 4)
    monkeypatch.setattr(self_test, "_measure", lambda task: Tally(Counter({"functions": 5})))
    found = self_test.measure(Options(seconds=1e-9), 1)
    assert (found["functions"], found["unfinished"]) == (5, 0.75)
    found = self_test.measure(Options(), 1)
    assert (found["functions"], found["unfinished"]) == (20, 0)


def test_a_fault_of_the_judge_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a judge that accepts everything, mutants are missed and the fuzzer says so."""
    from transpile.verify.types import Verdict

    class Blind(self_test.Jury):
        def judge(self, candidate: object) -> Verdict:
            return Verdict("tested", 1)

    original = numbers("(i32.div_s (local.get $x) (i32.or (local.get $y) (i32.const 1)))")
    tally = Tally()
    monkeypatch.setattr(self_test, "Jury", Blind)
    monkeypatch.setattr(self_test, "provable", lambda functions: False)
    candidates = [m.executable for m in mutants(original, 6, 0)]
    shown, _ = self_test.stronger(original, candidates, NUMBERS, Blind(original, NUMBERS), Options(effort=10), tally)
    assert len(shown) >= 4 and all(means == "fuzzer" for means, _ in shown.values())
    assert tally.counts["inputs of the fuzzer"] > 1000


def test_the_solver_finds_what_no_input_drawn_shows_and_proves_the_rest_equal() -> None:
    """The functions have a loop of more iterations than the judge unrolls."""

    def mixed(result: str) -> Executable:
        return function(
            "(param $x i32) (param $y i32) (result i32) (local $i i32) (local $s i32)",
            f"""(loop $next
              (local.set $s (i32.add (i32.rotl (local.get $s) (i32.const 3)) (i32.xor (local.get $x) (local.get $i))))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 12))))
            {result}""",
        )

    sums = "(i32.eq (i32.add (local.get $x) (local.get $y)) (i32.const 0x6ead10ab))"
    hidden = f"(i32.and {sums} (i32.eq (i32.rotl (local.get $x) (i32.const 7)) (i32.const 0x3b1c92d5)))"
    original = mixed("(i32.add (local.get $s) (i32.shl (local.get $y) (i32.const 2)))")
    needle = mixed(f"(i32.add (i32.add (local.get $s) (i32.shl (local.get $y) (i32.const 2))) {hidden})")
    same = mixed("(i32.sub (local.get $s) (i32.mul (local.get $y) (i32.const -4)))")
    jury = self_test.Jury(original, NUMBERS)
    shown, equal = self_test.stronger(original, [needle, same], NUMBERS, jury, Options(effort=0.4), Tally())
    assert list(shown) == [0] and shown[0][0] == "solver" and "candidate" in shown[0][1]
    assert equal == {1}
