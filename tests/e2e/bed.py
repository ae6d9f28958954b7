"""The test bed of the end-to-end tests: network namespaces, and the real holter in them.

Works as root and as an ordinary user. A test file runs itself again inside a PID, mount, network and (unless root)
user namespace of its own, so that every process and namespace it makes ends with it, however it ends. Further network
namespaces are held by a child process each; a test reaches into one with `node.inside()` (setns of this thread) or
starts a program there with `node.popen()`.

A test that cannot run says why: exit code 77, which CTest calls skipped. HOLTER_NO_SKIP=1 makes that a failure.
Only what nobody needs to have (beside()) is left out without harm.
HOLTER is the program under test, HOLTER_TIME_FACTOR stretches every deadline (sanitizers).
"""
import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import unittest
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOLTER = os.path.abspath(os.environ.get("HOLTER", os.path.join(ROOT, "build/release/holter")))
TIME_FACTOR = float(os.environ.get("HOLTER_TIME_FACTOR", "1"))
SKIPPED = 77
CLONE_NEWNET = 0x40000000
POLL_EVERY = 0.05
LOG_LINES_SHOWN = 60

libc = ctypes.CDLL(None, use_errno=True)
Skip = unittest.SkipTest


def eventually(ask, what, timeout=15.0):
    """The first true answer of `ask`. An OSError, a missing key or a null where more was asked for means: not yet."""
    deadline = time.monotonic() + timeout * TIME_FACTOR
    last = None
    while True:
        try:
            last = ask()
            if last:
                return last
        except (OSError, KeyError, IndexError, StopIteration, TypeError) as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout:g} s: {what}; last seen: {last!r}")
        time.sleep(POLL_EVERY)


def settled(ask):
    """The answer of `ask` when it stayed the same for longer than the program takes to tell its figures anew (1 s)."""
    answer, since = ask(), time.monotonic()
    while time.monotonic() < since + 1.5 * TIME_FACTOR:
        time.sleep(POLL_EVERY)
        if (now := ask()) != answer:
            answer, since = now, time.monotonic()
    return answer


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise Skip(f"{program} is not installed")


LEFT_OUT = "what neither the clone nor its bootstrap brings: "


def beside(there, what):
    """Of a test that needs what nobody has to have, a peer's program or what lies beside the clone: it is told that it
    did not run, and that is no failure, also where no test may be skipped."""
    if not there:
        raise Skip(LEFT_OUT + what)


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


