"""Licences of real code: SPDX ids recognized from the words of a licence file or of a file's own header.

Recognition is by phrases that only one licence has. Invariant: a text that names a licence with conditions on derived works (GPL, LGPL, AGPL,
MPL, EPL, CC-BY-SA, ...) is never taken for a permissive one, unless it says that one may choose. Limit: this reads words, it is no
lawyer; what it does not recognize is `unknown`, and stays out of a build that is not asked to take any licence.
"""

from __future__ import annotations

import re
from pathlib import Path

PERMISSIVE = frozenset(
    """
    0BSD Apache-2.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-FreeBSD BSD-2-Clause-Patent BSD-3-Clause BSD-3-Clause-Clear BSL-1.0 CC0-1.0 HPND
    ISC LicenseRef-public-domain MIT MIT-0 NCSA PostgreSQL Unlicense Zlib libpng-2.0 IJG MulanPSL-2.0 Apache-2.0-WITH-LLVM-exception
    """.split()
)

_USE = r"Permission to use, copy, modify,?(?: and(?:.or)?)? distribute this software for any\s+purpose with or without fee is hereby granted"
_PHRASES = (
    ("Apache-2.0", r"Apache License,?\s+Version 2\.0|Apache License v2\.0"),
    ("BSL-1.0", r"Boost Software License"),
    ("Unlicense", r"free and unencumbered software released into the public domain"),
    ("CC0-1.0", r"CC0 1\.0|Creative Commons Zero|CC0-1\.0"),
    ("Zlib", r"provided .as-is., without any express or implied\s+warranty.{0,400}misrepresented"),
    ("libpng-2.0", r"PNG Reference Library License version 2"),
    ("BSD-3-Clause", r"Redistribution and use in source and binary forms.{0,1500}(?:names? of|nor the names?).{0,200}(?:endorse|promote)"),
    ("BSD-2-Clause", r"Redistribution and use in source and binary forms"),
    ("NCSA", r"University of Illinois.{0,20}NCSA"),
    ("MIT-0", r"MIT No Attribution"),
    ("MIT", r"Permission is hereby granted, free of charge, to any person obtaining a copy"),
    ("0BSD", rf"{_USE}\."),
    ("ISC", rf"{_USE},\s+provided|\bISC licen[sc]e"),
    ("HPND", r"Permission to use, copy, modify,? and distribute this software and its\s+documentation for any purpose"),
    ("LicenseRef-public-domain", r"(?:in|into|to) the public domain"),
    ("MIT", r"\bMIT licen[sc]e\b|licen[sc]ed under the MIT"),
    ("BSD-3-Clause", r"\bBSD-style licen[sc]e\b"),
)
_RECIPROCAL = re.compile(
    r"GNU\s+(?:Lesser |Library |Affero )?General\s+Public\s+Licen[sc]e|\b[AL]?GPL(?:v|-)?\s?[23]|Mozilla Public Licen[sc]e|Eclipse Public Licen[sc]e"
    r"|Attribution-ShareAlike|APPLE PUBLIC SOURCE|Common Development and Distribution|Server Side Public|\bCC-BY-SA"
    r"|CC[- ]BY[- ]NC|Attribution-NonCommercial|non-?commercial (?:use|purposes) only",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"dual[- ]licen[sc]e|choose whichever|choice of (?:the following )?licen[sc]es|either licen[sc]e|\bOR\b(?=[^\n]{0,40}GPL)", re.IGNORECASE)
_SPDX = re.compile(r"SPDX-License-Identifier:\s*([^\n*]+)")
NAMES = re.compile(r"(?i)^(?:licen[sc]e|copying|copyright|unlicense|license-mit|licence-mit)(?:[._-][\w.-]+)?$")


def licence_files(folder: Path) -> list[Path]:
    """Files of a folder that are named as licences are."""
    return sorted(p for p in folder.iterdir() if p.is_file() and NAMES.match(p.name)) if folder.is_dir() else []


def spdx(expression: str) -> str:
    """One id for an SPDX expression: of a choice the first permissive one; `A AND B` only if both are."""
    ids = [w for w in re.findall(r"[\w.+-]+", expression) if w not in {"OR", "AND", "WITH"}]
    exceptions = re.findall(r"WITH\s+([\w.-]+)", expression)
    ids = [i for i in ids if i not in exceptions]
    good = [i for i in ids if i in PERMISSIVE]
    if " OR " in expression or "/" in expression:
        return good[0] if good else (ids or ["unknown"])[0]
    return (ids or ["unknown"])[0] if len(good) == len(ids) else next(i for i in ids if i not in PERMISSIVE)


def licence_of(text: str) -> str | None:
    """SPDX id of the licence that a text states, None where it states none that is known here."""
    found = _SPDX.search(text)
    if found:
        return spdx(found[1].strip())
    plain = re.sub(r"[\s*#/]+", " ", text)
    if _RECIPROCAL.search(plain) and not _CHOICE.search(plain):
        return "LicenseRef-reciprocal"
    return next((name for name, phrase in _PHRASES if re.search(phrase, plain, re.IGNORECASE | re.DOTALL)), None)


def may_come_along(text: str) -> bool:
    """Whether a function may bring what this file defines along: unless it states a licence that is not permissive."""
    return (licence_of(text[:6000]) or "MIT") in PERMISSIVE


def licence_of_folder(folder: Path) -> str:
    """SPDX id from the licence file of a source tree, `unknown` without one. Several files are a choice: the first permissive one counts."""
    found = [licence_of(p.read_text(errors="replace")) for p in licence_files(folder)]
    permissive = [f for f in found if f in PERMISSIVE]
    if permissive and all(f in PERMISSIVE or f is None for f in found):
        return permissive[0]
    return next((f for f in found if f is not None and f not in PERMISSIVE), "unknown")
