#!/usr/bin/env python3
"""A list of services in the ancestor's JSON form: gone through by `holter probe --list`, as a configuration, imported."""
import json
import signal
import socket

import bed

STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"


class Lists(bed.Case):
    def setUp(self):
        super().setUp()
        self.host = self.bed.solo()

    def file(self, entries, name="services.json"):
        path = self.bed.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(entries if isinstance(entries, str) else json.dumps({"servers": entries}))
        return path

    def listen(self):
        """A TCP port that is open until the test ends."""
        with self.host.inside():
            made = socket.create_server(("127.0.0.1", 0))
        self.bed.cleanup.callback(made.close)
        return made.getsockname()[1]

    def holter(self, *arguments):
        done = self.bed.holter(self.host, *arguments)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_a_round_prints_a_dated_line_an_entry_in_the_order_of_the_list(self):
        path = self.file([{"name": "me", "host": "127.0.0.1", "port": 80, "service": "ICMP", "interval": 0.1},
                          {"name": "closed", "host": "127.0.0.1", "port": 9, "service": "TCP", "interval": 0.1},
                          {"name": "open", "host": "127.0.0.1", "port": self.listen(), "service": "tcp",
                           "interval": 0.1, "server_number": 1, "count": 1}])
        code, text, errors = self.holter("probe", "--list", path, "--count", "1")
        self.assertEqual((code, errors), (1, ""))
        lines = text.splitlines()
        self.assertRegex(lines[0], rf"^{STAMP}  me  icmp  ok  127\.0\.0\.1  \d+\.\d+ ms")
        self.assertRegex(lines[1], rf"^{STAMP}  closed  tcp  refused in connect  127\.0\.0\.1  .*refused")
        self.assertRegex(lines[2], rf"^{STAMP}  open  tcp  ok  127\.0\.0\.1  \d+\.\d+ ms  open$")
        self.assertEqual(lines[3:], ["", "3 probes, 2 ok, 1 not"])

    def test_a_udp_entry_without_a_port_is_the_error_that_it_was_and_the_others_go_on(self):
        path = self.file([{"name": "bare", "host": "127.0.0.1", "service": "UDP", "interval": 0.1},
                          {"name": "me", "host": "127.0.0.1", "service": "ping", "interval": 0.1}])
        code, text, _ = self.holter("probe", "--list", path, "--count", "1", "--json")
        self.assertEqual(code, 1)
        bare, me = map(json.loads, text.splitlines())
        self.assertEqual((bare["probe"], bare["kind"], bare["outcome"], bare["detail"]),
                         ("bare", "udp", "skipped", "Port information is missing"))
        self.assertEqual((me["probe"], me["outcome"]), ("me", "ok"))

    def test_the_next_entry_begins_an_interval_later_round_and_round_until_interrupted(self):
        path = self.file([{"name": "a", "host": "127.0.0.1", "service": "ping", "interval": 0.3},
                          {"name": "b", "host": "127.0.0.1", "service": "ping", "interval": 0.1}])
        program = bed.Program(self.bed, self.host, [bed.HOLTER, "probe", "--list", path, "--json"], "list")
        self.bed._own(program)
        bed.eventually(lambda: len(program.out().splitlines()) >= 5, "two rounds and one more")
        self.assertEqual(program.stop(signal.SIGINT), 0)
        results = [json.loads(line) for line in program.out().splitlines()]
        self.assertEqual([r["probe"] for r in results[:5]], ["a", "b", "a", "b", "a"])
        seconds = [float(r["at"][17:-1]) for r in results]
        self.assertGreaterEqual((seconds[1] - seconds[0]) % 60, 0.299)
        self.assertGreaterEqual((seconds[2] - seconds[1]) % 60, 0.099)

    def test_what_goes_wrong_with_the_file_is_said(self):
        for text, words in (("{\"servers\": [\n{]}", "line 2: is not JSON"), ("[]", 'has no list "servers"'),
                            ('{"servers": []}', "there is nothing in the list")):
            code, out, errors = self.holter("probe", "--list", self.file(text))
            self.assertEqual((code, out), (2, ""), errors)
            self.assert_words(errors, "services.json: ", words)
        path = self.file([{"host": "127.0.0.1", "service": "ping"}])
        for arguments, words in ((("icmp",), "leave KIND and TARGET out"), (("--query", "x"), "--query goes with KIND")):
            code, _, errors = self.holter("probe", *arguments, "--list", path)
            self.assertEqual(code, 2)
            self.assert_words(errors, words)
        code, _, errors = self.holter("probe", "--list", self.bed.path("none.json"))
        self.assertEqual(code, 2)
        self.assert_words(errors, "there is no such file")

    def test_a_list_is_a_configuration(self):
        path = self.file([{"name": "me", "host": "127.0.0.1", "service": "ping", "interval": 0.2, "server_number": 4}])
        holter = self.bed.start(self.host, "-c", path, "--targets", "none").wait_page()
        holter.wait_outcome("me", "ok")
        self.assertEqual([t["probe"] for t in holter.api("targets")["targets"]], ["me"])

    def test_a_mistake_of_a_list_names_its_line(self):
        path = self.file('{"servers": [\n{"name": "u", "host": "127.0.0.1", "service": "UDP"},\n'
                         '{"name": "t", "host": "a b", "port": 1, "service": "TCP"}]}')
        code, _, errors = self.holter("run", "--check", "-c", path)
        self.assertEqual(code, 2)
        self.assert_words(errors, "services.json:2:1: Port information is missing", "services.json:3:1: the target")

    def test_an_import_loads_to_the_same_probes(self):
        entries = [{"name": "me", "host": "127.0.0.1", "service": "Ping", "interval": 7, "server_number": 1},
                   {"name": "web \"1\"", "host": "127.0.0.1", "port": 8080, "service": "HTTPS", "interval": 60},
                   {"name": "names", "host": "localhost", "service": "DNS", "interval": 5, "colour": "red"},
                   {"name": "bare", "host": "127.0.0.1", "service": "UDP", "interval": 1}]
        code, text, errors = self.holter("config", "import", self.file(entries))
        self.assertEqual(code, 0)
        self.assert_words(errors, "services.json:1: not taken: key 'colour'",
                          "services.json:1: not taken: 'bare': Port information is missing", "3 probes taken")
        toml = self.file(text, "holter.toml")
        code, shown, errors = self.holter("config", "show", toml)
        self.assertEqual((code, errors), (0, ""))
        self.assert_words(shown, 'name = "web \\"1\\""', 'target = "https://127.0.0.1:8080/"', 'query = "localhost"')
        self.assertEqual(self.probes(toml), self.probes(self.file(entries[:3])))

    def probes(self, path):
        """What a configuration says of its probes."""
        shown = json.loads(self.holter("config", "show", "--json", path)[1])["settings"]
        return [(line["key"], line["value"]) for line in shown if line["table"] == "[[probe]]"]


if __name__ == "__main__":
    bed.main()
