#!/usr/bin/env python3
"""`holter run` on a host with nothing but a loopback: what it probes, serves and refuses.

The documented keys are taken from the examples of docs/api.md, so that document and program cannot drift apart.
"""
import json
import os
import re

import bed
import openmetrics


def examples():
    """Endpoint -> the example answer of docs/api.md."""
    with open(os.path.join(bed.ROOT, "docs/api.md"), encoding="utf-8") as file:
        parts = re.split(r"^## GET /api/v1/", file.read(), flags=re.M)[1:]
    found = {}
    for part in parts:
        if block := re.search(r"```json\n(.*?)```", part, re.S):
            found[re.match(r"[\w/]+", part).group()] = json.loads(block.group(1))
    return found


def missing(documented, answer, where):
    """The documented keys that the answer has not."""
    if isinstance(documented, dict) and isinstance(answer, dict):
        if where.endswith((".records", ".labels", ".facts")):  # maps by record type, by what somebody orders by, by kind
            return []
        gone = [f"{where}.{key}" for key in documented if key not in answer]
        return gone + [m for key in documented if key in answer
                       for m in missing(documented[key], answer[key], f"{where}.{key}")]
    if isinstance(documented, list) and isinstance(answer, list) and documented:
        return [m for item in answer for m in missing(documented[0], item, f"{where}[]")]
    return []


class RunDefaults(bed.Case):
    def test_probes_the_loopback_at_once(self):
        holter = self.bed.start(self.bed.solo())
        bed.eventually(lambda: holter.target("loopback")["last"]["outcome"] == "ok", "the first point", timeout=3)
        for probe, address in (("loopback", "127.0.0.1"), ("loopback6", "::1")):
            target = holter.wait_outcome(probe, "ok")
            self.assertEqual((target["kind"], target["target"], target["address"]), ("icmp", address, address))
            self.assertGreater(target["last"]["rtt_ms"], 0)
            self.assertLess(target["last"]["rtt_ms"], 1000)
            self.assertIs(target["last"]["kernel_stamped"], True)
        self.assertEqual({t["probe"] for t in holter.api("targets")["targets"]}, {"loopback", "loopback6"})

    def test_goes_on_probing_every_second(self):
        holter = self.bed.start(self.bed.solo()).wait_page()
        results = bed.eventually(lambda: (r := holter.results("loopback")) and len(r) >= 4 and r, "four results")
        times = sorted(r["at"] for r in results)
        self.assertEqual(len(times), len(set(times)))
        self.assertEqual(times, [r["at"] for r in reversed(results)], "newest first")

    def test_answers_as_documented(self):
        node = self.bed.solo()
        holter = self.bed.start(node, "--name", "here").wait_page()
        self.bed.pulse(node, "db1", "--message", "hello", "--interval", "200ms")
        holter.wait_session("db1", "up")
        holter.wait_outcome("loopback", "ok")
        documented = examples()
        self.assertEqual(set(documented), {"health", "targets", "results", "sessions", "sessions/changes", "packets",
                                           "conversations", "conversations/now", "capture", "network"})
        del documented["packets"]  # not on the network: records_test.py
        for name, example in documented.items():
            self.assertEqual(missing(example, holter.api(name), name), [])
        health = holter.api("health")
        self.assertEqual((health["api"], health["role"], health["name"]), (1, "run", "here"))
        self.assertRegex(health["agent"], "^[0-9a-f]{32}$")
        self.assertEqual(health["page"], "http://127.0.0.1:4280/")
        self.assertEqual(health["status"], "degraded" if health["problems"] else "ok")

    def test_says_at_start_what_it_does(self):
        holter = self.bed.start(self.bed.solo()).wait_page()
        bed.eventually(lambda: "host " in holter.out(), "the banner is whole")
        self.assert_words(holter.out(), "page      http://127.0.0.1:4280/\n", "loopback", "UDP 127.0.0.1:4280", holter.data)

    def test_serves_the_page_and_metrics(self):
        holter = self.bed.start(self.bed.solo()).wait_page()
        holter.wait_outcome("loopback", "ok")
        status, headers, body = holter.request("/")
        self.assertEqual(status, 200)
        without_page = b"HOLTER_UI=OFF" in body  # such a build says where the same can be had
        self.assertEqual(headers["Content-Type"].split(";")[0], "text/plain" if without_page else "text/html")
        self.assertIn(b"/api/v1/health" if without_page else b"<title>holter</title>", body)
        status, headers, body = holter.request("/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("application/openmetrics-text"))
        families = openmetrics.parse(body.decode())
        ok = [s for s in families["holter_probe_results"].samples
              if s.labels["probe"] == "loopback" and s.labels["outcome"] == "ok"]
        self.assertGreaterEqual(ok[0].value, 1)
        self.assertEqual(families["holter_build"].type, "info")

    def test_refuses_other_hosts_origins_paths_and_methods(self):
        holter = self.bed.start(self.bed.solo()).wait_page()
        for headers in ({"Host": "evil.example"}, {"Host": "evil.example:4280"}, {"Origin": "http://evil.example"},
                        {"Origin": "null"}):
            status, _, body = holter.request("/api/v1/health", headers=headers)
            self.assertEqual(status, 403, headers)
            self.assertEqual(json.loads(body)["error"]["kind"], "permission")
        status, _, _ = holter.request("/api/v1/health", headers={"Host": "localhost:4280"})
        self.assertEqual(status, 200)
        status, _, body = holter.request("/api/v1/nothing")
        self.assertEqual((status, json.loads(body)["error"]["kind"]), (404, "not_found"))
        self.assertEqual(holter.request("/api/v1/health", method="POST")[0], 405)
        self.assertEqual(holter.request("/api/v1/results?limit=0")[0], 400)
        self.assertEqual(holter.request("/api/v1/results?since=soon")[0], 400)


if __name__ == "__main__":
    bed.main()
