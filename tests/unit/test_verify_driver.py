"""The driver: results and memory of every vector, traps and endless loops, resumption after them."""

from __future__ import annotations

import numpy as np
import pytest
from judged_modules import NUMBERS, SUM, array, function, module, numbers

from transpile.verify import driver
from transpile.verify.driver import Target, UnusableModule, WrongType
from transpile.verify.reference import target
from transpile.verify.types import Executable

TYPES = (("i32", "i32"), ("i32",))


def rows(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(pairs, np.int64).astype(np.uint64)


def empty(count: int) -> np.ndarray:
    return np.zeros((count, 0), np.uint8)


def test_results_and_memory_come_back_for_every_vector() -> None:
    executable = array(SUM + "(i32.store (local.get $p) (i32.const 7))")
    arenas = np.arange(64 * 5, dtype=np.uint32).view(np.uint8).reshape(5, 256)
    arguments = rows(*[(16, n) for n in range(5)])
    outcomes = Target(executable, *TYPES, (True, False)).run(arguments, arenas, fuel=100_000)
    words = arenas.view(np.uint32)
    assert (outcomes.status == driver.RETURNED).all()
    assert outcomes.results.tolist() == [int(words[n, 4 : 4 + n].sum()) for n in range(5)]
    after = outcomes.arenas.copy().view(np.uint32)
    assert all((after[n, 4 : 4 + n] == 7).all() for n in range(5))
    assert all((after[n, 4 + n :] == words[n, 4 + n :]).all() for n in range(5))


@pytest.mark.parametrize("exports", [True, False], ids=["stack pointer exported", "not exported"])
def test_the_run_goes_on_after_a_trap(exports: bool) -> None:
    executable = function(*("(param i32 i32) (result i32)", "(i32.div_s (local.get 0) (local.get 1))"), exports=exports)
    arguments = rows((6, 3), (1, 0), (8, 2), (-(1 << 31), -1), (9, 3))
    outcomes = Target(executable, *TYPES, (False, False)).run(arguments, empty(5), fuel=1000)
    ok = driver.RETURNED
    assert outcomes.status.tolist() == [ok, driver.DIVISION_BY_ZERO, ok, driver.INTEGER_OVERFLOW, ok]
    assert outcomes.results[[0, 2, 4]].tolist() == [2, 4, 3]


@pytest.mark.parametrize("exports", [True, False], ids=["stack pointer exported", "not exported"])
def test_an_instance_that_serves_again_answers_as_a_fresh_one_does(exports: bool) -> None:
    """What traps, what writes to its arena, and other numbers of vectors in between change nothing; what keeps state never serves again."""
    each = f"{SUM} (i32.store (local.get $p) (i32.div_s (i32.const 100) (i32.load (local.get $p))))"
    executable = Executable(array(each).wasm if exports else array(each).wasm.replace(b"__stack_pointer", b"__stack_painter"), "f")
    again = Target(executable, *TYPES, (True, False))
    again.reused = True
    rng = np.random.default_rng(1)
    for count in (3, 2000, 1, 700):
        arenas = rng.integers(0, 3, (count, 16), np.uint32).view(np.uint8)
        arguments = rows(*[(0, n % 16) for n in range(count)])
        got, fresh = (one.run(arguments, arenas, fuel=1000) for one in (again, Target(executable, *TYPES, (True, False))))
        fine = fresh.status == driver.RETURNED
        assert (got.status == fresh.status).all() and (got.results[fine] == fresh.results[fine]).all() and (got.arenas[fine] == fresh.arenas[fine]).all()
    assert any(key[0] is again for key in driver._kept) == exports
    body = "(i32.store (i32.const 0x1234000) (i32.add (i32.load (i32.const 0x1234000)) (i32.const 1))) (local.get $x)"
    counting = Target(numbers(body), *TYPES, (False, False))
    counting.reused = True
    assert not counting.lasting


def test_the_stack_pointer_is_put_back_after_a_trap() -> None:
    body = """(global.set 0 (i32.sub (global.get 0) (i32.const 16)))
              (if (local.get $y) (then unreachable))
              (global.set 0 (i32.add (global.get 0) (i32.const 16)))
              (global.get 0)"""
    outcomes = target(numbers(body), NUMBERS).run(rows((0, 0), (0, 1), (0, 0)), empty(3), fuel=1000)
    assert outcomes.status.tolist() == [driver.RETURNED, driver.UNREACHABLE, driver.RETURNED]
    assert outcomes.results[0] == outcomes.results[2] == 1024


def test_an_endless_loop_ends_and_its_neighbours_are_not_blamed() -> None:
    body = "(loop $l (br_if $l (i32.eq (local.get $x) (i32.const 3)))) (local.get $y)"
    arguments = rows(*[(k % 5, k) for k in range(300)])
    outcomes = target(numbers(body), NUMBERS).run(arguments, empty(300), fuel=2000)
    stuck = np.arange(300) % 5 == 3
    assert (outcomes.status[stuck] == driver.OUT_OF_FUEL).all()
    assert (outcomes.status[~stuck] == driver.RETURNED).all()
    assert (outcomes.results[~stuck] == np.arange(300)[~stuck]).all()


def test_a_run_stops_at_the_first_trap_that_was_not_expected() -> None:
    executable = numbers("(if (local.get $x) (then unreachable)) (i32.const 1)")
    expected = np.array([driver.RETURNED] * 4, np.uint8)
    outcomes = target(executable, NUMBERS).run(rows((0, 0), (1, 0), (1, 0), (0, 0)), empty(4), fuel=1000, expected=expected)
    assert outcomes.status.tolist() == [driver.RETURNED, driver.UNREACHABLE, driver.NOT_RUN, driver.NOT_RUN]


@pytest.mark.parametrize(
    ("wat_type", "bits"),
    [("i32", 0xFFFFFFFE), ("i64", 0xFFFFFFFFFFFFFFFE), ("f32", 0x80000000), ("f64", 0x8000000000000000)],
)
def test_every_value_type_passes_through_unchanged(wat_type: str, bits: int) -> None:
    executable = Executable(module(f'(func (export "f") (param {wat_type}) (result {wat_type}) (local.get 0))'), "f")
    outcomes = Target(executable, (wat_type,), (wat_type,), (False,)).run(np.array([[bits]], np.uint64), empty(1), fuel=1000)
    assert outcomes.results.tolist() == [bits]


def test_running_off_the_end_of_memory_traps() -> None:
    executable = array("(i32.store (local.get $p) (i32.const 1))")
    outcomes = Target(executable, *TYPES, (True, False)).run(rows((16, 1000), (16, 1)), np.zeros((2, 64), np.uint8), fuel=100_000)
    assert outcomes.status.tolist() == [driver.OUT_OF_BOUNDS, driver.RETURNED]


def test_a_memory_that_cannot_grow_is_used_above_the_heap_base() -> None:
    text = '(module (memory (export "memory") 1 1) (global (export "__heap_base") i32 (i32.const 1024))'
    import wasmtime

    wasm = bytes(wasmtime.wat2wasm(text + '(func (export "f") (param i32) (result i32) (i32.load8_u (local.get 0))))'))
    outcomes = Target(Executable(wasm, "f"), ("i32",), ("i32",), (True,)).run(np.array([[3]], np.uint64), np.full((1, 16), 9, np.uint8), fuel=1000)
    assert outcomes.results.tolist() == [9]


def test_modules_that_cannot_be_used_say_why() -> None:
    with pytest.raises(UnusableModule):
        target(Executable(b"no wasm", "f"), NUMBERS)
    with pytest.raises(UnusableModule, match="exports no function 'g'"):
        target(Executable(numbers("(i32.const 0)").wasm, "g"), NUMBERS)
    with pytest.raises(WrongType, match=r"\(i32\) -> \(\)"):
        target(function("(param i32)", ""), NUMBERS)


def test_imports_are_answered_and_their_calls_noted() -> None:
    import wasmtime

    wat = """(module (import "env" "g" (func $g (param i32 f64) (result i32))) (memory (export "memory") 1)
      (func (export "f") (param i32 i32) (result i32)
        (if (local.get 0) (then (return (call $g (local.get 1) (f64.const 0.5))))) (i32.const 1)))"""
    arguments = rows((0, 0), (1, 7), (1, 8), (1, 7))
    outcomes = target(Executable(bytes(wasmtime.wat2wasm(wat)), "f"), NUMBERS).run(arguments, empty(4), fuel=1000)
    assert (outcomes.status == driver.RETURNED).all()
    assert outcomes.calls[0] == 0 and outcomes.calls[1] == outcomes.calls[3] and len(set(outcomes.calls.tolist())) == 3
    assert outcomes.results[1] == outcomes.results[3] and outcomes.log == ("g(7, 0.5)",)


def test_an_import_that_cannot_be_answered_is_told_apart() -> None:
    import wasmtime

    wat = '(module (import "env" "g" (func $g (result i32 i32))) (func (export "f") (param i32 i32) (result i32) (call $g) i32.add))'
    outcomes = target(Executable(bytes(wasmtime.wat2wasm(wat)), "f"), NUMBERS).run(rows((0, 0)), empty(1), fuel=1000)
    assert outcomes.status.tolist() == [driver.UNRESOLVED]
