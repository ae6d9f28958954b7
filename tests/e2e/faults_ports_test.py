#!/usr/bin/env python3
"""A port or socket that somebody else has: which, who has it, what to say instead, exit 1, and nothing was started."""
import os
import signal

import bed

NOBODY = 65534  # whom root becomes here


class Ports(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()

    def blocker(self, kind, address, uid, port=4280):
        """A program of that user that has the port."""
        made = {"tcp": f"socket.create_server(('{address}', {port}))",
                "udp": "socket.socket(socket.%s, socket.SOCK_DGRAM)" % ("AF_INET6" if ":" in address else "AF_INET")}[kind]
        bind = f"s.bind(('{address}', {port}))" if kind == "udp" else "pass"
        script = f"import socket, time; s = {made}; {bind}; print(flush=True); time.sleep(100)"
        process = self.node.popen("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "python3", "-c", script, stdout=-1)
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stdout.close()))
        if process.stdout.readline() != b"\n":
            raise bed.Skip("this user cannot become another")
        return f"process {process.pid} (python3"

    def refused(self, *words, label="refused", role="run", options=()):
        holter = self.bed.start(self.node, *options, role=role, label=label)
        self.assertEqual(holter.wait(), 1)
        said = holter.log()
        self.assert_words(said, *words)
        self.assertEqual(holter.out(), "", "no banner")
        self.assertEqual(said.count("taken"), 1, f"said once: {said}")
        return holter

    def test_the_page(self):
        owner = self.blocker("tcp", "127.0.0.1", NOBODY)
        refused = self.refused(f"TCP 127.0.0.1:4280 is taken by {owner}", "--http")
        self.assertNotIn("capturing", refused.log())
        self.assertNotIn("holter.db", os.listdir(refused.data))

    def test_the_pulses_of_one_address_and_of_all(self):
        owner = self.blocker("udp", "::1", NOBODY)
        refused = self.refused(f"UDP [::1]:4280 is taken by {owner}", "--pulses")
        self.assertNotIn("capturing", refused.log())
        owner = self.blocker("udp", "127.0.0.1", NOBODY)
        self.refused(f"UDP 127.0.0.1:4280 is taken by {owner}", "--pulses", label="both")

    def test_the_agents(self):
        owner = self.blocker("tcp", "127.0.0.1", NOBODY, 4282)
        self.refused(f"TCP 127.0.0.1:4282 is taken by {owner}", "--listen", role="hub")

    def test_an_address_that_this_host_has_not_is_no_end(self):
        self.node.sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
        holter = self.bed.start(self.node).wait_page()
        self.assertEqual(len([line for line in holter.log().splitlines() if "[::1]:4280" in line]), 1, holter.log())
        self.assertIn("listens   for pulses on UDP 127.0.0.1:4280\n", holter.out())

    def test_another_user_has_it(self):
        self.blocker("tcp", "127.0.0.1", 4321)
        self.refused("TCP 127.0.0.1:4280 is taken by a process of uid 4321", "--http")

    def test_a_socket_left_by_a_kill_is_no_obstacle(self):
        killed = self.bed.start(self.node).wait_page()
        killed.stop(signal.SIGKILL)
        self.assertTrue(os.path.exists(os.path.join(killed.runtime, "holter/control.sock")))
        killed.again().wait_page()

    def test_a_control_socket_that_lives_or_is_none(self):
        holter = self.bed.start(self.node).wait_page()
        runtime = os.path.join(holter.runtime, "holter")
        other = ("run", "--data", self.bed.path("other"), "--runtime", runtime, "--http", "127.0.0.1:4290", "--pulses",
                 "127.0.0.1:4290", "--lines", "127.0.0.1:4291")
        told = self.bed.holter(self.node, *other)
        self.assertEqual(told.returncode, 1, told)
        self.assert_words(told.stderr.decode(), f"process {holter.pid} listens on {runtime}/control.sock", "--runtime")
        self.assertEqual(holter.stop(), 0, "it was not disturbed")
        with open(os.path.join(runtime, "control.sock"), "w") as file:
            file.write("mine")
        told = self.bed.holter(self.node, *other)
        self.assertEqual(told.returncode, 1, told)
        self.assert_words(told.stderr.decode(), "control.sock exists and is not a socket", "remove it", "--runtime")


if __name__ == "__main__":
    bed.main()
