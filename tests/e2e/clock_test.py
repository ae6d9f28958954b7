#!/usr/bin/env python3
"""The clock that holter measures by (BOOTTIME) is another after a start: years ahead, then small again, as after a reboot.

The steps of the wall clock are in the simulator (src/probe/runner_test.cc, src/heartbeat/presence_test.cc): no test sets
the clock of the machine that it runs on.
"""
import subprocess

import bed

YEAR = 365 * 86400


def ahead(seconds):
    """A prefix that starts a program in a time namespace of its own."""
    return ["unshare", "--time", "--fork", "--kill-child", f"--boottime={seconds}", f"--monotonic={seconds}"]


class Clock(bed.Case):
    def setUp(self):
        super().setUp()
        tried = subprocess.run([*ahead(1), "true"], capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            raise bed.Skip(f"this kernel has no time namespaces for us: {tried.stderr.strip()}")
        self.node = self.bed.solo()

    def run_for_a_while(self, prefix):
        """Results of the loopback, of a run that a session lives through."""
        holter = self.bed.start(self.node, "--targets", "loopback", prefix=prefix).wait_page()
        pulses = self.bed.pulse(self.node, "db1", "--interval", "200ms", "--no-terminate")
        holter.wait_session("db1", "up")
        bed.eventually(lambda: len(holter.results("loopback")) >= self.before + 4, "four results more")
        results = holter.results("loopback")[:4]
        changes = holter.session("db1")["changes"]
        pulses.stop()
        # The one that `unshare` runs is a child of what was started.
        child = bed.run("pgrep", "-P", str(holter.pid)).split() if prefix else [str(holter.pid)]
        bed.run("kill", "-TERM", child[0])
        self.assertEqual(holter.wait(), 0)
        self.before += 1
        return results, changes

    def test_instants_of_another_start_falsify_nothing(self):
        self.before = 0
        seen = []
        for number, prefix in enumerate((ahead(10 * YEAR), (), ahead(YEAR))):
            results, changes = self.run_for_a_while(prefix)
            self.before = 4 * (number + 1)
            for result in results:
                self.assertEqual(result["outcome"], "ok")
                self.assertLess(result["rtt_ms"], 1000)
            self.assertNotIn("down", [change["to"] for change in changes], "nobody is judged by another start's clock")
            seen += [result["at"] for result in reversed(results)]
        self.assertEqual(seen, sorted(seen), "what people see is in order")


if __name__ == "__main__":
    bed.main()
