"""The log's components stand in one table, and each log call names one of them; a message holds no '=', so that a line can
be read back.  Usage: log_words.py ROOT"""

import re

import tree as tidy

TABLE = "src/env/log.h"
_CALL = re.compile(r"\blog(?:_|\(\))?(?:\.|->)(?:debug|info|warn|error)\(\s*(\"(?:\\.|[^\"\\])*\"|[\w:]+)\s*,\s*"
                   r"((?:\"(?:\\.|[^\"\\])*\"\s*)*)")
_CONSTANT = re.compile(r"constexpr\s+(?:const\s+char\s*\*|std::string_view)\s+(\w+)\s*=\s*\"([^\"]*)\"")


def components(tree):
    table = re.search(r"kLogComponents\s*=\s*\{([^}]*)\}", tree.text(TABLE))
    return re.findall(r"\"([^\"]+)\"", table.group(1)) if table else []


def calls(tree):
    """(place, component or the name that is no constant of the file, message) of every log call in production."""
    for path in tree.files("src"):
        if tidy.is_test(path):
            continue
        text = tree.text(path)
        constants = dict(_CONSTANT.findall(text))
        for call in _CALL.finditer(text):
            word = call.group(1)
            component = word[1:-1] if word.startswith('"') else constants.get(word, word)
            yield f"{path}:{tidy.line_of(text, call.start())}", component, call.group(2)


def check(tree):
    known, used, findings = components(tree), set(), []
    for place, component, message in calls(tree):
        used.add(component)
        if component not in known:
            findings.append(f"{place}: logs as '{component}', which is not in kLogComponents of {TABLE}")
        if "=" in message:
            findings.append(f"{place}: a message with '=': the fields of its line could not be told from it")
    findings += [f"{TABLE}:1: nobody logs as '{name}'" for name in known if name not in used]
    if known != sorted(known):
        findings.append(f"{TABLE}:1: kLogComponents is not in order")
    return findings, f"{len(known)} components"


if __name__ == "__main__":
    tidy.main("log words", check)
