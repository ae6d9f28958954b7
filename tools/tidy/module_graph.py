"""Includes against the module graph: what a folder includes stands in DEPENDS of its holter_module(), and the
never-list of ARCHITECTURE.md holds whatever DEPENDS says.  Usage: module_graph.py ROOT"""

import dataclasses
import itertools
import pathlib
import re

import tree as tidy

PURE = ("base", "record", "imports", "codec", "wire", "filter", "flow", "changes", "schedule", "suspicion")
PURE_PARTS = ("heartbeat/detector", "heartbeat/session_table", "heartbeat/pulse", "heartbeat/cron",
              "heartbeat/time_zone", "heartbeat/schedule", "heartbeat/ping_names", "heartbeat/ping_request", "heartbeat/ping_desk",
              "incident/state_machine", "uplink/sender", "uplink/receiver")
AGENT_SIDE = ("capture", "flow", "changes", "probe", "evidence", "spool")
HUB_SIDE = ("store", "incident", "api")
ASIO_FOLDERS = ("env", "env/linux")
LOGGER_FOLDERS = ("env/linux",)
_KEYWORDS = ("DEPENDS", "LIBRARIES", "TEST_DEPENDS", "GENERATED", "LABEL", "FOLDERS")


@dataclasses.dataclass
class Module:
    folder: str  # as in includes: "env/linux"; "sim" for the simulator
    depends: list
    test_depends: list


def _words(text, keyword):
    """What a holter_module() lists behind `keyword`."""
    call = re.search(r"holter_module\(([^)]*)\)", text)
    words = call.group(1).split() if call else []
    behind = words[words.index(keyword) + 1:] if keyword in words else []
    return list(itertools.takewhile(lambda word: word not in _KEYWORDS, behind))


def modules_of(tree):
    """name -> Module, from every holter_module() and add_library(holter_X INTERFACE) under src/ and sim/."""
    modules = {}
    for path in tree.files("src", "sim", suffixes=(".txt",)):
        folder = str(pathlib.PurePosixPath(path).parent).removeprefix("src/")
        text = re.sub(r"#[^\n]*", "", tree.text(path))
        for call in re.finditer(r"holter_module\(([^)]*)\)", text):
            words = call.group(1).split()
            lists = {keyword: [] for keyword in _KEYWORDS}
            current = []
            for word in words[1:]:
                current = lists[word] if word in lists else current
                if word not in lists:
                    current.append(word)
            modules[words[0]] = Module(folder, lists["DEPENDS"], lists["TEST_DEPENDS"])
        for call in re.finditer(r"add_library\(holter_(\w+)\s+INTERFACE", text):
            modules.setdefault(call.group(1), Module(folder, [], []))
    return modules


def owner(modules, path):
    """The name of the module whose folder holds `path` (as written in an include), the deepest one."""
    best = None
    for name, module in modules.items():
        if path.startswith(module.folder + "/") and (best is None or len(module.folder) > len(modules[best].folder)):
            best = name
    return best


def cycles(modules):
    done, findings = set(), []

    def visit(name, trail):
        if name in trail:
            findings.append("src: a circle of modules: " + " -> ".join(trail[trail.index(name):] + [name]))
        elif name not in done and name in modules:
            for other in modules[name].depends:
                visit(other, trail + [name])
            done.add(name)

    for name in modules:
        visit(name, [])
    return findings


def never(inside, target, test):
    """Why `inside` (a path without src/) may not include `target`, or None. The never-list."""
    folder = inside.rpartition("/")[0]
    top = inside.split("/")[0]
    other = target.split("/")[0]
    pure = top in PURE or inside.split(".")[0].startswith(PURE_PARTS)
    asio = target.startswith("boost/asio") or target == "boost/asio.hpp"
    if not test:
        if other in ("sim", "tests") or target.startswith(("gtest/", "gmock/")):
            return "production never includes sim/, tests/ or a test library (never-list 6)"
        if pure and (other == "env" or asio or target.startswith("spdlog/")):
            return "a pure part never sees env/, Asio or a logger (never-list 2)"
        if asio and folder not in ASIO_FOLDERS:
            return "Asio stays in src/env; everybody else goes through env/task.h"
        if target.startswith("spdlog/") and folder not in LOGGER_FOLDERS:
            return "the logger stays in src/env/linux; everybody else goes through env/log.h"
        if target.startswith("boost/beast") and top != "http":
            return "Beast stays in src/http"
        if other == "env" and target.startswith("env/linux/") and top not in ("env", "app"):
            return "only app/ composes with the real world; everybody else goes through src/env (never-list 5)"
    if other == "config" and top not in ("config", "app"):
        return "a module never includes config/; config/ fills the module's Options (never-list 1)"
    for one, another in ((AGENT_SIDE, HUB_SIDE), (HUB_SIDE, AGENT_SIDE)):
        if top in one and other in another:
            return "agent side and hub side meet in record, codec, uplink and suspicion only (never-list 3)"
    return None


# What may know every protocol of src/wire: the tables of what follows what, and of all fields.
WIRE_TABLES = ("wire/dispatch", "wire/application/application", "wire/field_registry")


def wire_siblings(tree):
    """Protocols of src/wire (what builds on a decoder) know each other only through the tables (never-list 7)."""
    protocols = {path.removeprefix("src/") for path in tree.files("src/wire", suffixes=(".h",))
                 if any(target in ("wire/decoder.h", "wire/application/payload.h") for _, target in tree.includes(path))}
    protocols = {path for path in protocols if not tidy.is_test(path) and path.rpartition(".")[0] not in WIRE_TABLES}
    for path in tree.files("src/wire"):
        stem = path.removeprefix("src/").rpartition(".")[0]
        if tidy.is_test(path) or stem in WIRE_TABLES:
            continue
        for line, target in tree.includes(path):
            if target in protocols and target != stem + ".h":
                yield f"{path}:{line}: includes {target}: protocols meet in wire/dispatch only (never-list 7)"


def built(tree):
    """A source that no CMakeLists.txt builds is a finding: tests that nobody runs."""
    for path in tree.files(suffixes=(".cc",)):
        folder = pathlib.PurePosixPath(path).parent
        lists = [f"{place}/CMakeLists.txt" for place in (folder, *folder.parents)]
        texts = [tree.text(place) for place in lists if tree.exists(place)]
        own = tree.text(lists[0]) if tree.exists(lists[0]) else ""
        above = tree.text(lists[1]) if tree.exists(lists[1]) else ""
        named = folder.name in _words(above, "FOLDERS")
        if "holter_module(" not in own and not named and not any(
                pathlib.PurePosixPath(path).name in text for text in texts):
            yield f"{path}:1: no CMakeLists.txt builds this file"


def check(tree):
    modules = modules_of(tree)
    findings = cycles(modules) + list(wire_siblings(tree)) + list(built(tree))
    for path in tree.files("src", "sim"):
        inside = path.removeprefix("src/")
        test = tidy.is_test(inside)
        name = owner(modules, inside)
        if name is None:
            findings.append(f"{path}:1: in no module: its folder has no holter_module()")
            continue
        allowed = {name, *modules[name].depends, *(modules[name].test_depends if test else [])}
        for line, target in tree.includes(path):
            reason = None if inside.startswith("sim/") else never(inside, target, test)
            other = owner(modules, target)
            if reason is not None:
                findings.append(f"{path}:{line}: includes {target}: {reason}")
            elif other is not None and other not in allowed:
                findings.append(f"{path}:{line}: includes {target}, but {other} is not in DEPENDS of {name}")
    return findings, f"{len(modules)} modules"


if __name__ == "__main__":
    tidy.main("module graph", check)
