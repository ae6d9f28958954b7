#!/usr/bin/env python3
"""The systemd units: how much they leave to a holter that was taken over, and that holter works with what they leave."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys

import bed
import privileges_test
import service_unit

UNITS = os.path.join(os.path.dirname(bed.HOLTER), "packaging/systemd")
MOST_EXPOSED = 2.5
USER = 4711
NET_RAW = 1 << 13
WATCHDOG_USEC = 400_000
# One of each kind that needs a library of its own, so that the library too is tried under the unit's filter.
PROBES = """
[[probe]]
name = "page"
kind = "http"
target = "http://localhost:4280/api/v1/health"
interval = "300ms"

[[probe]]
name = "encrypted"
kind = "http"
target = "https://127.0.0.1:4280/"
interval = "300ms"
"""
# What a notifier of a few lines usually does.
SCRIPT = """#!/bin/sh
set -eu
note=$(mktemp "$XDG_DATA_HOME/holter/told.XXXXXX")
cat > "$note"
line=$(printf '%s' "$HOLTER_TEXT" | tr -d '\\r' | sed 's/^/told: /')
printf '%s %s\n' "$line" "$(date -u +%s)" | grep -F told: >> "$note"
python3 -c 'import json, sys, subprocess; json.loads(sys.argv[1]); subprocess.run(["id", "-u"], check=True)' "$(head -n 1 "$note")"
curl -fsS -m 5 -o /dev/null http://127.0.0.1:4280/api/v1/health
echo "$HOLTER_STATE $(id -u)" >> "$note"
sleep 0.1
mv "$note" "$XDG_DATA_HOME/holter/told.$HOLTER_SESSION"
"""
NOTIFIER = """
[[notify]]
name = "script"
program = ["%s"]
states = ["up"]
"""


class Score(bed.Case):
    def test_the_exposure_is_low(self):
        bed.need("systemd-analyze")
        for unit in sorted(os.listdir(UNITS)):
            told = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager",
                                   os.path.join(UNITS, unit)], capture_output=True, text=True, check=True)
            score = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)
            self.assertIsNotNone(score, told.stdout)
            self.assertLessEqual(float(score[1]), MOST_EXPOSED, told.stdout)


class Unit(bed.Holter):
    """holter as one of its units starts it, installed in a directory of the bed."""

    def __init__(self, case, node, name, role, settings=None, host="127.0.0.1", more=""):
        self.case, self.unit = case, os.path.join(UNITS, name + ".service")
        state, runtime = case.bed.path(name + ".state"), case.bed.path(name + ".run")
        unit = service_unit.Unit(self.unit)
        for parent, key in ((state, "StateDirectory"), (runtime, "RuntimeDirectory")):
            directory = os.path.join(parent, unit.words(key)[0])
            os.makedirs(directory)
            os.chmod(parent, 0o755)
            os.chmod(directory, int(unit.words(key + "Mode")[0], 8))
            os.chown(directory, USER, USER)
        self.node, self.role, self.host, self.port = node, role, host, 4280
        case.assertEqual(unit.words("Type"), ["notify"])
        self.manager = self.listen(case.bed, name)
        env = {"NOTIFY_SOCKET": self.manager.getsockname(), "WATCHDOG_USEC": str(WATCHDOG_USEC)}
        self.settings = self.configure(settings, more)
        places = {"/etc/holter/holter.toml": self.settings, "%S": state, "%t": runtime}
        command = [sys.executable, "-B", service_unit.__file__, self.unit, json.dumps(places), str(USER), case.program]
        bed.Program.__init__(self, case.bed, node, command, name, env, prefix=["unshare", "--mount"])
        self.control = os.path.join(runtime, unit.words("RuntimeDirectory")[0], "control.sock")

    def configure(self, settings, more):
        """The template as it is installed, with some of its lines written anew."""
        path = self.case.bed.path(os.path.basename(self.unit) + ".toml")
        text = bed.run(bed.HOLTER, "config", "init", "-")
        for key, value in (settings or {}).items():
            text, found = re.subn(rf'(?m)^#{key} = .*$', f'{key} = "{value}"', text, count=1)
            self.case.assertEqual(found, 1, f"{key} is in the template")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + PROBES + more)
        return path

    @staticmethod
    def listen(test_bed, name):
        """The socket of a service manager."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        test_bed.cleanup.callback(made.close)
        made.bind(test_bed.path(name + ".notify"))
        os.chmod(made.getsockname(), 0o777)
        made.settimeout(bed.TIME_FACTOR * 15)
        return made

    def hears(self):
        """The next thing that the service manager is told."""
        return self.manager.recv(4096).decode()


