"""Words and calls that are not used here, with what is used instead.  Usage: words.py ROOT"""

import re

import tree as tidy

# One meaning each (ARCHITECTURE.md): identifiers are searched by their parts, so `last_beat` and `LastBeat` count.
WORDS = {
    "latency": "rtt, one_way_delay or a phase", "dissector": "decode",
    "monitor": "probe, or the interface", "beat": "pulse", "keepalive": "pulse", "slave": "agent", "master": "hub",
    "alarm": "incident or notification", "ticket": "incident", "manager": "the noun it manages", "util": "its purpose",
    "utils": "its purpose", "helper": "its purpose", "helpers": "its purpose", "misc": "its purpose",
}
# Names of the outside world that hold such a word.
FOREIGN = re.compile(r"SSL_\w+")

TESTS = "tests"
# (pattern in code without comments and strings, folders or files where it is at home, what to do instead)
CALLS = (
    (r"\b(?:asio::)?detached\b", ("src/env",), "TaskGroup owns tasks"),
    (r"\bcancel_after\b", ("src/env",), "env::with_deadline"),
    (r"\bsteady_timer\b", ("src/env",), "env::Clock::sleep_until, env::Signal"),
    (r"\bstd::(?:jthread|thread|mutex|shared_mutex|recursive_mutex|condition_variable)\b", ("src/env", TESTS),
     "one owner per state; env::Mailbox, env::Offload"),
    (r"\bstd::(?:cout|cerr|clog)\b|\b(?:std::)?(?:f|v|vf)?printf\s*\(|\b(?:std::)?(?:fwrite|fputs|puts|putchar)\s*\(",
     ("src/app", "src/term", "src/broker", "src/base/assert.cc", "sim/seeds.cc", TESTS), "return the text"),
    (r"\bstd::regex\b", (), "RE2 or a scanner: std::regex has no bound on hostile input"),
    (r"\b\w*ForTest\w*|\w+_for_test\b|\bis_simulated\b", (TESTS,), "production has no door for tests (never-list 6)"),
    (r"#\s*if.*\b(?:HOLTER_)?(?:SIM|SIMULATION|TESTING)\b", (), "production does not know the simulator (never-list 6)"),
)
COMMENTS = (
    (r"\b(?:TODO|FIXME|XXX|HACK)\b", "do it now or write an issue"),
    (r"^\s*// ?\S.*;\s*$\n(?:\s*// ?\S.*[;{}]\s*$\n?)+", "code in comments goes; version control remembers it"),
)


def parts(identifier):
    """The lower-case words of snake_case, trailing_ or PascalCase."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)]


def words_in(path, code):
    reported = set()
    for match in re.finditer(r"[A-Za-z_]\w*", FOREIGN.sub("", code)):
        for word in set(parts(match.group())) & WORDS.keys():
            line = tidy.line_of(code, match.start())
            if (line, word) not in reported:
                reported.add((line, word))
                yield f"{path}:{line}: {match.group()}: not '{word}' but {WORDS[word]}"


def at_home(path, places):
    return any(path == place or path.startswith(place + "/") or (place == TESTS and tidy.is_test(path))
               for place in places)


def block_after(code, at):
    """What stands between the brace that ends at `at` and its partner."""
    depth, end = 1, at
    while depth and end < len(code):
        depth += {"{": 1, "}": -1}.get(code[end], 0)
        end += 1
    return code[at:end - 1]


_TASK_LAMBDA = re.compile(r"\[([^\[\]]*)\]\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?:mutable\s*)?->\s*[\w:]*\bTask<[^{;]*\{")


def capturing_coroutines(path, code):
    """Captures die with the closure, often before the coroutine that the lambda is resumes."""
    for match in _TASK_LAMBDA.finditer(code):
        block = block_after(code, match.end())
        for inner in _TASK_LAMBDA.finditer(block):
            block = block.replace(block_after(block, inner.end()), "")
        if match.group(1).strip() and re.search(r"\bco_(?:await|return|yield)\b", block):
            line = tidy.line_of(code, match.start())
            yield f"{path}:{line}: [{match.group(1)}]: a lambda that is a coroutine must not capture: pass parameters"


def co_await_in_catch(path, code):
    for match in re.finditer(r"\bcatch\s*\([^)]*\)\s*\{", code):
        if "co_await" in block_after(code, match.end()):
            yield f"{path}:{tidy.line_of(code, match.start())}: co_await in a catch: leave the handler first"


def check(tree):
    findings = []
    for path in tree.files():
        text, code = tree.text(path), tree.code(path)
        for part in set(parts(path.rpartition("/")[2].rpartition(".")[0])) & WORDS.keys():
            findings.append(f"{path}:1: a file named '{part}': call it by {WORDS[part]}")
        findings += words_in(path, re.sub(r"^[ \t]*#[^\n]*", "", code, flags=re.MULTILINE))
        findings += co_await_in_catch(path, code)
        findings += capturing_coroutines(path, code)
        for pattern, places, instead in CALLS:
            if not at_home(path, places):
                findings += [f"{path}:{tidy.line_of(code, match.start())}: {match.group().strip()}: {instead}"
                             for match in re.finditer(pattern, code)]
        for pattern, instead in COMMENTS:
            findings += [f"{path}:{tidy.line_of(text, match.start())}: {match.group().strip().splitlines()[0]}: {instead}"
                         for match in re.finditer(pattern, text, re.MULTILINE)]
    return findings


if __name__ == "__main__":
    tidy.main("words", check)
