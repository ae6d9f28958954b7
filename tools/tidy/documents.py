"""Documents against what is there: commands of README.md, the module table of ARCHITECTURE.md, numbers of design
records, files that a document links to.  Usage: documents.py ROOT HOLTER"""

import pathlib
import re
import subprocess

import tree as tidy

README = "README.md"
ARCHITECTURE = "ARCHITECTURE.md"
DESIGN = "docs/design"


def code_spans(text):
    """(line, code) of every fenced line and every `span` of a Markdown text."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield number, line
        else:
            yield from ((number, span) for span in re.findall(r"`([^`]+)`", line))


def make_targets(makefile):
    return set(re.findall(r"^([a-z][\w-]*)\s*:(?!=)", makefile, re.MULTILINE))


def subcommands(help_text):
    """The first words of the commands in `holter --help`: what stands two columns in."""
    return set(re.findall(r"^  (\w[\w-]*)\s", help_text, re.MULTILINE))


def readme(tree, known):
    targets = make_targets(tree.text("Makefile"))
    for number, code in code_spans(tree.text(README)):
        command = r"(?:^|[;&|$(]\s*|\b(?:sudo|exec)\s+)"
        for target in re.findall(command + r"make\s+([a-z][\w-]*)(?![\w=])", code):
            if target not in targets:
                yield f"{README}:{number}: make {target}: the Makefile has no such target"
        for name in re.findall(command + r"(?:[\w./-]*/)?holter\s+([a-z][\w-]*)", code):
            if name not in known:
                yield f"{README}:{number}: holter {name}: holter --help knows no such command"


def module_table(tree):
    named = set(re.findall(r"^\|\s*`src/([\w/]+?)/?`", tree.text(ARCHITECTURE), re.MULTILINE))
    there = {str(path.relative_to(tree.root / "src")) for path in (tree.root / "src").rglob("*")
             if (path / "CMakeLists.txt").exists() and any(f.suffix in tidy.CODE_SUFFIXES for f in path.iterdir())}
    for name in sorted(there - named):
        yield f"{ARCHITECTURE}:1: src/{name} is not in the module table"
    for name in sorted(named - there):
        yield f"{ARCHITECTURE}:1: the module table names src/{name}, which does not exist or is empty"


def design_numbers(tree):
    numbers = sorted(int(path.name[:4]) for path in (tree.root / DESIGN).glob("[0-9][0-9][0-9][0-9]-*.md"))
    for expected, number in enumerate(numbers, 1):
        if number != expected:
            yield f"{DESIGN}: record {expected:04d} is missing or another has its number ({number:04d} comes instead)"
            return


def links(tree):
    """Relative links of Markdown files lead somewhere."""
    for path in sorted([*tree.root.glob("*.md"), *(tree.root / "docs").rglob("*.md")]):
        name = path.relative_to(tree.root).as_posix()
        # Indented lines are code, where brackets mean something else.
        for number, line in enumerate(tree.text(name).splitlines(), 1):
            for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", "" if line.startswith("    ") else line):
                if not (path.parent / target).exists():
                    yield f"{name}:{number}: a link to {target} leads nowhere"


def check(tree, holter):
    findings = [*design_numbers(tree), *links(tree)]
    if tree.exists(README):
        if pathlib.Path(holter).is_file():
            run = subprocess.run([holter, "--help"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
            findings += readme(tree, subcommands(run.stdout))
        else:
            findings.append(f"{holter}: not built, so the commands of {README} are not checked")
    if tree.exists(ARCHITECTURE):
        findings += module_table(tree)
    return findings


if __name__ == "__main__":
    tidy.main("documents", check)