class Units(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("systemd-analyze", "setcap")
        if not privileges_test.mapped(USER):
            raise bed.Skip("needs root, to become another user")
        self.program = self.install()
        self.node = self.bed.solo()

    def install(self):
        """The two programs where the package puts them, the broker with its capability."""
        programs = self.bed.path("bin"), self.bed.path("lib/holter")
        for directory in programs:
            os.makedirs(directory)
        for directory in (self.bed.path("lib"), *programs):
            os.chmod(directory, 0o755)
        broker = shutil.copy(bed.HOLTER + "-broker", programs[1])
        os.chown(broker, 0, USER)
        os.chmod(broker, 0o750)
        bed.run("setcap", "cap_net_raw=ep", broker)
        return shutil.copy(bed.HOLTER, programs[0])

    def start(self, name, role, **more):
        return self.bed._own(Unit(self, self.node, name, role, **more))

    def assert_powerless(self, status):
        for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(status[kind], 16), 0, kind)
        self.assertEqual(int(status["CapBnd"], 16) & ~NET_RAW, 0)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Uid"].split("\t"), [str(USER)] * 4)

    def assert_only_the_broker_has_power(self):
        found = privileges_test.processes()
        for status in found["holter"]:
            self.assert_powerless(status)
        self.assertTrue(found["holter-broker"])
        for status in found["holter-broker"]:
            self.assertEqual(int(status["CapPrm"], 16), NET_RAW)
            self.assertEqual(int(status["CapEff"], 16), NET_RAW)
            for kind in ("CapInh", "CapAmb"):
                self.assertEqual(int(status[kind], 16), 0, kind)

    def wait_captured(self, ask):
        def captured():
            found = ask()["interfaces"][0]
            return found if found["state"] == "capturing" and found["packets"] > 0 else None
        return bed.eventually(captured, "packets are captured")

    def test_the_recorder_captures_and_holds_no_capability(self):
        holter = self.start("holter", "run").wait_page()
        for probe, outcome in (("loopback", "ok"), ("page", "ok"), ("encrypted", "bad_answer")):
            holter.wait_outcome(probe, outcome)
        self.wait_captured(lambda: holter.api("capture"))
        self.assert_only_the_broker_has_power()
        self.assertEqual(holter.api("health")["problems"], [])
        self.bed.pulse(self.node, "db1", "--interval", "200ms")
        holter.wait_session("db1", "up")
        with open(holter.settings, "a", encoding="utf-8") as file:
            file.write('[[probe]]\nname = "added"\nkind = "icmp"\ntarget = "127.0.0.2"\n')
        holter.send(signal.SIGHUP)  # as ExecReload= does
        holter.wait_outcome("added", "ok")
        told = self.bed.holter(self.node, "status", "--runtime", os.path.dirname(holter.control))
        self.assertEqual(told.returncode, 0, told)
        self.assertEqual(holter.stop(), 0)

    def test_a_notifier_that_is_a_script_works(self):
        bed.need("curl", "python3")
        script = self.bed.path("bin/tell")
        with open(script, "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        os.chmod(script, 0o755)
        for name, role in (("holter", "run"), ("holter-hub", "hub")):
            holter = self.start(name, role, more=NOTIFIER % script).wait_page()
            self.bed.pulse(self.node, "db1", "--interval", "1s", label="pulse-" + role)
            told = os.path.join(self.bed.path(name + ".state"), "holter/told.db1")
            lines = bed.eventually(lambda told=told: pathlib.Path(told).read_text("utf-8").splitlines(), "it is told")
            self.assertEqual(json.loads(lines[0])["session"], "db1")
            self.assertTrue(lines[1].startswith("told: db1 is heard: up "), lines)
            self.assertEqual(lines[2], f"up {USER}")
            self.assertEqual(holter.api("health")["notifiers"][0]["given_up"], 0)
            self.assertEqual(holter.stop(), 0)

    def test_the_service_manager_hears_of_it(self):
        holter = self.start("holter", "run")
        said = [holter.hears() for _ in range(4)]
        ready = [text for text in said if text.startswith("READY=1\n")]
        self.assertEqual(len(ready), 1, said)
        self.assertIn("STATUS=recording; page http://127.0.0.1:4280/", ready[0])
        self.assertEqual(set(said) - set(ready), {"WATCHDOG=1"})
        self.assertEqual(holter.api("health")["role"], "run", "ready means that it answers")
        holter.send(signal.SIGTERM)
        while (last := holter.hears()) == "WATCHDOG=1":
            pass
        self.assertEqual(last, "STOPPING=1")
        self.assertEqual(holter.wait(), 0)

    def test_hub_and_agent_work_together(self):
        hub = self.start("holter-hub", "hub").wait_page()
        for status in privileges_test.processes()["holter"]:
            self.assertEqual(int(status["CapBnd"], 16), 0)
            self.assert_powerless(status)
        agent = self.start("holter-agent", "agent", settings={"name": "web1", "hub": "127.0.0.1"})
        agent.wait_log("accepted by hub")
        hub.wait_outcome("loopback", "ok")
        agent.wait_log("capturing")
        self.assert_only_the_broker_has_power()
        self.assertEqual(agent.stop(), 0)
        self.assertEqual(hub.stop(), 0)


if __name__ == "__main__":
    bed.main()
