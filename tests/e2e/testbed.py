"""The test bed of real servers behind real routers: a Case whose probes run in its probe host.

It lies beside the project, not in it (`../shared/testbed`; HOLTER_SHARED names another directory); without it the tests
are skipped with a word. One bed serves the tests of a class; several files may run at once.
"""
import json
import os
import subprocess
import unittest

import bed

SHARED = os.environ.get("HOLTER_SHARED", os.path.join(bed.ROOT, "../shared"))
SCRIPT = os.path.join(SHARED, "testbed/testbed.sh")
NEEDED = ("nginx", "knotd", "unbound", "chronyd", "ncat", "nft", "openssl", "cc", "ip")


class Testbed:
    """Up from the constructor to close()."""

    def __init__(self):
        bed.beside(os.path.exists(SCRIPT), f"the test bed at {SCRIPT} (HOLTER_SHARED names its directory)")
        bed.need(*NEEDED)
        self.prefix = f"h{os.urandom(3).hex()}"  # the names of network namespaces are those of the whole machine
        self.environment = {**os.environ, "HB_PFX": self.prefix, "HB_STATE": f"/tmp/{self.prefix}-testbed"}
        self.sh("up")
        self.facts = dict(word.split("=", 1) for line in self.sh("env").splitlines() if not line.startswith("#")
                          for word in line.split(" ") if "=" in word)

    def sh(self, *arguments, check=True):
        """`testbed.sh ARGUMENTS`; its output."""
        done = subprocess.run(["bash", SCRIPT, *arguments], env=self.environment, capture_output=True, text=True,
                              timeout=60)
        if check and done.returncode != 0:
            raise RuntimeError(f"testbed.sh {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def path(self, name):
        return os.path.join(self.environment["HB_STATE"], name)

    def command(self, node, *arguments):
        """What runs a program on a node of the bed."""
        return ["ip", "netns", "exec", f"{self.prefix}-{node}", *arguments]

    def close(self):
        self.sh("down", check=False)


class Case(unittest.TestCase):
    """One bed for the tests of a class, as self.bed."""

    @classmethod
    def setUpClass(cls):
        cls.bed = Testbed()
        cls.addClassCleanup(cls.bed.close)

    def holter(self, *arguments, env=None, timeout=60):
        """(exit code, text, errors) of a holter on the probe host."""
        done = subprocess.run(self.bed.command("probe", bed.HOLTER, *arguments), capture_output=True, text=True,
                              env={**os.environ, **(env or {})}, timeout=timeout)
        return done.returncode, done.stdout, done.stderr

    def probe(self, *arguments, env=None):
        """The one result, as JSON; the exit code says the same as the outcome."""
        code, text, errors = self.holter("probe", *arguments, "--json", env=env)
        self.assertEqual(errors, "")
        result = json.loads(text)
        self.assertEqual(code, 0 if result["outcome"] == "ok" else 1, result)
        self.assertEqual(result["rtt_ms"] is not None, result["outcome"] in ("ok", "unexpected"), result)
        return result

    def fails(self, result, outcome, phase, *words):
        self.assertEqual((result["outcome"], result["failed_in"]), (outcome, phase), result)
        for word in words:
            self.assertIn(word, result["detail"], result)
