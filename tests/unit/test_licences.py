"""Licences by the words of their texts: what is permissive, what is not, what is a choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.corpus.real.licences import PERMISSIVE, licence_of, licence_of_folder, spdx

MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"
ISC = "Permission to use, copy, modify, and/or distribute this software for any\n * purpose with or without fee is hereby granted"
BSD = "Redistribution and use in source and binary forms, with or without modification, are permitted"


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        (f"The MIT License\n\n{MIT}", "MIT"),
        (f"/*\n * {ISC}, provided that the above", "ISC"),
        (f"{ISC}.\n\nTHE SOFTWARE IS PROVIDED", "0BSD"),
        (f"{BSD}", "BSD-2-Clause"),
        (f"{BSD} provided ... nor the names of its contributors may be used to endorse or promote products", "BSD-3-Clause"),
        ("Apache License\n   Version 2.0, January 2004", "Apache-2.0"),
        ("This is free and unencumbered software released into the public domain. commercial or non-commercial", "Unlicense"),
        ("This file was placed in the public domain by its author", "LicenseRef-public-domain"),
        ("// SPDX-License-Identifier: BSD-3-Clause\n", "BSD-3-Clause"),
        ("/* SPDX-License-Identifier: GPL-2.0-only OR MIT */", "MIT"),
        ("/* SPDX-License-Identifier: GPL-2.0-only */", "GPL-2.0-only"),
        ("under the terms of the GNU General Public License, version 2 or (at your option) any later version", "LicenseRef-reciprocal"),
        ("GNU Lesser\n * General Public License", "LicenseRef-reciprocal"),
        (f"Dual license: the GNU General Public License or\n{BSD}", "BSD-2-Clause"),
        ("CC BY-NC 4.0", "LicenseRef-reciprocal"),
        ("int main(void) { return 0; }", None),
    ],
)
def test_by_words(text: str, licence: str | None) -> None:
    assert licence_of(text) == licence


def test_expressions() -> None:
    assert spdx("MIT AND GPL-3.0-only") not in PERMISSIVE
    assert spdx("Apache-2.0 WITH LLVM-exception") == "Apache-2.0"
    assert spdx("(GPL-2.0 OR Zlib)") == "Zlib"


def test_a_folder_counts_by_all_its_licence_files(tmp_path: Path) -> None:
    assert licence_of_folder(tmp_path) == "unknown"
    (tmp_path / "LICENSE").write_text(MIT)
    (tmp_path / "licensing.c").write_text("GNU General Public License")
    assert licence_of_folder(tmp_path) == "MIT"
    (tmp_path / "COPYING").write_text("GNU General Public License")
    assert licence_of_folder(tmp_path) not in PERMISSIVE
