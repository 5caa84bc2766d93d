"""Names of linkers in plain words."""

from __future__ import annotations

import pytest

from transpile.corpus.wasm.symbols import spoken


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ("memcpy", "memcpy"),
        ("operator new(unsigned long)", "operator_new"),
        ("operator delete[](void*)", "operator_delete[]"),
        ("void std::__1::__sort_dispatch[abi:nin220108]<std::__1::_P, int, 0>(int*, int*, std::__1::__less<void, void>&)", "std::__sort_dispatch"),
        ("std::__1::basic_ostream<char, std::__1::char_traits<char>>::operator<<(int)", "std::basic_ostream::operator<<"),
        ("std::__1::locale::~locale()", "std::locale::~locale"),
        ("std::v<int>::push(int const&)::'lambda0'(int)::operator()() const", "std::v::push::'lambda0'::operator()"),
        ("geo::Point::norm(int) const", "geo::Point::norm"),
        ("int biggest<int>(int, int)", "biggest"),
        ("_Z7biggestIiET_S0_S0_", "biggest"),
        ("_Z4pickii", "pick"),
        ("_ZN7Counter3addEi", "Counter::add"),
        ("_ZNK3geo5Point4normEv", "geo::Point::norm"),
        ("alloc::raw_vec::RawVec<i32>::grow_one", "alloc::raw_vec::RawVec::grow_one"),
    ],
)
def test_symbols_become_one_plain_word(symbol, words):
    assert spoken(symbol) == words
