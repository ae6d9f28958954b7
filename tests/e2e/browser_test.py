#!/usr/bin/env python3
"""The page in headless Chromium: live without a reload, hostile names inert, narrow screens, nobody else asked.

browser.mjs does the looking with playwright-core, which the build of the page brings (HOLTER_UI_WORK). Screenshots go to
HOLTER_E2E_OUT.
"""
import json
import os
import shutil
import subprocess

import bed
import pulse_datagram

HOSTILE = b'<img src=x onerror="alert(1)">'
WORK = os.environ.get("HOLTER_UI_WORK", os.path.join(bed.ROOT, "build/release/ui-build"))
OUT = os.environ.get("HOLTER_E2E_OUT", os.path.join(bed.ROOT, "build/release/e2e"))


class Browser(bed.Case):
    @classmethod
    def setUpClass(cls):
        bed.need("node")
        cls.chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        if cls.chromium is None:
            raise bed.Skip("chromium is not installed")
        if not os.path.isdir(os.path.join(WORK, "node_modules/playwright-core")):
            raise bed.Skip(f"there is no playwright-core in {WORK}: it comes with the build of the page (npm)")

    def look(self, node, holter, **wanted):
        """What browser.mjs saw."""
        os.makedirs(OUT, exist_ok=True)
        settings = {"url": f"http://127.0.0.1:{holter.port}/", "out": OUT, "chromium": self.chromium,
                    "profile": self.bed.path("profile"), "work": WORK, "timeout": 20000 * bed.TIME_FACTOR, **wanted}
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "browser.mjs")
        try:
            done = subprocess.run(node.command("node", script, json.dumps(settings)), capture_output=True, text=True,
                                  timeout=150 * bed.TIME_FACTOR, check=False,
                                  env={**os.environ, **self.bed.environment()})
        except subprocess.TimeoutExpired as error:
            self.fail(f"the browser hung: {error.stdout!r} {error.stderr!r}")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def start(self, node, *options):
        holter = self.bed.start(node, *options).wait_page()
        if b"<script" not in holter.request("/")[2]:
            raise bed.Skip("this holter was built without the page (HOLTER_UI=OFF)")
        return holter

    def assert_undisturbed(self, seen):
        self.assertEqual([seen[what] for what in ("dialogs", "console", "elsewhere")], [[], [], []])

    def test_says_that_the_hub_is_blind(self):
        hub, far = self.bed.node("hub"), self.bed.node("far")
        hub.sh(f"ip link add eth0 type veth peer name eth0 netns {far.holder.pid}")
        for number, node in ((2, hub), (1, far)):
            node.sh(f"ip addr add 10.77.1.{number}/24 dev eth0; ip link set eth0 up")
        holter = self.start(hub, "--pulses", "10.77.1.2:4280")
        self.bed.pulse(far, "db1", "--interval", "1s", to="10.77.1.2")
        holter.wait_session("db1", "up")
        seen = self.look(hub, holter, cut="ip link set eth0 down".split(), mend="ip link set eth0 up".split())
        self.assertEqual(seen["before"], 0)
        self.assertRegex(seen["banner"], r"blind since .*: the interface eth0 is down\s+1 session is not judged")
        self.assertEqual(seen["role"], "alert")
        self.assertEqual(seen["loads"], 1)
        self.assert_undisturbed(seen)

    def test_the_page(self):
        node = self.bed.solo()
        config = self.bed.path("holter.toml")
        with open(config, "w") as file:
            file.write('[[session]]\nname = "late"\nlabels = {site = "attic", a = "<b>x</b> \\u202e"}\n')
        holter = self.start(node, "--config", config)
        hostile = self.bed.pulse(node, HOSTILE.decode(), "--interval", "1s", "--message", "<script>alert(2)</script>")
        holter.wait_session(HOSTILE.decode(), "up")
        node.udp("127.0.0.1").sendto(pulse_datagram.pulse(b"\x1b[31m\xff\xe2\x80\xaeevil", 1, interval_ms=60000),
                                     ("127.0.0.1", 4280))
        holter.wait_outcome("loopback", "ok")
        seen = self.look(node, holter, session=[bed.HOLTER, "pulse", "--to", "127.0.0.1", "--name", "late",
                                                "--interval", "200ms", "--message", "here I am"])
        self.assertTrue(hostile.running())
        self.assertRegex(seen["rtt"], r"^[\d.,]+\s*(µs|us|ms|s)$")
        self.assertNotEqual(seen["rtt_history"][0], seen["rtt_history"][-1], "the RTT moves without a reload")
        self.assertEqual(seen["loads"], 1)
        self.assertTrue(seen["late_before"], "it is expected")
        self.assertIn("up", seen["late_after"])
        self.assertIn("here I am", seen["late_after"])
        self.assertEqual(seen["labels"], r"a=<b>x</b> \u{202e} site=attic")
        self.assertEqual(seen["labels_tip"], seen["labels"])
        shown = self.bed.holter(node, "sessions", "--runtime", holter.runtime + "/holter").stdout.decode()
        self.assertIn("site=attic", shown)
        self.assertIn("down", seen["late_killed"])
        self.assertIn(HOSTILE.decode(), seen["hostile_text"])
        self.assertIn("<script>alert(2)</script>", seen["hostile_text"])
        self.assertIn(r"\u{001b}[31m\xff\u{202e}evil", seen["hostile_text"], "what acts on a screen is shown, not done")
        self.assertEqual(seen["hostile_elements"], 0)
        self.assert_undisturbed(seen)
        self.assertLessEqual(seen["narrow_width"], 360)
        self.assertEqual(seen["connection"], "live")
        for name in ("wide.png", "narrow.png"):
            self.assertGreater(os.path.getsize(os.path.join(OUT, name)), 5000)


if __name__ == "__main__":
    bed.main()
