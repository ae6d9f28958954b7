#!/usr/bin/env python3
"""Somebody is told: a real HTTP receiver and a real script hear of every change, in order, each once, whatever happens to
them or to holter."""
import hashlib
import hmac
import http.server
import json
import os
import signal
import socket
import threading
import time

import bed
import pulse_datagram

PORT = 9100
HUB = ("127.0.0.1", 4280)


class Receiver:
    """An HTTP receiver in the node. `answers` are statuses for the next requests, then 200; None: no answer for long."""

    def __init__(self, case, port=PORT):
        self.case, self.port, self.requests, self.answers, self.delay = case, port, [], [], 0
        self.headers_of_answers, self.most_at_once, self.at_once = {}, 0, 0
        self.lock, self.server = threading.Lock(), None
        self.start()
        case.addCleanup(self.stop)

    def start(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.take(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

        with self.case.node.inside():
            self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def take(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            status = self.answers.pop(0) if self.answers else 200
            self.requests.append((status, dict(handler.headers), body))
        time.sleep(self.delay if status is not None else 30)
        with self.lock:
            self.at_once -= 1
        try:
            handler.send_response(status or 200)
            for name, value in self.headers_of_answers.items():
                handler.send_header(name, value)
            handler.end_headers()
        except OSError:
            pass

    def told(self, session=None, status=200):
        """What was answered with `status`, in the order in which it came."""
        with self.lock:
            bodies = [json.loads(body) for answered, _, body in self.requests if answered == status]
        return [body for body in bodies if session in (None, body["session"])]

    def states(self, session):
        return [(body["from"], body["to"]) for body in self.told(session)]


class Notify(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.udp = self.node.udp("127.0.0.1")
        self.sequence = 0

    def configure(self, *tables, name="holter.toml"):
        path = self.bed.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write('name = "hub \\"one\\""\n[heartbeat]\nasks = 1\nask_interval = "100ms"\n'
                       '[capture]\nenabled = false\n[probes]\ntargets = "none"\n')
            file.writelines("[[notify]]\n" + table + "\n" for table in tables)
        os.chmod(path, 0o644)
        return path

    def start(self, *tables, wait=True):
        path = self.configure(*tables)
        holter = self.bed.start(self.node, "-c", path)
        return holter.wait_page() if wait else holter

    def webhook(self, more=""):
        return f'name = "hook"\nwebhook = "http://127.0.0.1:{PORT}/told?by=holter"\ntimeout = "1s"\n{more}'

    def pulse(self, name, kind=pulse_datagram.PULSE, interval_ms=60_000, incarnation=7, **more):
        self.sequence += 1
        name = name if isinstance(name, bytes) else name.encode()
        self.udp.sendto(pulse_datagram.pulse(name, self.sequence, kind=kind, incarnation=incarnation,
                                             interval_ms=interval_ms, **more), HUB)

    def opened(self, holter, name, interval_ms=60_000):
        self.pulse(name, interval_ms=interval_ms)
        holter.wait_session(name, "up")

    def close(self, name):
        self.pulse(name, kind=pulse_datagram.TERMINATE, number=1)

    def notifier(self, holter, name="hook"):
        return next(n for n in holter.api("health")["notifiers"] if n["name"] == name)

    def wait_told(self, holter, count, name="hook", timeout=20.0):
        return bed.eventually(lambda: self.notifier(holter, name)["delivered"] == count or None,
                              f"{count} told by {name}", timeout)

    def test_each_change_is_told_in_order_and_once(self):
        receiver = Receiver(self)
        secret = self.bed.path("secret")
        with open(secret, "w") as file:
            file.write("open sesame\n")
        os.chmod(secret, 0o644)
        labels = '[[session]]\nname = "db1"\nlabels = {site = "attic"}'
        holter = self.start(self.webhook(f'secret_file = "{secret}"') + "\n" + labels)
        self.opened(holter, "db1", interval_ms=100)
        holter.wait_session("db1", "down")
        self.opened(holter, "db1")
        self.close("db1")
        holter.wait_session("db1", "admin_down")
        self.opened(holter, "db1")
        self.wait_told(holter, 5)
        self.assertEqual(receiver.states("db1"), [("init", "up"), ("pulsing", "down"), ("down", "up"),
                                                  ("up", "admin_down"), ("admin_down", "up")])
        told = receiver.told()
        self.assertEqual(len({body["id"] for body in told}), 5)
        down = told[1]
        self.assertEqual((down["version"], down["test"], down["way"], down["authentication"], down["interval_ms"]),
                         (1, False, "datagram", "loopback", 100))
        self.assertEqual((down["diagnostic"], down["labels"], down["host"], down["left_out"], down["notifier"]),
                         ("gave_up", {"site": "attic"}, 'hub "one"', 0, "hook"))
        self.assertRegex(down["text"], r"^db1 has been silent for 0\.\d s and did not answer 1 ask: down$")
        self.assertGreaterEqual(down["silent_for_ms"], 300)
        self.assertTrue(down["peer"].startswith("127.0.0.1:"))
        for _, headers, body in receiver.requests:
            self.assertEqual(headers["Content-Type"], "application/json")
            self.assertEqual(headers["Idempotency-Key"], json.loads(body)["id"])
            expected = hmac.new(b"open sesame", body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["Holter-Signature"], f"sha256={expected}")
        metric = 'holter_notifications_total{notifier="hook",outcome="delivered"}'
        self.assertEqual(holter.figure(metric), 5)
        status = self.bed.holter(self.node, "status", env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertIn("hook", status.stdout.decode())

    def test_a_receiver_that_is_away_is_told_later(self):
        receiver = Receiver(self)
        receiver.stop()
        holter = self.start(self.webhook())
        names = [f"db{n}" for n in range(5)]
        for name in names:
            self.opened(holter, name)
        self.close("db0")
        bed.eventually(lambda: self.notifier(holter)["trouble"], "the trouble is shown")
        self.assertEqual(self.notifier(holter)["waiting"], 6)
        self.assertTrue(any("the notifier hook cannot tell" in p for p in holter.api("health")["problems"]))
        receiver.start()
        self.wait_told(holter, 6)
        self.assertEqual(receiver.states("db0"), [("init", "up"), ("up", "admin_down")])
        self.assertEqual(sorted(body["id"] for body in receiver.told()), sorted({b["id"] for b in receiver.told()}))
        bed.eventually(lambda: not holter.api("health")["problems"], "no trouble any more")

    def test_server_errors_are_tried_again_and_refusals_are_not(self):
        receiver = Receiver(self)
        receiver.answers = [500, 429, 200, 404]
        receiver.headers_of_answers = {"Retry-After": "1"}
        holter = self.start(self.webhook())
        self.opened(holter, "db1")
        self.wait_told(holter, 1)
        self.opened(holter, "db2")
        holter.wait_log("refused, and not tried again", "404")
        self.close("db2")
        self.wait_told(holter, 2)
        with receiver.lock:
            answered = [(status, json.loads(body)["session"], json.loads(body)["attempt"])
                        for status, _, body in receiver.requests]
            ids = {json.loads(body)["id"] for _, _, body in receiver.requests[:3]}
        self.assertEqual(answered, [(500, "db1", 1), (429, "db1", 2), (200, "db1", 3), (404, "db2", 1), (200, "db2", 1)])
        self.assertEqual(len(ids), 1)
        notifier = self.notifier(holter)
        self.assertEqual((notifier["refused"], notifier["failed_tries"]), (1, 2))

    def test_a_hanging_receiver_holds_up_its_session_alone(self):
        receiver = Receiver(self)
        receiver.answers = [None]
        holter = self.start(self.webhook())
        self.opened(holter, "slow")
        bed.eventually(lambda: receiver.requests, "the first try")
        self.opened(holter, "quick")
        self.wait_told(holter, 2)
        self.assertEqual([body["session"] for body in receiver.told()], ["quick", "slow"])
        self.assertEqual(holter.session("quick")["state"], "up")

    def test_what_waits_survives_a_kill_and_a_restart(self):
        receiver = Receiver(self)
        holter = self.start(self.webhook())
        self.opened(holter, "before")
        self.wait_told(holter, 1)
        receiver.stop()
        self.opened(holter, "waits")
        self.close("before")
        bed.eventually(lambda: self.notifier(holter)["waiting"] == 2, "two wait")
        time.sleep(1)  # the ledger
        holter.stop(signal.SIGKILL)
        holter = holter.again().wait_page()
        self.assertEqual(self.notifier(holter)["waiting"], 2)
        holter.stop()
        holter = holter.again().wait_page()
        receiver.start()
        self.wait_told(holter, 2)
        self.assertEqual(receiver.states("before"), [("init", "up"), ("up", "admin_down")])
        self.assertEqual(receiver.states("waits"), [("init", "up")])
        # What a restart leaves unknown for a while is no news when it is heard again.
        self.pulse("waits")
        holter.wait_session("waits", "up")
        self.close("waits")
        bed.eventually(lambda: len(receiver.told("waits")) > 1 or None, "the next change is told")
        self.assertEqual(receiver.states("waits"), [("init", "up"), ("up", "admin_down")])

    def test_kills_at_any_moment_lose_nothing(self):
        receiver = Receiver(self)
        receiver.delay = 0.01
        holter = self.start(self.webhook())
        names = []
        for round_number in range(4):
            for number in range(25):
                names.append(f"s{round_number}.{number}")
                self.pulse(names[-1], number=1, kind=pulse_datagram.MESSAGE, text=b"hello")
            holter.wait_session(names[-1], "up")
            time.sleep(0.1 * round_number)
            holter.stop(signal.SIGKILL)
            holter = holter.again().wait_page()
        stored = {c["session"] for c in holter.api("sessions/changes?limit=10000&since=1h")["changes"]
                  if c.get("to") == "up"}
        self.assertGreater(len(stored), 50)
        bed.eventually(lambda: {body["session"] for body in receiver.told()} >= stored or None, "all are told", 30)
        by_id = {}
        for body in receiver.told():
            by_id.setdefault((body["session"], body["to"]), set()).add(body["id"])
        self.assertTrue(all(len(ids) == 1 for ids in by_id.values()), by_id)

    def test_what_was_before_a_notifier_is_not_told(self):
        receiver = Receiver(self)
        holter = self.start()
        self.opened(holter, "old")
        self.configure(self.webhook())
        holter.send(signal.SIGHUP)
        bed.eventually(lambda: holter.api("health")["notifiers"], "the notifier is there")
        self.opened(holter, "new")
        self.wait_told(holter, 1)
        self.assertEqual([body["session"] for body in receiver.told()], ["new"])
        self.configure(self.webhook('sessions = ["db*"]\nstates = ["admin_down"]'))
        holter.send(signal.SIGHUP)
        holter.wait_log("notifiers: 1 changed")
        for name in ("web1", "db1"):
            self.opened(holter, name)
            self.close(name)
        self.wait_told(holter, 2)
        self.assertEqual(receiver.told()[1]["session"], "db1")
        self.assertEqual(receiver.told()[1]["to"], "admin_down")

    def script(self, text):
        path = self.bed.path("script")
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)
        out = self.bed.path("told")
        os.makedirs(out)
        os.chmod(out, 0o777)
        return f'name = "script"\nprogram = ["{path}", "{out}", "$(id)"]\ntimeout = "5s"', out

    def test_a_program_that_fails_twice_is_run_again(self):
        table, out = self.script('cat > /dev/null; echo try >> "$1/tries"\n'
                                 'if [ $(wc -l < "$1/tries") -lt 3 ]; then echo not yet; exit 3; fi\n'
                                 'printf "%s|%s|%s|%s\\n" "$2" "$HOLTER_SESSION" "$HOLTER_STATE" "$HOLTER_TEXT" >> "$1/told"\n')
        holter = self.start(table)
        self.opened(holter, "db1")
        holter.wait_log("cannot tell", "exit status 3", "not yet")
        self.wait_told(holter, 1, "script")
        self.close("db1")
        self.wait_told(holter, 2, "script")
        with open(out + "/told") as file:
            self.assertEqual(file.read().splitlines(), ["$(id)|db1|up|db1 is heard: up",
                                                        "$(id)|db1|admin_down|db1 closed its session: admin_down"])

    def test_hostile_names_are_data_only(self):
        table, out = self.script('cat >> "$1/json"; printf "%s\\n" "$HOLTER_SESSION" >> "$1/names"\n')
        receiver = Receiver(self)
        holter = self.start(table, self.webhook())
        names = [b'a"b\'c', b"a\nb\r", b"\x1b[31m\x07", b"$(id)`id`", b"a\0b", b"\xff\xfe", b"; rm -rf /", b"\\x41"]
        for name in names:
            self.pulse(name)
        self.wait_told(holter, len(names), "script")
        self.wait_told(holter, len(names), "hook")
        with open(out + "/json", "rb") as file:
            lines = file.read().splitlines()
        self.assertEqual(len(lines), len(names))
        self.assertEqual(sorted(json.loads(line)["session"] for line in lines),
                         sorted(body["session"] for body in receiver.told()))
        with open(out + "/names", "rb") as file:
            shown = file.read()
        self.assertEqual(shown.count(b"\n"), len(names))
        self.assertFalse(set(shown) & (set(range(0x20)) - {0x0a} | set(range(0x7f, 0x100))))
        self.assertIn(b"$(id)`id`", shown)

    def test_a_thousand_at_once_are_bounded_and_all_told(self):
        receiver = Receiver(self)
        holter = self.start(self.webhook('states = ["down"]'))
        for number in range(1000):
            self.pulse(f"s{number}", interval_ms=1000)
            if number % 50 == 49:
                time.sleep(0.02)
        self.wait_told(holter, 1000, timeout=60)
        told = receiver.told()
        self.assertEqual(len({body["session"] for body in told}), 1000)
        self.assertEqual(len(told), 1000)
        self.assertLessEqual(receiver.most_at_once, 8)

    def test_a_test_says_what_came_back(self):
        receiver = Receiver(self)
        holter = self.start(self.webhook(), 'name = "broken"\nprogram = ["/nowhere/at/all"]')
        env = {"XDG_RUNTIME_DIR": holter.runtime}
        fine = self.bed.holter(self.node, "notify", "test", "hook", env=env)
        self.assertEqual((fine.returncode, fine.stderr), (0, b""))
        self.assertRegex(fine.stdout.decode(), r"^hook: delivered after .* ms: HTTP 200\n$")
        self.assertTrue(receiver.told()[0]["test"])
        both = self.bed.holter(self.node, "notify", "test", env=env)
        self.assertEqual(both.returncode, 1)
        self.assert_words(both.stdout.decode(), "broken: not delivered", "/nowhere/at/all", "hook: delivered")
        none = self.bed.holter(self.node, "notify", "test", "nobody", env=env)
        self.assertNotEqual(none.returncode, 0)
        self.assertIn("no notifier named nobody", none.stderr.decode())
        self.assertEqual(self.notifier(holter)["delivered"], 0)
        self.assertEqual(holter.request("/api/v1/notify/test", method="POST")[0], 403)


if __name__ == "__main__":
    bed.main()
