#!/usr/bin/env python3
"""`holter sessions watch`: on a terminal, in a pipe, and without a holter."""
import signal
import time

import bed
from terminal_screen import Terminal


class Watch(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.holter = self.bed.start(self.node, "--targets", "loopback").wait_page()

    def command(self, *options):
        return (bed.HOLTER, "sessions", "watch", "--runtime", self.holter.runtime + "/holter", *options)

    def watch(self, *options, **more):
        return Terminal(self, self.node, *self.command(*options), **{"columns": 120, **more})

    def test_is_drawn_anew_with_trouble_on_top(self):
        terminal = self.watch()
        terminal.wait("q ends", "nobody has sent a pulse")
        self.bed.pulse(self.node, "alive", "--interval", "200ms")
        doomed = self.bed.pulse(self.node, "doomed", "--interval", "200ms")
        terminal.wait("alive", "doomed", "datagram", "200 ms")
        doomed.send(signal.SIGKILL)
        terminal.wait("pulsing ", " of 3")
        terminal.wait("down")
        rows = terminal.rows()
        self.assertIn("doomed", rows[2])
        self.assertIn("alive", rows[3])
        self.assertEqual(len(rows), 4, rows)
        terminal.type("q")
        self.assertEqual(terminal.end(), 0)

    def test_is_as_long_as_the_terminal(self):
        for number in range(12):
            self.bed.pulse(self.node, f"s{number:02}", "--interval", "10s")
        bed.eventually(lambda: len(self.holter.api("sessions")["sessions"]) == 12, "twelve sessions")
        terminal = self.watch(rows=10)
        terminal.wait("s05", "… 6 more")
        self.assertLessEqual(len(terminal.rows()), 9)
        terminal.resize(120, 30)
        terminal.wait("s11")
        self.assertNotIn("more", terminal.text())
        self.assertEqual(terminal.text().count("q ends"), 1)
        terminal.type("\x03")
        self.assertEqual(terminal.end(), 0)

    def test_colours_are_left_out_when_not_wanted(self):
        self.bed.pulse(self.node, "db1", "--interval", "1s")
        self.holter.wait_session("db1", "up")
        terminal = self.watch()
        terminal.wait("db1")
        self.assertIn(b"\x1b[32m", terminal.raw)
        plain = self.watch(env={"NO_COLOR": "1"})
        plain.wait("db1")
        self.assertNotIn(b"m", plain.raw.split(b"q ends")[1].split(b"session")[0])

    def test_a_pipe_gets_a_line_a_change(self):
        follower = self.bed._own(bed.Program(self.bed, self.node, self.command(), "watching"))
        follow_json = self.bed._own(bed.Program(self.bed, self.node, self.command("--json"), "watching_json"))
        time.sleep(1)
        self.bed.pulse(self.node, "db1", "--interval", "1s")
        bed.eventually(lambda: "db1" in follower.out() and "first_message" in follower.out(), "a line")
        bed.eventually(lambda: '"session":"db1"' in follow_json.out(), "an object")
        self.assertNotIn("\x1b", follower.out())
        self.assertEqual(follower.stop(signal.SIGINT), 0)

    def test_without_a_holter_it_says_so(self):
        told = Terminal(self, self.node, bed.HOLTER, "sessions", "watch", "--runtime", "/nowhere", columns=120)
        told.wait("no holter is running here")
        self.assertEqual(told.end(), 3)


if __name__ == "__main__":
    bed.main()
