"""Runs a program as systemd would run it for a unit, where no systemd runs: the same user, capabilities, limits, system
calls and view of the files.

    service_unit.py UNIT PLACES UID PROGRAM     as root of a PID and a mount namespace; becomes the program

PLACES is JSON: where %S, %t and other paths of the unit are.

It is stricter than systemd: a system call outside of the unit's filter is the end of the process (SIGSYS), so that
nothing the program needs is refused without anybody seeing it. Not imitated: PrivateDevices, PrivateTmp, the cgroup.
"""
import ctypes
import json
import os
import resource
import subprocess
import sys

ALLOW, KILL = 0x7FFF0000, 0x80000000
NO_SUCH_CALL = 0x00050000 | 38  # ENOSYS
EQUAL, MASKED_EQUAL = 4, 7
NAMESPACE_FLAGS = 0x7E020080
PROT_WRITE_EXEC = 2 | 4
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17}
CAPABILITIES = {"CAP_NET_RAW": 13}
KEPT = ("PATH", "LC_ALL", "NOTIFY_SOCKET", "WATCHDOG_USEC")
LAST_CAPABILITY = 40
SET_KEEPCAPS, DROP_BOUNDING, SET_NO_NEW_PRIVS, AMBIENT, AMBIENT_RAISE = 8, 24, 38, 47, 2
CAPABILITY_VERSION = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


class Unit:
    """A unit file: every value of every key of [Service]."""

    def __init__(self, path):
        self.settings = {}
        section = ""
        with open(path, encoding="utf-8") as file:
            for line in map(str.strip, file):
                if line.startswith("["):
                    section = line
                elif line and line[0] != "#" and section == "[Service]":
                    key, value = line.split("=", 1)
                    self.settings.setdefault(key, []).append(value)

    def words(self, key):
        return " ".join(self.settings.get(key, [])).split()

    def is_on(self, key):
        return self.words(key) == ["yes"]

    def command(self, program, places):
        """ExecStart with `places` for its specifiers and files, and `program` for the one installed."""
        return [program, *(put(word, places) for word in self.words("ExecStart")[1:])]

    def environment(self, places):
        return dict(put(word, places).split("=", 1) for word in self.words("Environment"))


def put(word, places):
    for name, place in places.items():
        word = word.replace(name, place)
    return word


def system_calls(names):
    """The names that a value of SystemCallFilter stands for."""
    found = set()
    for name in names:
        if not name.startswith("@"):
            found.add(name)
            continue
        told = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
        inside = [line.split("#")[0].strip() for line in told.stdout.splitlines()[1:]]
        found |= system_calls(filter(None, inside))
    return found


def allowed_calls(unit):
    allowed = set()
    for value in unit.settings["SystemCallFilter"]:
        names = system_calls(value.removeprefix("~").split())
        allowed = allowed - names if value.startswith("~") else allowed | names
    return allowed | system_calls(["@default"])


class Argument(ctypes.Structure):
    _fields_ = [("number", ctypes.c_uint), ("operation", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


class Filter:
    """A seccomp filter that ends the process at every call that no rule allows."""

    def __init__(self):
        self.lib = ctypes.CDLL("libseccomp.so.2")
        self.lib.seccomp_init.restype = ctypes.c_void_p
        self.lib.seccomp_init.argtypes = [ctypes.c_uint32]
        self.lib.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
                                                    ctypes.POINTER(Argument)]
        self.lib.seccomp_load.argtypes = [ctypes.c_void_p]
        self.context = self.lib.seccomp_init(KILL)

    def add(self, action, name, *arguments):
        number = self.lib.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # not of this processor
            return
        array = (Argument * max(1, len(arguments)))(*arguments)
        self._try(self.lib.seccomp_rule_add_array(self.context, action, number, len(arguments), array), name)

    def load(self):
        self._try(self.lib.seccomp_load(self.context), "load")

    @staticmethod
    def _try(code, what):
        if code != 0:
            raise OSError(-code, f"seccomp: {what}")


def filter_of(unit):
    rules = Filter()
    special = {"socket", "clone", "clone3", "unshare", "setns", "mmap", "mprotect", "pkey_mprotect"}
    for name in sorted(allowed_calls(unit) - special):
        rules.add(ALLOW, name)
    for family in unit.words("RestrictAddressFamilies"):
        rules.add(ALLOW, "socket", Argument(0, EQUAL, FAMILIES[family], 0))
    assert unit.is_on("RestrictNamespaces") and unit.is_on("MemoryDenyWriteExecute")
    rules.add(ALLOW, "clone", Argument(0, MASKED_EQUAL, NAMESPACE_FLAGS, 0))
    rules.add(NO_SUCH_CALL, "clone3")  # as systemd does, because its flags are out of reach; the C library uses clone
    # A dynamic program maps its libraries executable; only memory that is writable too is refused.
    for protection in (0, 2, 4):
        rules.add(ALLOW, "mmap", Argument(2, MASKED_EQUAL, PROT_WRITE_EXEC, protection))
    rules.add(ALLOW, "mprotect", Argument(2, MASKED_EQUAL, 4, 0))
    return rules


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def see_files_as(unit, writable):
    for path in writable:
        mount("--bind", path, path)
    assert unit.words("ProtectSystem") == ["strict"] and unit.is_on("ProtectHome")
    mount("-o", "remount,bind,ro", "/")
    for path in ("/root", "/home"):
        mount("-t", "tmpfs", "-o", "ro,mode=000", "tmpfs", path)
    assert unit.words("ProtectProc") == ["invisible"] and unit.words("ProcSubset") == ["pid"]
    mount("-t", "proc", "-o", "hidepid=invisible,subset=pid", "proc", "/proc")


def control(*arguments):
    if libc.prctl(*map(ctypes.c_ulong, (*arguments, *[0] * (5 - len(arguments))))) != 0:
        raise OSError(ctypes.get_errno(), f"prctl{arguments}")


class CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def become(unit, uid):
    """The user, with the capabilities that the unit hands on and no others."""
    ambient = [CAPABILITIES[name] for name in unit.words("AmbientCapabilities")]
    bounding = [CAPABILITIES[name] for name in unit.words("CapabilityBoundingSet")]
    for capability in set(range(LAST_CAPABILITY + 1)) - set(bounding):
        control(DROP_BOUNDING, capability)
    control(SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    mask = sum(1 << capability for capability in ambient)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; those above 31
    if libc.capset(ctypes.byref(CapabilityHeader(CAPABILITY_VERSION, 0)), sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    for capability in ambient:
        control(AMBIENT, AMBIENT_RAISE, capability)
    assert unit.is_on("NoNewPrivileges")
    control(SET_NO_NEW_PRIVS, 1)


def main(path, places, uid, program):
    places = json.loads(places)
    unit = Unit(path)
    rules = filter_of(unit)
    see_files_as(unit, [places["%S"], places["%t"]])
    limit = min(int(unit.words("LimitNOFILE")[0]), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    os.umask(int(unit.words("UMask")[0], 8))
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    become(unit, int(uid))
    rules.load()
    os.execve(program, unit.command(program, places), {**kept, **unit.environment(places)})


if __name__ == "__main__":
    main(*sys.argv[1:])