class Node:
    """One host: a network and a mount namespace, held open by a child that waits for the end of its input."""

    def __init__(self, bed, name):
        self.bed, self.name = bed, name
        hold = ["unshare", "--net", "--mount", "sh", "-c", "echo held; exec cat"]
        self.holder = subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.holder.stdout.readline() != b"held\n":
            raise Skip("this user may not make network namespaces")
        self.sh("ip link set lo up")
        self.resolve_by()

    def command(self, *arguments):
        return ["nsenter", f"--target={self.holder.pid}", "--net", "--mount", "--", *arguments]

    def sh(self, script):
        return run(*self.command("sh", "-ec", script))

    def popen(self, *arguments, **options):
        return subprocess.Popen(self.command(*arguments), **options)

    @contextlib.contextmanager
    def inside(self):
        """This thread's sockets are made in the node meanwhile."""
        with open("/proc/self/ns/net") as before, open(f"/proc/{self.holder.pid}/ns/net") as there:
            if libc.setns(there.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            try:
                yield
            finally:
                libc.setns(before.fileno(), CLONE_NEWNET)

    def udp(self, address, port=0):
        with self.inside():
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            made = socket.socket(family, socket.SOCK_DGRAM)
        made.bind((address, port))
        self.bed.cleanup.callback(made.close)
        return made

    def echo(self, address, port):
        """Sends every datagram back, until the bed ends."""
        def answer(endpoint):
            with contextlib.suppress(OSError):  # closed with the bed
                while True:
                    endpoint.sendto(*endpoint.recvfrom(65536))
        threading.Thread(target=answer, args=(self.udp(address, port),), daemon=True).start()

    def resolve_by(self, *addresses):
        path = self.bed.path(f"resolv.conf.{self.name}")
        with open(path, "w") as file:
            file.writelines(f"nameserver {address}\n" for address in addresses)
        self.sh(f"mount --bind {path} /etc/resolv.conf")

    def counters(self, interface):
        """(received, sent) frames as the kernel counts them."""
        stats = json.loads(self.sh(f"ip -json -stats link show {interface}"))[0]["stats64"]
        return stats["rx"]["packets"], stats["tx"]["packets"]

    def close(self):
        self.holder.stdin.close()
        self.holder.wait()
        self.holder.stdout.close()


class Program:
    """A started program with its output in files."""

    def __init__(self, bed, node, arguments, label, env=None, prefix=()):
        self.bed, self.node, self.label, self.arguments = bed, node, label, arguments
        self.out_path, self.log_path = bed.path(f"{label}.out"), bed.path(f"{label}.log")
        environment = {**os.environ, **bed.environment(), **(env or {})}
        with open(self.out_path, "ab") as out, open(self.log_path, "ab") as log:
            self.process = node.popen(*prefix, *arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                                      env=environment)
        self.pid = self.process.pid

    @staticmethod
    def _text(path):
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()

    def out(self):
        return self._text(self.out_path)

    def log(self):
        return self._text(self.log_path)

    def wait_log(self, *words, timeout=15.0):
        """The first line of the log that holds all `words`."""
        def find():
            if found := [line for line in self.log().splitlines() if all(word in line for word in words)]:
                return found[0]
            return None
        return eventually(find, f"{self.label} logs {' … '.join(words)}", timeout)

    def wait(self, timeout=15.0):
        return self.process.wait(timeout * TIME_FACTOR)

    def send(self, number):
        os.kill(self.pid, number)

    def running(self):
        return self.process.poll() is None

    def stop(self, number=signal.SIGTERM, timeout=15.0):
        """The exit code."""
        if self.running():
            self.send(number)
        return self.wait(timeout)

    def close(self):
        if self.running():
            self.process.kill()
            self.process.wait()

    def told(self):
        """What it said, for a failed test."""
        lines = [f"--- {self.label}: {' '.join(map(str, self.arguments))} (exit {self.process.poll()})"]
        for path in (self.out_path, self.log_path):
            if os.path.exists(path):
                lines += [f"{os.path.basename(path)}: {ascii(line)[1:-1]}" for line in self._text(path).splitlines()]
        return "\n".join(lines[:1] + lines[1:][-LOG_LINES_SHOWN:])


class Holter(Program):
    """`holter run|hub|agent` with directories of its own; `again()` starts it once more on the same ones."""

    def __init__(self, bed, node, *options, role="run", label=None, port=4280, host="127.0.0.1", env=None, prefix=(),
                 binary=HOLTER, data=None):
        self.options, self.role, self.host, self.port, self.binary = options, role, host, port, binary
        self.extra_env, self.prefix = env, prefix
        label = label or role
        self.data, self.runtime = data or bed.path(f"{label}.data"), bed.path(f"{label}.runtime")
        command = [binary, role, "--data", self.data, *options]
        super().__init__(bed, node, command, label, {"XDG_RUNTIME_DIR": self.runtime, **(env or {})}, prefix)

    def again(self):
        return self.bed.start(self.node, *self.options, role=self.role, label=self.label, port=self.port,
                              host=self.host, env=self.extra_env, prefix=self.prefix, binary=self.binary,
                              data=self.data)

    def request(self, path, method="GET", headers=None):
        """(status, headers, body)"""
        url = f"http://{self.host}:{self.port}{path}"
        asked = urllib.request.Request(url, method=method, headers=headers or {})
        with self.node.inside():
            try:
                with urllib.request.urlopen(asked, timeout=10 * TIME_FACTOR) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.headers, error.read()

    def api(self, name):
        status, _, body = self.request(f"/api/v1/{name}")
        if status != 200:
            raise AssertionError(f"GET {name}: {status} {body!r}")
        return json.loads(body)

    def figure(self, sample):
        """The value of a sample of /metrics, as it stands there: 'holter_http_troubles_total{why="refused"}'."""
        for line in self.request("/metrics")[2].decode().splitlines():
            if line.startswith(sample + " "):
                return float(line[len(sample) + 1:])
        raise KeyError(sample)

    def wait_page(self, timeout=15.0):
        def served():
            if not self.running():
                raise AssertionError(f"{self.label} ended with {self.process.returncode} before its page was there")
            return self.api("health")
        eventually(served, f"{self.label} serves its page", timeout)
        return self

    def target(self, probe):
        return next(t for t in self.api("targets")["targets"] if t["probe"] == probe)

    def session(self, name):
        return next(s for s in self.api("sessions")["sessions"] if s["name"] == name)

    def results(self, probe="", since="1h"):
        return self.api(f"results?limit=10000&since={since}" + (f"&probe={probe}" if probe else ""))["results"]

    def wait_outcome(self, probe, outcome, timeout=15.0):
        seen = {}

        def newest():
            target = self.target(probe)
            seen.update(target["last"])
            return target if target["last"]["outcome"] == outcome else None
        try:
            return eventually(newest, f"{probe} is {outcome}", timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}; newest: {seen}") from None

    def wait_session(self, name, *states, timeout=20.0):
        def reached():
            session = self.session(name)
            return session if session["state"] in states else None
        return eventually(reached, f"session {name} is {' or '.join(states)}", timeout)


class Bed:
    """The nodes, programs and files of one test."""

    def __init__(self):
        self.cleanup = contextlib.ExitStack()
        self.directory = tempfile.mkdtemp(prefix="holter-e2e-")
        os.chmod(self.directory, 0o711)  # holter gives up root and still has to get at its own directories below
        self.cleanup.callback(shutil.rmtree, self.directory, ignore_errors=True)
        self.programs = []

    def path(self, name):
        return os.path.join(self.directory, name)

    def environment(self):
        return {"HOME": self.path("home"), "XDG_RUNTIME_DIR": self.path("home/run"),
                "XDG_DATA_HOME": self.path("home/data"), "LC_ALL": "C.UTF-8"}

    def node(self, name):
        made = Node(self, name)
        self.cleanup.callback(made.close)
        return made

    def solo(self):
        return self.node("solo")

    def pair(self, ipv6=True):
        """Two nodes on one wire: 10.77.0.1 and fd77::1, 10.77.0.2 and fd77::2."""
        nodes = [self.node("left"), self.node("right")]
        nodes[0].sh(f"ip link add eth0 type veth peer name eth0 netns {nodes[1].holder.pid}")
        for number, node in enumerate(nodes, 1):
            if not ipv6:
                node.sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
            node.sh(f"ip addr add 10.77.0.{number}/24 dev eth0; ip link set eth0 up")
            if ipv6:
                node.sh(f"ip addr add fd77::{number}/64 dev eth0 nodad")
        return nodes

    def gateway_pair(self, resolver=True):
        """(host, gateway): all of the host's traffic goes to the gateway, which is its resolver too."""
        host, gateway = self.pair()
        host.sh("ip route add default via 10.77.0.2")
        if resolver:
            host.resolve_by("10.77.0.2")
        return host, gateway

    def dns(self, node):
        """A real DNS server on the node: knows no name, and says so (NXDOMAIN), which is an answer."""
        need("dnsmasq")
        server = Program(self, node, ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                                      "--user=root", "--pid-file=", "--bind-interfaces", "--interface=eth0",
                                      "--local=/#/"], "dnsmasq")
        self._own(server)
        server.wait_log("started")
        return server

    def start(self, node, *options, **more):
        return self._own(Holter(self, node, *options, **more))

    def pulse(self, node, name, *options, to="127.0.0.1", label=None):
        command = [HOLTER, "pulse", "--to", to, "--name", name, *options]
        return self._own(Program(self, node, command, label or f"pulse{len(self.programs)}"))

    def holter(self, node, *arguments, env=None):
        """A command that ends by itself."""
        return subprocess.run(node.command(HOLTER, *arguments), capture_output=True, timeout=60 * TIME_FACTOR,
                              check=False, env={**os.environ, **self.environment(), **(env or {})})

    def _own(self, program):
        self.programs.append(program)
        self.cleanup.callback(program.close)
        return program


