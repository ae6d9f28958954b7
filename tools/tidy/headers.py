"""Headers say why they exist and are included once; a source includes its own header first.  Usage: headers.py ROOT"""

import re

import tree as tidy

COMMENT_WITHIN = 15  # lines


def check(tree):
    findings = []
    for path in tree.files():
        text = tree.text(path)
        if path.endswith(".h"):
            if not re.search(r"^#pragma once$", text, re.MULTILINE):
                findings.append(f"{path}:1: no #pragma once")
            if not any(line.startswith("//") for line in text.splitlines()[:COMMENT_WITHIN]):
                findings.append(f"{path}:1: no comment in the first {COMMENT_WITHIN} lines that says why it exists")
            continue
        own = path[:-len(".cc")] + ".h"
        includes = list(tree.includes(path))
        if tree.exists(own) and includes and includes[0][1] not in (own, own.removeprefix("src/"),
                                                                    own.removeprefix("tests/")):
            findings.append(f"{path}:{includes[0][0]}: includes {includes[0][1]} before its own header")
    return findings


if __name__ == "__main__":
    tidy.main("headers", check)
