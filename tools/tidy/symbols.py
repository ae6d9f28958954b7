"""Object files outside env/linux and the broker call no clock, socket, file or source of randomness by themselves.
Reads the static libraries with nm.  Usage: symbols.py ROOT BUILD"""

import fnmatch
import pathlib
import re
import subprocess

import tree as tidy

EXEMPT = ("libholter_env_linux.a",)  # the one place of system calls; the broker is a program, not a library

_BANNED = re.compile(r"""
    clock_gettime | clock_nanosleep | nanosleep | u?sleep | gettimeofday | time | timerfd_\w+
  | std::chrono::(?:_V2::)?\w+_clock::now
  | socket | socketpair | connect | bind | listen | accept4? | send(?:to|m?msg)? | recv(?:from|m?msg)?
  | getaddrinfo | gethostby\w+ | epoll_\w+ | poll | ppoll | select | eventfd
  | open(?:at)?(?:64)? | creat | read | pread(?:64)? | readv | write | pwrite(?:64)? | writev | close
  | fsync | fdatasync | rename | unlink | mkdir | ftruncate(?:64)? | mmap(?:64)? | ioctl | fcntl(?:64)?
  | fopen(?:64)? | fread | fwrite | fputs | puts | printf | fprintf | fputc | putchar | __printf_chk | __fprintf_chk
  | std::basic_(?:[io]?f)stream<.*>::\w+ | std::cout | std::cerr
  | rand | srand | random | getrandom | getentropy | arc4random | std::random_device::\w+
  | getenv | secure_getenv | isatty | fork | execv\w* | kill | syscall
  | std::thread::_M_start_thread | pthread_create
""", re.VERBOSE)

# (library, object, symbols, why). Patterns as of the shell.
ALLOWED = (
    ("libholter_env.a", "asio.cc.o", "*", "the one unit of Asio: its reactor is what env/linux runs on"),
    ("libholter_env.a", "task.cc.o", "std::chrono::_V2::steady_clock::now",
     "a timer set to the end of time, which only a cancellation ends: Asio's idiom of a wake-up"),
    ("libholter_http.a", "beast.cc.o", "*", "the one unit of Beast brings file bodies and masks that holter never uses"),
    ("libholter_base.a", "assert.cc.o", "fprintf", "a broken invariant is said on standard error, then abort"),
    ("libholter_base.a", "assert.cc.o", "__fprintf_chk", "the same, as fortified"),
    ("libholter_app.a", "terminal.cc.o", "*", "the sink of text: standard output, its width, NO_COLOR"),
    ("libholter_cli.a", "parse.cc.o", "getenv", "CLI11 reads options from variables when told to; it is not told"),
    ("libholter_cli.a", "parse.cc.o", "std::basic_ifstream*", "CLI11 can read files of options; it is not told to"),
    ("libholter_app.a", "paths.cc.o", "getenv", "XDG directories are told by the environment"),
    ("libholter_sim.a", "world.cc.o", "std::basic_ofstream*", "a failing seed leaves its packets as a pcap"),
    ("libholter_sim.a", "seeds.cc.o", "*", "HOLTER_SEED in, the failing seed out: the edge between a test and its person"),
)


def undefined(listing):
    """(object, symbol) of what `nm -uC LIBRARY` prints; the symbol without arguments and version."""
    member = ""
    for line in listing.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            member = line[:-1]
        elif match := re.match(r"\s+U (.+)$", line):
            symbol = re.sub(r"@.*$", "", match.group(1).replace("[abi:cxx11]", "").replace("::__cxx11", ""))
            yield member, re.sub(r"\(.*$", "", symbol)


def allowed(library, member, symbol, table):
    return any(library == entry[0] and member == entry[1] and fnmatch.fnmatchcase(symbol, entry[2]) for entry in table)


def findings_of(library, listing, table=ALLOWED):
    if library in EXEMPT:
        return []
    return [f"{library}({member}): calls {symbol}: only env/linux and the broker may; go through src/env"
            for member, symbol in sorted(set(undefined(listing)))
            if _BANNED.fullmatch(symbol) and not allowed(library, member, symbol, table)]


def check(_tree, build):
    libraries = sorted(pathlib.Path(build).rglob("libholter_*.a"))
    findings = [] if libraries else [f"{build}: no libholter_*.a here: build first"]
    for library in libraries:
        listing = subprocess.run(["nm", "-uC", library], capture_output=True, text=True, check=True).stdout
        findings += findings_of(library.name, listing)
    return findings, f"{len(libraries)} libraries"


if __name__ == "__main__":
    tidy.main("symbols", check)
