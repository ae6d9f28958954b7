"""Rows of "this was wrong with the wire or the target, and this is what the probe has to say": one wire and one target
with real servers for a class of tests, and the check of a row.
"""
import dataclasses
import json
import os
import subprocess
import sys
import time
import unittest

import bed
import impair

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET, TARGET6 = "10.77.0.2", "fd77::2"
ECHO, WEB, TLS = 7, 80, 443
CHRONY = "port 123\ncmdport 0\nbindcmdaddress /\nallow\nlocal stratum 5\npidfile {0}.pid\ndriftfile {0}.drift\n"
FILTER = ("; nft add table inet t; nft add chain inet t in '{ type filter hook input priority 0; }'"
          "; nft add rule inet t in ")
SLACK = 900  # ms that a busy machine may add to what the wire did


@dataclasses.dataclass
class Row:
    """What is wrong, and what `holter probe` says then."""
    name: str
    probe: tuple
    outcome: str
    phase: str | None = None           # it failed in
    words: tuple = ()                  # of the detail
    faults: tuple = ()                 # of the wire
    drop: str = ""                     # what nft on the target does with what comes in
    least: float = 0                   # ms of `told_in`, or of a failure until it is told
    most: float | None = None          # ms; None: `least` and what a busy machine adds
    told_in: str = "rtt"               # or a phase
    facts: dict = dataclasses.field(default_factory=dict)
    truth: dict = dataclasses.field(default_factory=dict)  # of the first fault, both ways together


class Case(unittest.TestCase):
    """A wire and a target that answers every kind, for the tests of a class."""
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        bed.need("nft", "dnsmasq", "chronyd", "openssl")
        cls.bed = bed.Bed()
        cls.addClassCleanup(cls.bed.cleanup.close)
        cls.wire = impair.Wire(cls.bed, impair.seed())
        cls.wire.host.sh("sysctl -qw net.ipv4.ping_group_range='0 2147483647'")
        # What a target may say of errors in a second is another matter.
        cls.wire.target.sh("sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 "
                           "net.ipv6.icmp.ratelimit=0")
        cls.serve_all()
        cls.wire.host.sh(f"ping -c 1 {TARGET}; ping -c 1 {TARGET6}")  # both know each other's link address

    @classmethod
    def serve_all(cls):
        target, box = cls.wire.target, cls.bed
        for address in (TARGET, TARGET6):
            target.echo(address, ECHO)
        box.dns(target)
        config = box.path("chrony.conf")
        with open(config, "w") as file:
            file.write(CHRONY.format(box.path("chrony")))
        box._own(bed.Program(box, target, ["chronyd", "-x", "-d", "-u", "root", "-f", config], "chrony"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=target", "-addext", f"subjectAltName=IP:{TARGET}", "-keyout",
                        box.path("key.pem"), "-out", box.path("certificate.pem")], check=True, capture_output=True)
        os.chmod(box.path("certificate.pem"), 0o644)
        for port, extra in ((WEB, ()), (TLS, (box.path("certificate.pem"), box.path("key.pem")))):
            server = box._own(bed.Program(box, target, [sys.executable, "-B", os.path.join(HERE, "web_server.py"),
                                                        str(port), *extra], f"web{port}"))
            bed.eventually(lambda s=server: "listening" in s.out(), "the web server listens")
        bed.eventually(lambda: cls.ask("ntp", TARGET)["outcome"] == "ok", "chrony answers")

    @classmethod
    def ask(cls, *probe):
        """The one result, and as `took_ms` how long holter ran."""
        start = time.monotonic()
        done = cls.bed.holter(cls.wire.host, "probe", *probe, "--json")
        if done.stderr:
            raise AssertionError(done.stderr.decode())
        result = json.loads(done.stdout)
        result["took_ms"] = (time.monotonic() - start) * 1e3
        if (done.returncode == 0) != (result["outcome"] == "ok"):
            raise AssertionError(f"exit {done.returncode} of {result}")
        return result

    def run_rows(self, rows):
        for row in rows:
            with self.subTest(row.name):
                # What a connection of the row before sends again would be counted with what is sent now.
                self.wire.target.sh("ss --no-header --kill --tcp --numeric state connected")
                self.wire.clear()
                self.wire.fault(*row.faults)
                self.filter(row.drop)
                self.check(row, self.ask(*row.probe))
        self.wire.clear()
        self.filter("")

    def filter(self, rule):
        """The one rule of the target, or none."""
        self.wire.target.sh("nft flush ruleset" + (FILTER + rule if rule else ""))

    def check(self, row, result):
        told = json.dumps(result, indent=1)
        self.assertEqual((result["outcome"], result["failed_in"]), (row.outcome, row.phase), told)
        for word in row.words:
            self.assertIn(word, result["detail"], told)
        steps = [step["at_ms"] for step in result["transcript"]]
        self.assertEqual(steps, sorted(steps), told)
        answered = row.outcome in ("ok", "unexpected")
        self.assertEqual(result["rtt_ms"] is not None, answered, told)
        times = {"rtt": result["rtt_ms"], **result["phases_ms"]}
        took = times[row.told_in] if answered else result["took_ms"]
        most = row.least + SLACK if row.most is None else row.most
        self.assertTrue(row.least <= took <= most * bed.TIME_FACTOR, f"{row.least} <= {took} <= {most}: {told}")
        for name, values in row.facts.items():
            self.assertEqual(result["facts"].get(name), values, told)
        if row.truth:
            fault = self.wire.counts()["faults"][0]
            both = {name: fault["a_to_b"][name] + fault["b_to_a"][name] for name in row.truth}
            self.assertEqual(both, row.truth, told)
