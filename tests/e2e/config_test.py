#!/usr/bin/env python3
"""holter.toml: written, checked, shown, used, and read again while holter runs."""
import json
import os
import re
import signal
import subprocess

import bed
import pulse_datagram

BASE = """
[probes]
targets = "loopback"
"""
PROBE = """
[[probe]]
name = "{name}"
kind = "{kind}"
target = "{target}"
interval = "100ms"
timeout = "1s"
labels = {{site = "attic"}}
"""


class Config(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.path = self.bed.path("holter.toml")

    def write(self, *parts, path=None):
        with open(path or self.path, "w", encoding="utf-8") as file:
            file.write("".join(parts))
        os.chmod(path or self.path, 0o644)

    def told(self, *arguments, code=0):
        told = self.bed.holter(self.node, *arguments)
        self.assertEqual(told.returncode, code, told)
        return told.stdout.decode() + told.stderr.decode()

    def probe(self, name, kind="icmp", target="127.0.0.1"):
        return PROBE.format(name=name, kind=kind, target=target)

    def test_a_new_file_is_written_once_and_is_right(self):
        self.assert_words(self.told("config", "init", self.path), self.path, "holter run -c")
        with open(self.path, encoding="utf-8") as file:
            written = file.read()
        self.assertEqual(self.told("config", "init", "-"), written)
        self.assert_words(self.told("config", "init", self.path, code=2), "is there already and stays")
        with open(self.path, encoding="utf-8") as file:
            self.assertEqual(file.read(), written)
        self.assertIn("no mistake", self.told("config", "check", self.path))
        self.assert_words(self.told("config", "init", self.bed.path("no/such/file"), code=1), "cannot write")

    def test_all_mistakes_are_named_and_nothing_is_started(self):
        self.write("nam = 1\n[store]\nbudget = \"10sec\"\n", self.probe("a"), self.probe("a", "htp"))
        told = self.told("config", "check", self.path, code=2)
        lines = [line.removeprefix(self.path) for line in told.splitlines()]
        self.assertEqual(lines[:2], [":1:1: unknown key 'nam'; did you mean 'name'?",
                                     ":3:10: store.budget: '10sec' is not a size; write it as \"64MiB\" or \"2GiB\""])
        self.assert_words(told, "there is another probe named 'a'", "did you mean 'http'?")
        data = self.bed.path("never.data")
        told = self.told("run", "-c", self.path, "--data", data, code=2)
        self.assert_words(told, ":1:1: unknown key 'nam'", "nothing was started")
        self.assertFalse(os.path.exists(data))
        self.assert_words(self.told("run", "--config", "/no/such.toml", code=2), "/no/such.toml: there is no such file")
        self.assertIn("no mistake", self.told("run", "--check", "--http", "127.0.0.1:1"))

    def test_the_home_of_somebody_else_is_no_mistake(self):
        with open("/proc/self/uid_map", encoding="ascii") as file:
            if file.read().split()[0:2] != ["0", "0"]:
                raise bed.Skip("there is no other user here")
        home = self.bed.path("locked")
        os.mkdir(home, 0o700)
        told = subprocess.run(self.node.command("setpriv", "--reuid=65534", "--clear-groups", bed.HOLTER, "run", "--check"),
                              env={"HOME": home, "PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
        self.assertEqual(told.returncode, 0, told)

    def test_it_is_shown_where_every_value_comes_from(self):
        self.write("name = \"x\"\n", BASE)
        shown = self.told("config", "show", self.path)
        self.assertRegex(shown, f'(?m)^name = "x" +# {self.path}:1$')
        self.assertRegex(shown, '(?m)^budget = "512MiB" +# default$')
        again = self.bed.path("again.toml")
        self.write(shown, path=again)
        self.assertIn("no mistake", self.told("config", "check", again))
        rows = json.loads(self.told("config", "show", self.path, "--json"))["settings"]
        self.assertIn({"table": "[http]", "key": "listen", "value": '"127.0.0.1:4280"', "origin": "default"}, rows)

    def test_configured_probes_of_every_kind_answer(self):
        server = bed.Program(self.bed, self.node, ["python3", "-m", "http.server", "8099", "--bind", "127.0.0.1"], "web")
        self.bed._own(server)
        self.write(BASE, self.probe("ping"), self.probe("connect", "tcp", "127.0.0.1:8099"),
                   self.probe("page", "http", "http://127.0.0.1:8099/"),
                   self.probe("closed", "tcp", "127.0.0.1:9"))
        holter = self.bed.start(self.node, "-c", self.path).wait_page()
        for name in ("ping", "connect", "page", "loopback"):
            holter.wait_outcome(name, "ok")
        holter.wait_outcome("closed", "refused")
        self.assertEqual(holter.target("page")["labels"], {"site": "attic"})
        self.assertEqual(holter.target("page")["interval_seconds"], 0.1)

    def reload_until_changed(self, holter, how):
        if how == "signal":
            holter.send(signal.SIGHUP)
            return holter.wait_log("read again")
        return self.told("config", "reload", "--runtime", os.path.join(holter.runtime, "holter"))

    def test_who_never_came_and_is_not_expected_any_more_is_not_listed(self):
        sessions = '[[session]]\nname = "goes"\ninterval = "1h"\n[[session]]\nname = "stays"\ninterval = "1h"\n'
        self.write(BASE, sessions)
        holter = self.bed.start(self.node, "-c", self.path).wait_page()
        bed.eventually(lambda: self.names(holter) == {"goes", "stays"}, "both are listed")
        self.write(BASE, sessions[sessions.index("[[session]]", 1):])
        self.reload_until_changed(holter, "signal")
        bed.eventually(lambda: self.names(holter) == {"stays"}, "one is listed")

    def names(self, holter):
        return {session["name"] for session in holter.api("sessions")["sessions"]}

    def test_a_reload_takes_the_plan_over_and_loses_no_result(self):
        self.write(BASE, self.probe("stays"), self.probe("goes"))
        holter = self.bed.start(self.node, "-c", self.path).wait_page()
        holter.wait_outcome("goes", "ok")
        self.write(BASE, self.probe("stays"), self.probe("comes"), "[store]\nbudget = \"64MiB\"\n")
        told = self.reload_until_changed(holter, "signal")
        self.assert_words(told, "probes: 1 added, 1 removed", "store.budget needs a restart")
        holter.wait_outcome("comes", "ok")
        bed.eventually(lambda: len(holter.results("stays")) >= 10, "the probe that stays goes on")
        self.assertNotIn("goes", [target["probe"] for target in holter.api("targets")["targets"]])
        results = [result for result in holter.results("stays") if result["probe"] == "stays"]
        self.assertNotIn("skipped", {result["outcome"] for result in results})
        starts = sorted(result["at"] for result in results)
        gaps = [bed_seconds(b) - bed_seconds(a) for a, b in zip(starts, starts[1:])]
        self.assertLess(max(gaps), 0.19 * bed.TIME_FACTOR, "the grid of a probe that stays goes on")

    def test_a_bad_file_keeps_the_old_plan(self):
        self.write(BASE, self.probe("web"))
        holter = self.bed.start(self.node, "-c", self.path).wait_page()
        holter.wait_outcome("web", "ok")
        self.write(BASE, self.probe("web"), "nam = 1\n")
        runtime = os.path.join(holter.runtime, "holter")
        told = self.told("config", "reload", "--runtime", runtime, code=2)
        self.assert_words(told, "unknown key 'nam'", "what was read before stays")
        holter.send(signal.SIGHUP)
        holter.wait_log("config", "unknown key 'nam'")
        before = len(holter.results("web"))
        bed.eventually(lambda: len(holter.results("web")) > before, "the old plan goes on")
        self.write(BASE, self.probe("web"))
        self.assertIn("nothing has changed", self.told("config", "reload", "--runtime", runtime))

    def test_a_hubs_changed_plan_reaches_its_agents(self):
        self.write(BASE, self.probe("first"))
        hub = self.bed.start(self.node, "-c", self.path, role="hub").wait_page()
        agent = self.bed.start(self.node, "--hub", "127.0.0.1", "--name", "edge", role="agent")
        hub.wait_outcome("first", "ok")
        self.write(BASE, self.probe("second", "tcp", "127.0.0.1:4280"))
        self.reload_until_changed(hub, "signal")
        hub.wait_outcome("second", "ok")
        self.assertEqual({result["agent_name"] for result in hub.results("second")}, {"edge"})
        self.assertEqual(agent.stop(), 0)

    def test_a_filter_of_the_capture_is_taken_over_while_it_runs(self):
        def protocols(holter):
            return {c["protocol"] for c in holter.api("conversations/now")["conversations"]}
        alone = "[recorder]\nenabled = false\n"  # a recorder keeps every frame: then the kernel refuses none
        self.write(BASE, alone + "[capture]\nkeep = \"not icmp\"\ndrop = [\"icmpv6\"]\n")
        holter = self.bed.start(self.node, "-c", self.path).wait_page()
        holter.wait_outcome("loopback", "ok")
        self.bed.pulse(self.node, "db1", "--interval", "100ms")
        bed.eventually(lambda: "udp" in protocols(holter), "pulses are conversations")
        total = bed.eventually(lambda: (t := holter.api("capture")["interfaces"][0])["kernel_refused"] > 5 and t,
                               "pings are refused by the kernel and counted there")
        self.assertGreater(total["packets"], total["filtered"] + total["own"], "of all that were received")
        self.assertEqual({"icmp", "icmpv6"} & protocols(holter), set())
        self.write(BASE, alone)
        self.assert_words(self.reload_until_changed(holter, "command"), "capture.keep changed", "capture.drop changed")
        bed.eventually(lambda: "icmp" in protocols(holter), "pings are recorded from now on")

    def test_sessions_that_are_expected(self):
        session = """
[[session]]
name = "{name}"
interval = "{interval}"
asks = {asks}
ask_interval = "200ms"
labels = {{site = "attic"}}
"""
        self.write(BASE, session.format(name="db1", interval="400ms", asks=1),
                   session.format(name="never", interval="700ms", asks=3))
        holter = self.bed.start(self.node, "-c", self.path).wait_page()
        holter.wait_session("never", "init")
        self.assertEqual(holter.session("never")["labels"], {"site": "attic"})
        self.assertIsNone(holter.session("never")["last_heard"])
        client = self.bed.pulse(self.node, "db1", "--interval", "100ms")
        holter.wait_session("db1", "up")
        holter.wait_session("never", "down")
        client.send(signal.SIGKILL)
        holter.wait_log("session is silent, asking", "db1", '"1 of 1"')
        holter.wait_session("db1", "down")
        self.write(BASE, session.format(name="new", interval="300ms", asks=0))
        self.reload_until_changed(holter, "signal")
        holter.wait_session("new", "down")
        self.assertEqual(holter.session("never")["state"], "down", "what it is known of stays")

    def test_the_log_goes_where_it_is_told_and_says_what_it_is_told(self):
        log = os.path.join(self.bed.path("run.data"), "holter.log")
        self.write(BASE, '[log]\nlevels = {heartbeat = "debug"}\n')
        holter = self.bed.start(self.node, "-c", self.path, "--log-file", log).wait_page()
        self.bed.pulse(self.node, "db1", "--interval", "10s", "--message", "a \x1b[31m\tb")
        holter.wait_log("debug heartbeat: datagram way=received peer=127.0.0.1:", "bytes=", "type=message", "session=db1")
        holter.wait_log("debug heartbeat: session has not been heard session=db1 for=")
        self.assertNotIn("\x1b", holter.log())
        node_udp = self.node.udp("127.0.0.1")
        node_udp.sendto(b"\x00garbage", ("127.0.0.1", 4280))
        holter.wait_log("what is no pulse", "why=", "data=0067617262616765")
        with open(log, encoding="utf-8") as file:
            written = file.read()
        self.assertIn("debug heartbeat: datagram", written)
        self.write(BASE)
        self.reload_until_changed(holter, "signal")
        before = holter.log().count("debug")
        node_udp.sendto(b"\x00garbage", ("127.0.0.1", 4280))
        bed.eventually(lambda: holter.session("db1")["silent_seconds"] > 1.5, "time passes")
        self.assertLessEqual(holter.log().count("debug"), before + 1)

    def test_the_log_file_is_for_a_group_and_is_opened_anew(self):
        log = os.path.join(self.bed.path("run.data"), "holter.log")
        self.write(BASE)
        holter = self.bed.start(self.node, "-c", self.path, "--log-file", log, "--log-level", "warn,config=info").wait_page()
        self.assertEqual(os.stat(log).st_mode & 0o7777, 0o640)
        self.assertNotIn("listening for pulses", holter.log(), "level warn")
        os.rename(log, log + ".moved")
        self.reload_until_changed(holter, "signal")
        with open(log, encoding="utf-8") as file:
            self.assertIn("info  config: read again", file.read())
        told = self.bed.holter(self.node, "run", "--log-level", "hartbeat=debug")
        self.assertEqual(told.returncode, 2, told)
        self.assert_words(told.stderr.decode(), "--log-level", "'hartbeat'; did you mean 'heartbeat'?")

    def test_a_flood_of_messages_is_counted_in_the_log_within_a_second(self):
        self.write(BASE)
        holter = self.bed.start(self.node, "-c", self.path).wait_page()
        sender = self.node.udp("127.0.0.1")
        for number in range(400):
            sender.sendto(pulse_datagram.pulse(b"flood%d" % number, 1, interval_ms=60000), ("127.0.0.1", 4280))
        line = holter.wait_log("more like this", 'like="session is up"')
        written = holter.log().count(": session is up ")
        more = sum(int(count) for count in re.findall(r"… (\d+) more like this like=\"session is up\"", holter.log()))
        self.assertEqual(written + more, 400, line)

    def test_a_reload_is_not_for_everybody_who_reaches_the_page(self):
        holter = self.bed.start(self.node, "--targets", "loopback").wait_page()
        status, _, body = holter.request("/api/v1/reload", method="POST")
        self.assertEqual(status, 403, body)


def bed_seconds(at):
    hours, minutes, seconds = at.split("T")[1].rstrip("Z").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


if __name__ == "__main__":
    bed.main()
