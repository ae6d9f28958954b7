"""docs/ancestors.md: every row of its tables names an end-to-end test that exists, or says what is not yet there.

Usage: ancestors.py ROOT"""

import ast
import re

import tree as tidy

DOCUMENT = "docs/ancestors.md"
TESTS = "tests/e2e"
SHOWN_BY = "shown by"


def rows(text):
    """(line number, cells) of every row of every table whose last column is SHOWN_BY."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not inside:
            inside = cells[-1] == SHOWN_BY
        elif not re.fullmatch(r"[|:\s-]+", line):
            yield number, cells


def tests_of(tree, file):
    """"Class.test" of every test method in the file."""
    found = set()
    for node in ast.parse(tree.text(f"{TESTS}/{file}")).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{item.name}" for item in node.body
                      if isinstance(item, ast.FunctionDef) and item.name.startswith("test")}
    return found


def check(tree):
    findings, shown, open_rows = [], 0, 0
    if not tree.exists(DOCUMENT):
        return [f"{DOCUMENT} is missing"]
    for number, cells in rows(tree.text(DOCUMENT)):
        last = cells[-1]
        named = re.findall(r"`(\w+\.py) (\w+\.\w+)`", last)
        if last.startswith("not yet"):
            open_rows += 1
            if not re.match(r"not yet: \S", last):
                findings.append(f"{DOCUMENT}:{number}: 'not yet' of what? Say what will do it: 'not yet: ...'")
        elif not named:
            findings.append(f"{DOCUMENT}:{number}: names no test as `file.py Class.test`, nor 'not yet: ...'")
        for file, test in named:
            shown += 1
            if not tree.exists(f"{TESTS}/{file}"):
                findings.append(f"{DOCUMENT}:{number}: there is no {TESTS}/{file}")
            elif test not in tests_of(tree, file):
                findings.append(f"{DOCUMENT}:{number}: {TESTS}/{file} has no {test}")
    if not shown:
        findings.append(f"{DOCUMENT}: no row is shown by a test")
    return findings, f"{shown} rows shown by a test, {open_rows} not yet"


if __name__ == "__main__":
    tidy.main("ancestors", check)
