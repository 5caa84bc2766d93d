"""The report as JUnit XML, as CI systems read it: a suite for each pair of files, a case for each function.

A mismatch is a failure, what the judge could not tell is skipped, a pair that could not be judged is an error.
Limit: XML cannot hold every character; those that it cannot are shown as `?`.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from transpile.verify.types import VERIFIED

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: dict[str, Any]) -> str:
    """A report of `run` as an XML document."""
    functions, summary = report["functions"], report["summary"]
    root = ElementTree.Element("testsuites", name="verify", time=_seconds(functions))
    total = {"tests": 0, "failures": 0, "skipped": 0, "errors": 0}
    for pair in report["pairs"]:
        mine = [f for f in functions if (f["original"], f["translated"]) == (pair["original"], pair["translated"])]
        counts = {
            "tests": len(mine) + bool(pair["error"]),
            "failures": sum(f["status"] not in VERIFIED and f["status"] != "inconclusive" for f in mine),
            "skipped": sum(f["status"] == "inconclusive" for f in mine),
            "errors": int(bool(pair["error"])),
        }
        name = _clean(f"{pair['original']} {pair['translated']}")
        suite = ElementTree.SubElement(root, "testsuite", name=name, time=_seconds(mine), **{k: str(v) for k, v in counts.items()})
        for key, value in counts.items():
            total[key] += value
        for one in mine:
            _case(suite, name, one)
        if pair["error"]:
            case = ElementTree.SubElement(suite, "testcase", name="(all)", classname=name)
            ElementTree.SubElement(case, "error", message=_clean(pair["error"]["message"])).text = _clean(pair["error"]["hint"])
    for key, value in total.items():
        root.set(key, str(value))
    assert total["tests"] == summary["functions"] + summary["errors"]
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, classname: str, one: dict[str, Any]) -> None:
    case = ElementTree.SubElement(suite, "testcase", name=_clean(one["name"]), classname=classname, time=f"{one['seconds']:.3f}")
    evidence = _clean(f"{one['status']}: {one['evidence']}")
    if one["status"] in VERIFIED:
        ElementTree.SubElement(case, "system-out").text = evidence
    elif one["status"] == "inconclusive":
        ElementTree.SubElement(case, "skipped", message=evidence)
    else:
        text = _clean("\n".join(x for x in (one["evidence"], one["detail"], f"reproduce: {one['command']}") if x))
        ElementTree.SubElement(case, "failure", message=evidence, type=one["status"]).text = text


def _seconds(functions: list[dict[str, Any]]) -> str:
    return f"{sum(f['seconds'] for f in functions):.3f}"


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
