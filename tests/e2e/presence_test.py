#!/usr/bin/env python3
"""Heartbeat sessions: kept up, asked, given up, closed, reopened; and what hostile datagrams can do to them (nothing)."""
import json
import os
import random
import signal

import bed
import pulse_datagram

EXAMPLE = bytes.fromhex(
    "484c5450010100000000000000000000" "08070605040302010100000000000000" "408f33e6c1b79818e803000003030000"
    "00000000000000000000000000000000" "00000000000000000000000000000000" "646231") + bytes(32)


def transitions(session):
    return [(change["from"], change["to"]) for change in reversed(session["changes"])]


class Presence(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.holter = self.bed.start(self.node, "--targets", "loopback").wait_page()

    def wait_figures(self, name):
        """The session once its figures have followed its first change, which may be shown before them."""
        return bed.eventually(lambda: (s := self.holter.session(name))["asks"] and s, f"the figures of {name}")

    def test_the_format_is_as_documented(self):
        written = pulse_datagram.pulse(b"db1", 1, sent=1772368496789 * 1000000)
        self.assertEqual(written, EXAMPLE)
        self.node.udp("127.0.0.1").sendto(written, ("127.0.0.1", 4280))
        session = self.wait_figures("db1")
        self.assertEqual((session["interval_seconds"], session["detect_multiplier"]), (1.0, 3))

    def test_pulses_keep_a_session_up(self):
        self.bed.pulse(self.node, "db1", "--interval", "200ms")
        session = self.wait_figures("db1")
        self.assertEqual(session["state"], "up")
        self.assertEqual(session["interval_seconds"], 0.2)
        self.assertAlmostEqual(session["detection_time_seconds"], 0.2 * session["detect_multiplier"])
        self.assertTrue(session["peer"].startswith("127.0.0.1:"))
        enough = session["pulses"] + 15  # five detection times
        bed.eventually(lambda: self.holter.session("db1")["pulses"] >= enough, "more pulses")
        session = self.holter.session("db1")
        self.assertEqual(session["state"], "up")
        self.assertEqual([to for _, to in transitions(session)], ["up"])

    def test_a_killed_client_is_asked_then_given_up(self):
        client = self.bed.pulse(self.node, "db1", "--interval", "200ms")
        self.wait_figures("db1")
        client.send(signal.SIGKILL)
        asked = set()

        def down():
            session = self.holter.session("db1")
            if session["state"] == "pulsing":
                asked.add((session["asked"], session["asks"]))
            return session if session["state"] == "down" else None
        session = bed.eventually(down, "down")
        self.assertEqual(asked, {(1, 3), (2, 3), (3, 3)})
        self.assertEqual([to for _, to in transitions(session)], ["up", "pulsing", "pulsing", "pulsing", "down"])
        self.assertEqual(session["changes"][0]["diagnostic"], "gave_up")
        self.holter.wait_log("gave up", "db1")
        self.bed.pulse(self.node, "db1", "--interval", "200ms")
        self.holter.wait_session("db1", "up")

    def test_a_stopped_client_that_goes_on_in_time_is_not_down(self):
        client = self.bed.pulse(self.node, "db1", "--interval", "200ms")
        self.holter.wait_session("db1", "up")
        client.send(signal.SIGSTOP)
        self.holter.wait_session("db1", "pulsing")
        client.send(signal.SIGCONT)
        session = self.holter.wait_session("db1", "up")
        self.assertNotIn("down", [to for _, to in transitions(session)])
        client.send(signal.SIGSTOP)
        self.holter.wait_session("db1", "down")
        client.send(signal.SIGCONT)
        self.holter.wait_session("db1", "up")

    def test_a_message_is_shown_and_kept(self):
        text = "backup done: 3 files, 1 µs"
        told = self.bed.holter(self.node, "pulse", "--to", "127.0.0.1", "--name", "db1", "--message", text)
        self.assertEqual(told.returncode, 0, told)
        self.assertIn(b"delivered", told.stdout)
        session = bed.eventually(lambda: (s := self.holter.session("db1"))["messages"] and s, "the message")
        self.assertEqual((session["messages"], session["last_message"]["text"]), (1, text))
        self.assertIsNone(session["interval_seconds"])
        self.assertEqual(self.holter.stop(), 0)
        again = self.holter.again().wait_page()
        kept = bed.eventually(lambda: again.session("db1")["last_message"], "the message after a restart")
        self.assertEqual(kept, session["last_message"])

    def test_a_message_that_nobody_takes_is_not_delivered(self):
        told = self.bed.holter(self.node, "pulse", "--to", "127.0.0.1:4999", "--name", "db1", "--message", "lost")
        self.assertEqual(told.returncode, 1, told)
        self.assertIn(b"not delivered", told.stderr)

    def test_terminate_closes_and_the_next_message_reopens(self):
        client = self.bed.pulse(self.node, "db1", "--interval", "200ms")
        self.holter.wait_session("db1", "up")
        self.assertEqual(client.stop(signal.SIGINT), 0)
        session = self.holter.wait_session("db1", "admin_down")
        self.assertNotIn("down", [to for _, to in transitions(session)])
        self.bed.holter(self.node, "pulse", "--to", "127.0.0.1", "--name", "db1", "--no-terminate", "--message", "back")
        session = self.holter.wait_session("db1", "up")
        self.assertEqual(session["last_message"]["text"], "back")
        told = self.bed.holter(self.node, "pulse", "--to", "127.0.0.1", "--name", "db1", "--terminate")
        self.assertEqual(told.returncode, 0, told)
        self.holter.wait_session("db1", "admin_down")

    def test_hostile_datagrams_make_no_session_and_no_harm(self):
        seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        print(f"HOLTER_SEED={seed}")
        rng = random.Random(seed)
        client = self.bed.pulse(self.node, "db1", "--interval", "200ms")
        self.holter.wait_session("db1", "up")
        sender = self.node.udp("127.0.0.1")
        good = pulse_datagram.pulse(b"evil", 1)
        forms = [b"", b"\0", good[:40], good[:-1], pulse_datagram.pulse(b"evil", 1, version=2),
                 pulse_datagram.pulse(b"evil", 1, magic=b"HTTP"), pulse_datagram.pulse(b"evil", 1, key_id=7),
                 pulse_datagram.pulse(b"evil", 1, kind=200), pulse_datagram.pulse(b"evil", 1, kind=pulse_datagram.ACK),
                 pulse_datagram.pulse(b"evil", 1, incarnation=0), pulse_datagram.pulse(b"", 1), bytes(1400)]
        forms += [rng.randbytes(rng.randrange(1400)) for _ in range(500)]
        for form in forms:
            sender.sendto(form, ("127.0.0.1", 4280))
        before = self.holter.session("db1")["pulses"]
        bed.eventually(lambda: self.holter.session("db1")["pulses"] > before + 5, "pulses are still heard")
        self.assertEqual([s["name"] for s in self.holter.api("sessions")["sessions"]], ["db1"])
        self.assertEqual([to for _, to in transitions(self.holter.session("db1"))], ["up"])
        self.assertTrue(client.running())

    def test_no_reply_is_larger_than_what_was_sent(self):
        sender = self.node.udp("127.0.0.1")
        sender.settimeout(1)
        sent = sender.sendto(pulse_datagram.pulse(b"mini", 1, interval_ms=100), ("127.0.0.1", 4280))
        self.holter.wait_session("mini", "down")
        got = 0
        try:
            while True:
                got += len(sender.recv(2048))
        except TimeoutError:
            pass
        self.assertLessEqual(got, sent)

    def test_a_hostile_name_stays_text(self):
        name = b'<img src=x onerror=alert(1)>\x1b[31m\x9b\\"\n'
        self.node.udp("127.0.0.1").sendto(pulse_datagram.pulse(name, 1, interval_ms=60000), ("127.0.0.1", 4280))
        session = bed.eventually(lambda: self.holter.api("sessions")["sessions"][0], "a session")
        self.assertEqual(session["name"], '<img src=x onerror=alert(1)>\x1b[31m\\x9b\\\\"\n')
        _, _, body = self.holter.request("/api/v1/sessions")
        body.decode("ascii" if body.isascii() else "utf-8")
        self.assertNotIn(0x1B, body)
        self.assertNotIn(0x9B, body)
        for options in ([], ["--json"]):
            told = self.bed.holter(self.node, "status", *options, env={"XDG_RUNTIME_DIR": self.holter.runtime})
            self.assertEqual(told.returncode, 0, told)
            self.assertNotIn(b"\x1b[31m", told.stdout)
            self.assertNotIn(b"\x9b", told.stdout)
        json.loads(told.stdout)
        self.assertNotIn("\x1b", self.holter.log())
        _, _, body = self.holter.request("/metrics")
        self.assertNotIn(0x1B, body)


if __name__ == "__main__":
    bed.main()
