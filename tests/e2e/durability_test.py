#!/usr/bin/env python3
"""What was visible stays: over SIGTERM, over SIGKILL, over many kills."""
import signal
import time

import bed

VISIBLE_BEFORE_KILL = 1.0  # the promise: what the API showed a second before a kill is there afterwards


def ids(results):
    return {(r["probe"], r["at"], r["outcome"], r["rtt_ms"]) for r in results}


class Durability(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.holter = self.bed.start(self.node).wait_page()

    def wait_results(self, holter, count):
        return bed.eventually(lambda: (r := ids(holter.results())) and len(r) >= count and r, f"{count} results", 30)

    def test_results_survive_a_stop(self):
        self.wait_results(self.holter, 6)
        # Everything up to the stop is kept, also what came after this look.
        seen = ids(self.holter.results())
        agent = self.holter.api("health")["agent"]
        self.assertEqual(self.holter.stop(), 0)
        again = self.holter.again().wait_page()
        self.assertEqual(seen - ids(again.results()), set())
        self.assertEqual(again.api("health")["agent"], agent)
        self.assertGreaterEqual(len(again.target("loopback")["history"]), 3, "the page goes on where it was")

    def test_results_survive_kills(self):
        holter, seen = self.holter, set()
        for _ in range(3):
            seen |= self.wait_results(holter, len(seen) + 4)
            time.sleep(VISIBLE_BEFORE_KILL)  # the promised second itself
            holter.stop(signal.SIGKILL)
            holter = holter.again().wait_page()
            self.assertEqual(seen - ids(holter.results()), set())
        times = [(r["probe"], r["at"]) for r in holter.results()]
        self.assertEqual(len(times), len(set(times)), "each once")

    def test_sessions_come_back_without_a_false_down(self):
        self.bed.pulse(self.node, "alive", "--interval", "300ms")
        dead = self.bed.pulse(self.node, "dead", "--interval", "300ms")
        closed = self.bed.pulse(self.node, "closed", "--interval", "300ms")
        for name in ("alive", "dead", "closed"):
            self.holter.wait_session(name, "up")
        dead.send(signal.SIGKILL)
        closed.stop(signal.SIGINT)
        self.holter.wait_session("dead", "down")
        self.holter.wait_session("closed", "admin_down")
        holter = self.holter
        for kill in (signal.SIGTERM, signal.SIGKILL):
            time.sleep(VISIBLE_BEFORE_KILL)
            holter.stop(kill)
            time.sleep(3)  # away for longer than the detection time
            holter = holter.again().wait_page()
            holter.wait_session("alive", "up")
            self.assertEqual(holter.wait_session("dead", "down")["state"], "down")
            self.assertEqual(holter.wait_session("closed", "admin_down")["state"], "admin_down")
            time.sleep(5)  # longer than detection and asking: a false down would come now
            states = [c["to"] for c in holter.session("alive")["changes"]]
            self.assertEqual(holter.session("alive")["state"], "up")
            self.assertNotIn("down", states)

    def test_a_client_that_died_meanwhile_is_found_out(self):
        client = self.bed.pulse(self.node, "db1", "--interval", "300ms")
        self.holter.wait_session("db1", "up")
        self.holter.stop()
        client.send(signal.SIGKILL)
        again = self.holter.again().wait_page()
        again.wait_session("db1", "down", timeout=90)


if __name__ == "__main__":
    bed.main()
