#!/usr/bin/env python3
"""Ping URLs with curl: on holter's own host without a key, from another host by a key; schedules; hostile URLs."""
import json
import os
import subprocess
import uuid

import bed

CONFIG = """
[probes]
targets = "none"
[capture]
enabled = false
[heartbeat]
pings = ["10.77.0.1:4283"]
[[session]]
name = "backup"
cron = "30 2 * * 1-5"
time_zone = "Europe/Berlin"
grace = "10m"
[[session]]
name = "mirror"
period = "1s"
grace = "1s"
"""


class Pings(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("curl")
        self.hub_node, self.away = self.bed.pair(ipv6=False)
        self.config = self.bed.path("holter.toml")
        with open(self.config, "w") as file:
            file.write(CONFIG)
        os.chmod(self.config, 0o644)
        self.holter = self.bed.start(self.hub_node, "--config", self.config).wait_page()

    def curl(self, path, *options, node=None, body=None):
        """(status, text); from another host when `node` is it."""
        base = "http://10.77.0.1:4283" if node is self.away else "http://localhost:4280"
        command = (node or self.hub_node).command("curl", "-sS", "-m", "20", "--globoff", "--path-as-is", "-w",
                                                  "\n%{http_code}", *options, base + path)
        told = subprocess.run(command, input=body, capture_output=True, check=False, timeout=60)
        self.assertEqual(told.returncode, 0, told)
        text, _, status = told.stdout.decode().rpartition("\n")
        return int(status), text

    def post(self, path, body, **more):
        return self.curl(path, "--data-binary", "@-", body=body, **more)

    def wait(self, name, **members):
        def fits():
            session = self.holter.session(name)
            return session if all(session[key] == value for key, value in members.items()) else None
        return bed.eventually(fits, f"{name} with {members}")

    def wait_message(self, name, text):
        bed.eventually(lambda: (m := self.holter.session(name)["last_message"]) and m["text"] == text, f"{name}: {text}")

    def key_made(self, name):
        told = self.bed.holter(self.hub_node, "key", "create", name, "--json", "--runtime",
                               os.path.join(self.holter.runtime, "holter"))
        self.assertEqual(told.returncode, 0, told)
        return json.loads(told.stdout)

    def test_on_the_own_host_no_key_is_needed(self):
        self.assertEqual(self.curl("/ping/job"), (200, "OK"))
        session = self.wait("job", state="up", way="ping", authentication="loopback", schedule="every 1d")
        self.assertEqual(session["grace_seconds"], 3600.0)
        self.assertIsNotNone(session["due"])
        self.assertEqual(self.curl("/ping/job/3"), (200, "OK"))
        session = self.wait("job", state="down")
        self.assertEqual(session["changes"][0]["diagnostic"], "failed")
        told = self.bed.holter(self.hub_node, "sessions", "--since", "1h", "--runtime",
                               os.path.join(self.holter.runtime, "holter"))
        self.assert_words(told.stdout.decode(), "failed: exit status 3")
        self.assertEqual(self.curl("/ping/job", "-I")[0], 200)
        self.wait("job", state="up")
        self.assertEqual(self.post("/ping/job/fail", b"disk full\nreally"), (200, "OK"))
        self.wait("job", state="down")
        self.wait_message("job", "disk full\nreally")
        self.assertEqual(self.post("/ping/job/log", b"looking"), (200, "OK"))
        self.wait_message("job", "looking")
        self.assertEqual(self.holter.session("job")["state"], "down")

    def test_a_proxy_and_another_host_need_a_key(self):
        for header in ("X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 x"):
            self.assertEqual(self.curl("/ping/job", "-H", header), (404, "not found"))
        self.assertEqual(self.curl("/ping/job", node=self.away), (404, "not found"))
        self.assertEqual(self.curl("/", node=self.away), (404, "not found"))
        self.assertEqual(self.curl("/api/v1/sessions", node=self.away), (404, "not found"))
        self.assertEqual(self.curl("/ping/job", "-H", "Origin: http://evil.example")[0], 403)

    def test_a_page_of_another_site_needs_a_key(self):
        for mode in ("navigate", "no-cors"):
            for site in ("cross-site", "same-site"):
                status, _ = self.curl("/ping/job/fail", "-H", f"Sec-Fetch-Site: {site}", "-H", f"Sec-Fetch-Mode: {mode}")
                self.assertIn(status, (403, 404), (mode, site))
        self.assertEqual(self.curl("/ping/job", "-H", "Sec-Fetch-Site: none", "-H", "Sec-Fetch-Mode: navigate"),
                         (200, "OK"))

    def test_by_uuid_and_by_ping_key_from_elsewhere(self):
        unknown = f"/ping/{uuid.uuid4()}"
        self.assertEqual(self.curl(unknown, node=self.away), (200, "OK (not found)"))
        made = self.key_made("db1")
        url, by_key = made["ping"], "/ping/" + made["ping_key"]
        self.assertEqual(self.curl(by_key + "/db1", node=self.away), (200, "OK"))
        self.assertEqual(self.curl(by_key + "/new", node=self.away), (404, "not found"))
        self.assertEqual(self.curl(by_key + "/new/start?create=1", node=self.away), (201, "Created"))
        self.assertEqual(self.curl(by_key + "/new/fail?create=1", node=self.away), (200, "OK"))
        self.wait("new", state="down", authentication="key")
        for path in ("", "/start", "/0", "/log"):
            self.assertEqual(self.curl(url + path, node=self.away), (200, "OK"), path)
        session = self.wait("db1", state="up", way="ping", authentication="key")
        self.assertTrue(session["peer"].startswith("10.77.0.2:"))
        self.assertEqual(self.curl(url + "/fail", node=self.away), (200, "OK"))
        self.wait("db1", state="down")
        self.assertEqual(self.curl("/ping/fqOOd6-F4MMNuCEnzTU01w/db1?create=1", node=self.away), (404, "not found"))
        told = self.bed.holter(self.hub_node, "key", "revoke", "db1", "--runtime",
                               os.path.join(self.holter.runtime, "holter"))
        self.assertEqual(told.returncode, 0, told)
        bed.eventually(lambda: self.curl(url, node=self.away) == (200, "OK (not found)"), "the URL is refused")

    def test_bodies(self):
        for size in (0, 1, 100_000, 1_000_000, 3_000_000):
            self.assertEqual(self.post("/ping/big", b"x" * size), (200, "OK"), size)
        bed.eventually(lambda: self.holter.session("big")["messages"] == 4, "four messages")
        self.assertEqual(len(self.holter.session("big")["last_message"]["text"]), 1_200)
        stored = bed.eventually(lambda: (m := [c for c in self.holter.api("sessions/changes?since=1h")["changes"]
                                               if c["kind"] == "message"]) and len(m) == 4 and m, "four are stored")
        self.assertEqual(sorted(len(message["text"]) for message in stored), [1, 100_000, 100_000, 100_000])
        told = self.curl("/ping/big", "-i")[1]
        self.assertIn("Ping-Body-Limit: 100000", told)

    def test_runs_are_timed_and_told_apart(self):
        one, two = uuid.uuid4(), uuid.uuid4()
        self.curl(f"/ping/run/start?rid={one}")
        self.assertIsNotNone(bed.eventually(lambda: self.holter.session("run")["running_since"], "it runs"))
        self.curl(f"/ping/run/start?rid={two}")
        self.curl(f"/ping/run?rid={one}")
        session = bed.eventually(lambda: (s := self.holter.session("run"))["last_run_seconds"] and s, "its run time")
        self.assertIsNotNone(session["running_since"])
        self.curl(f"/ping/run/0?rid={two}")
        self.wait("run", running_since=None)
        self.assertEqual(self.curl("/ping/run?rid=7"), (400, "invalid uuid format"))

    def test_schedules(self):
        session = bed.eventually(lambda: self.holter.session("backup"), "the session of the settings")
        self.assertEqual(session["schedule"], "at 30 2 * * 1-5 in Europe/Berlin")
        self.assertRegex(session["due"], r"T0[01]:30:00\.")
        self.wait("mirror", state="down")
        self.assertEqual(self.curl("/ping/mirror"), (200, "OK"))
        self.wait("mirror", state="up")
        session = self.wait("mirror", state="down")
        self.assertEqual(session["changes"][0]["diagnostic"], "late")
        self.holter.wait_log("session is late", "session=mirror", "was due at")

    def test_hostile_urls(self):
        for path in ("/ping/", "/ping//", "/ping/../../etc/passwd", "/ping/%2e%2e%2fx", "/ping/B", "/ping/a%00b",
                     "/ping/a%0d%0aSet-Cookie:x", "/ping/" + "a" * 101, "/ping/a/256", "/ping/a/-1", "/ping/a/stop",
                     "/ping/a/b/c/d", "/ping/%ff", "/ping/<script>", "/ping/" + "a/" * 3000):
            status, text = self.curl(path)
            self.assertIn(status, (400, 404), path)
            self.assertNotIn("script", text)
        self.assertEqual(self.curl("/ping/a", "-X", "DELETE")[0], 405)
        bed.eventually(lambda: self.holter.session("mirror"), "the sessions of the settings")
        names = [s["name"] for s in self.holter.api("sessions")["sessions"]]
        self.assertEqual(sorted(names), ["backup", "mirror"])

    def test_too_many_are_not_taken(self):
        answers = [self.curl("/ping/often")[1] for _ in range(64)]
        self.assertEqual(set(answers), {"OK", "OK (rate limited)"})
        self.assertGreaterEqual(answers.count("OK"), 60)
        bed.eventually(lambda: self.holter.session("often")["pulses"] == answers.count("OK"), "those that were taken")


if __name__ == "__main__":
    bed.main()
