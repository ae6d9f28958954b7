"""Sizes: files, functions and lines short enough to be read.  Usage: sizes.py ROOT"""

import re
import statistics

import tree as tidy

FILE_LINES = 500
FUNCTION_LINES = 70
COLUMNS = 120

_SCOPE = re.compile(r"^\s*(?:template\s*<[^{}]*>\s*)?(?:inline\s+|typedef\s+|static\s+)?"
                    r"(?:namespace\b|class\b|struct\b|union\b|extern\s*\"[^\"]*\"\s*$)")


def _kind(head):
    """What a brace after `head` opens, outside of functions: a scope, a function, or another pair of braces."""
    if _SCOPE.match(head) and not head.rstrip().endswith(")"):
        return "scope"
    if re.match(r"^\s*enum\b", head) or "(" not in head or re.search(r"[=,(]\s*$", head):
        return "other"
    if re.search(r"\)\s*(?:noexcept\s*)?:.*[\w>]\s*$", head, re.DOTALL):
        return "other"  # a member's braces in a constructor's list
    return "function"


def functions(code):
    """(first line, number of lines, name) of every outermost function body. A heuristic: it counts braces."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda match: re.sub(r"[^\n]", " ", match.group()), code,
                  flags=re.MULTILINE)
    stack, head, head_at = [], "", None
    for at, sign in enumerate(code):
        inside = any(kind == "function" for kind, _, _ in stack)
        if sign == "{":
            kind = "other" if inside or (stack and stack[-1][0] == "other") else _kind(head)
            stack.append((kind, head_at if head_at is not None else at, head))
            if kind != "other":
                head, head_at = "", None
        elif sign == "}" and stack:
            kind, start, before = stack.pop()
            if kind == "function":
                first = tidy.line_of(code, start)
                names = re.findall(r"([\w:~]+)\s*\(", before)
                yield first, tidy.line_of(code, at) - first + 1, names[0] if names else "?"
            if kind != "other":
                head, head_at = "", None
        elif sign == ";" and not inside:
            head, head_at = "", None
        elif not inside:
            if head_at is None and not sign.isspace():
                head_at = at
            head += sign if head_at is not None else ""


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0


def check(tree):
    findings, file_sizes, function_sizes = [], [], []
    for path in tree.files():
        lines = tree.text(path).splitlines()
        file_sizes.append(len(lines))
        if len(lines) > FILE_LINES:
            findings.append(f"{path}:1: {len(lines)} lines; at most {FILE_LINES}: split it by concern")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS:
                findings.append(f"{path}:{number}: {len(line)} columns; at most {COLUMNS}")
        for first, size, name in functions(tree.code(path)):
            function_sizes.append(size)
            if size > FUNCTION_LINES:
                findings.append(f"{path}:{first}: {name} has {size} lines; at most {FUNCTION_LINES}")
    for path in tree.files("tools", "ui/src", "tests", suffixes=(".py", ".sh", ".ts", ".svelte")):
        size = len(tree.text(path).splitlines())
        if size > FILE_LINES:
            findings.append(f"{path}:1: {size} lines; at most {FILE_LINES}: split it by concern")
    return findings, (f"{len(file_sizes)} files, lines median {statistics.median(file_sizes or [0]):g} p95 "
                      f"{percentile(file_sizes, 0.95)}; {len(function_sizes)} functions, lines median "
                      f"{statistics.median(function_sizes or [0]):g} p95 {percentile(function_sizes, 0.95)}")


if __name__ == "__main__":
    tidy.main("sizes", check)