class Case(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.bed = Bed()
        self.addCleanup(self.bed.cleanup.close)
        self.addCleanup(self._tell)

    def run(self, result=None):
        self.result_so_far, self.bad_before = result, len(result.failures) + len(result.errors)
        return super().run(result)

    def _tell(self):
        """After a failure: what the programs said. A failure of this test is not in the result yet."""
        bad = len(self.result_so_far.failures) + len(self.result_so_far.errors) > self.bad_before
        if bad or not self._outcome.success:
            for program in self.bed.programs:
                print(program.told(), file=sys.stderr)

    def assert_words(self, text, *words):
        for word in words:
            self.assertIn(word, text)


def isolate():
    """Runs this file again in namespaces of its own, unless that was done."""
    if os.environ.get("HOLTER_BED") == "1":
        return
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    flags = user + ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    tried = subprocess.run(["unshare", *flags, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        _end_skipped([f"this user may not make namespaces: {tried.stderr.strip()}"])
    environment = {**os.environ, "HOLTER_BED": "1"}
    os.execvpe("unshare", ["unshare", *flags, sys.executable, "-B", *sys.argv], environment)


def _end_skipped(reasons):
    for reason in reasons:
        print(f"skipped: {reason}")
    sys.exit(1 if os.environ.get("HOLTER_NO_SKIP") == "1" else SKIPPED)


def main():
    for program in ("ip", "unshare", "nsenter"):
        if shutil.which(program) is None:
            _end_skipped([f"{program} is not installed"])
    if not os.access(HOLTER, os.X_OK):
        _end_skipped([f"there is no {HOLTER}: build it, or name it in HOLTER"])
    isolate()
    try:
        program = unittest.main(module="__main__", exit=False, verbosity=2)
    except Exception:
        traceback.print_exc()
        sys.exit(1)
    if not program.result.wasSuccessful():
        sys.exit(1)
    skipped = program.result.skipped
    for case, reason in skipped:
        if reason.startswith(LEFT_OUT):
            print(f"left out: {case}: {reason}")
    reasons = [f"{case}: {reason}" for case, reason in skipped if not reason.startswith(LEFT_OUT)]
    if reasons and (os.environ.get("HOLTER_NO_SKIP") == "1" or len(reasons) >= program.result.testsRun):
        _end_skipped(reasons)
