"""The source tree as the checks see it: which files there are, and their code without comments and strings."""

import pathlib
import re
import sys

CODE_FOLDERS = ("src", "sim", "tests")
CODE_SUFFIXES = (".cc", ".h")

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<include>^[ \t]*\#[ \t]*include[^\n]*)
      | (?P<text>R"(?P<mark>[^(\s]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*")
      | (?P<separator>(?<=[0-9a-fA-F])'(?=[0-9a-fA-F]))
      | (?P<character>'(?:\\.|[^'\\\n])+')""",
    re.VERBOSE | re.DOTALL | re.MULTILINE)


def _blank(match):
    """Keeps lines and columns: newlines stay, the rest becomes spaces; strings keep their quotes."""
    if match.lastgroup in ("include", "separator"):
        return match.group()
    space = re.sub(r"[^\n]", " ", match.group())
    if match.group("comment"):
        return space
    return '"' + space[1:-1] + '"' if len(space) > 1 else space


def code_of(text):
    """The C++ of `text`, with comments and the insides of strings blanked out."""
    return _TOKEN.sub(_blank, text)


def is_test(path):
    """Test, fuzz and bench sources, and headers that only those include."""
    name = pathlib.PurePath(path).name
    return bool(re.search(r"_(test|fuzz|bench)\.(cc|h)$", name)) or name.startswith("test_") or path.startswith("tests/")


class Tree:
    """A repository by its root folder. Paths are strings relative to it."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self._texts = {}

    def files(self, *folders, suffixes=CODE_SUFFIXES):
        found = []
        for folder in folders or CODE_FOLDERS:
            for path in (self.root / folder).rglob("*"):
                if path.suffix in suffixes and path.is_file() and "node_modules" not in path.parts:
                    found.append(path.relative_to(self.root).as_posix())
        return sorted(found)

    def exists(self, path):
        return (self.root / path).exists()

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_text(encoding="utf-8")
        return self._texts[path]

    def code(self, path):
        return code_of(self.text(path))

    def includes(self, path):
        """(line number, what stands between the quotes or angles) of every #include."""
        code = self.code(path)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', code, re.MULTILINE):
            yield line_of(code, match.start()), match.group(1)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def report(name, findings, summary=""):
    """Prints what was found; returns the exit code."""
    for finding in findings:
        print(finding)
    found = f"{len(findings)} found" if findings else "nothing found"
    print(f"tidy {name}: {found}" + (f"; {summary}" if summary else ""))
    return 1 if findings else 0


def main(name, check):
    """Runs `check(tree, *further arguments)` for the root in argv[1]; check returns findings or (findings, summary)."""
    result = check(Tree(sys.argv[1]), *sys.argv[2:])
    findings, summary = result if isinstance(result, tuple) else (result, "")
    sys.exit(report(name, findings, summary))
