#!/usr/bin/env python3
"""`holter probe trace` in the test bed: paths as they are, every branch of its equal-cost pair, each way to fail, routers
that limit their errors, and the path's MTU."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import bed
import testbed

BRANCHES = {1: {"10.90.1.2"}, 2: {"10.90.11.2", "10.90.12.2"}, 3: {"10.90.21.2", "10.90.22.2"}, 4: {"10.90.3.2"}}
BRANCHES6 = {1: {"fd90:1::2"}, 2: {"fd90:11::2", "fd90:12::2"}, 3: {"fd90:21::2", "fd90:22::2"}, 4: {"fd90:3::2"}}


def branches(result):
    return {hop["ttl"]: {branch["address"] for branch in hop["branches"]} for hop in result["path"]["hops"]}


class Trace(testbed.Case):
    def tearDown(self):
        for step in (("ratelimit", "off"), ("mtu", "1500")):
            self.bed.sh(*step)

    def trace(self, *arguments):
        return self.probe("trace", *arguments)

    def whole(self, target, truth, *arguments):
        """A trace that saw every branch. One in thirty does not: the stopping rule is sure with 95 %, and each trace here
        has flows of its own. None sees what is not there."""
        for _ in range(4):
            result = self.trace(target, *arguments)
            self.assertEqual(branches(result).keys(), truth.keys() | {5}, result)
            for ttl, routers in truth.items():
                self.assertLessEqual(branches(result)[ttl], routers, result)
            if branches(result) == truth | {5: {target}}:
                return result
        self.fail(f"four traces without all branches: {result}")

    def test_the_path_with_both_branches(self):
        result = self.whole("10.90.4.2", BRANCHES)
        self.assertEqual((result["outcome"], result["path"]["end"]), ("ok", "reached"), result)
        self.assertEqual(result["facts"]["hops"], [5])
        self.assertEqual(result["facts"]["branches"], [2])
        self.assertTrue(result["kernel_stamped"])
        for hop in result["path"]["hops"]:
            for branch in hop["branches"]:
                self.assertLessEqual(branch["rtt_min_ms"], branch["rtt_avg_ms"])
                self.assertLessEqual(branch["rtt_avg_ms"], branch["rtt_max_ms"])

    def test_the_path_over_ipv6(self):
        self.assertEqual(self.whole("fd90:4::2", BRANCHES6)["outcome"], "ok")

    def test_one_flow_is_one_path(self):
        for protocol in ("udp", "icmp", "tcp"):
            for target, truth in (("10.90.4.2", BRANCHES), ("fd90:4::2", BRANCHES6)):
                with self.subTest(protocol=protocol, target=target):
                    result = self.trace(target, "--one-flow", "--protocol", protocol)
                    self.assertEqual(result["outcome"], "ok", result)
                    found = branches(result)
                    self.assertEqual(found.pop(5), {target})
                    for ttl, routers in found.items():
                        self.assertEqual(len(routers), 1, result)
                        self.assertLessEqual(routers, truth[ttl])
                    # Behind 10.90.11.2 lies 10.90.21.2, and not the other side.
                    sides = {re.search(r"\b[12]([12])\b", next(iter(found[ttl]))).group(1) for ttl in (2, 3)}
                    self.assertEqual(len(sides), 1, result)

    def test_tcp_to_a_port_that_is_open(self):
        for target, truth in (("10.90.4.2", BRANCHES), ("fd90:4::2", BRANCHES6)):
            result = self.whole(target, truth, "--protocol", "tcp")
            self.assertEqual((result["outcome"], result["facts"]["port_state"]), ("ok", ["open"]), result)
            self.assertIn("; port 80 is open", result["detail"])
            self.assertTrue(result["kernel_stamped"])

    def test_tcp_to_a_port_that_is_closed(self):
        for target in ("10.90.4.2", "fd90:4::2"):
            result = self.trace(target, "--protocol", "tcp", "--port", "9999", "--one-flow")
            self.assertEqual((result["outcome"], result["facts"]["port_state"]), ("ok", ["closed"]), result)
            self.assertEqual(branches(result)[5], {target})

    def test_tcp_to_a_port_that_a_firewall_prohibits(self):
        result = self.trace("10.90.4.2", "--protocol", "tcp", "--port", "12", "--one-flow")
        self.assertEqual((result["outcome"], result["facts"]["port_state"]), ("ok", ["filtered"]), result)

    def test_tcp_to_a_port_that_says_nothing(self):
        result = self.trace("10.90.4.2", "--protocol", "tcp", "--port", "10", "--one-flow")
        self.fails(result, "timeout", "first_byte", "nobody answers beyond 10.90.3.2, hop 4")
        self.assertEqual(result["path"]["end"], "silent")
        self.assertEqual(branches(result)[1], {"10.90.1.2"})
        self.assertNotIn("port_state", result["facts"])

    def test_tcp_beside_a_busy_host(self):
        """What the host's own connections hear is none of a trace's."""
        serve = ["python3", "-u", "-c", "import socket,sys\ns=socket.create_server(('', 7999))\nprint('there')\n"
                 "c=s.accept()[0]\nwhile c.send(b'x'*65536): pass"]
        with subprocess.Popen(self.bed.command("target", *serve), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as far:
            far.stdout.readline()
            read = ["python3", "-c", "import socket\ns=socket.create_connection(('10.93.0.1', 7999))\nwhile s.recv(65536): pass"]
            with subprocess.Popen(self.bed.command("probe", *read)) as near:
                result = self.trace("10.90.4.2", "--protocol", "tcp", "--one-flow")
                near.terminate()
            far.terminate()
        self.assertEqual(result["outcome"], "ok", result)

    def test_tcp_without_the_broker(self):
        with tempfile.TemporaryDirectory() as directory:
            os.chmod(directory, 0o755)
            alone = os.path.join(directory, "holter")
            shutil.copy(bed.HOLTER, alone)
            done = subprocess.run(self.bed.command("probe", alone, "probe", "trace", "10.90.4.2", "--protocol", "tcp"),
                                  capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("cannot trace over TCP: no capture and no raw sockets: ", done.stderr)
        self.assertIn("install holter-broker", done.stderr)
        self.assertIn("--protocol udp or icmp", done.stderr)

    def test_what_tcp_cannot_do(self):
        code, text, errors = self.holter("probe", "trace", "10.90.4.2", "--protocol", "tcp", "--mtu")
        self.assertEqual((code, text), (2, ""))
        self.assertIn("mtu is found with protocol udp or icmp", errors)
        code, text, errors = self.holter("probe", "trace", "10.90.4.2", "--protocol", "tcp", "--interface", "p0")
        self.assertEqual((code, text), (2, ""))
        self.assertIn("interface wants a source", errors)
        result = self.trace("10.90.4.2", "--protocol", "tcp", "--interface", "p0", "--source", "10.90.1.1", "--one-flow")
        self.assertEqual(result["outcome"], "ok", result)

    def test_a_direct_target_is_one_hop(self):
        result = self.trace("10.93.0.1")
        self.assertEqual(branches(result), {1: {"10.93.0.1"}})

    def test_unreachable_in_words(self):
        result = self.trace("10.94.0.1")
        self.fails(result, "unreachable", "first_byte", "network unreachable from 10.90.3.2, hop 4")
        self.assertEqual(result["path"]["hops"][-1]["branches"][0]["says"], "network unreachable")

    def test_a_host_that_is_none(self):
        result = self.trace("10.90.4.99")
        self.fails(result, "unreachable", "first_byte", "host unreachable")

    def test_a_black_hole(self):
        result = self.trace("10.95.0.1", "--one-flow")
        self.fails(result, "timeout", "first_byte", "nobody answers beyond 10.90.2", "hop 3")
        self.assertEqual(result["path"]["end"], "silent")

    def test_a_loop_is_said_to_be_one(self):
        result = self.trace("10.96.0.1", "--one-flow")
        self.fails(result, "unreachable", "first_byte", "a loop")
        self.assertEqual(result["path"]["end"], "loop")

    def test_a_path_longer_than_allowed(self):
        result = self.trace("10.90.4.2", "--ttl", "3")
        self.fails(result, "timeout", "first_byte", "not reached within 3 hops")

    def test_routers_that_limit_their_errors(self):
        self.bed.sh("ratelimit", "on")
        self.whole("10.90.4.2", BRANCHES)
        self.whole("10.90.4.2", BRANCHES)
        self.whole("10.90.4.2", BRANCHES, "--protocol", "tcp")

    def test_the_paths_mtu(self):
        self.assertEqual(self.trace("10.90.4.2", "--mtu", "--one-flow")["facts"]["path_mtu"], [1500])
        self.bed.sh("mtu", "1400")
        for target in ("10.90.4.2", "fd90:4::2"):
            for protocol in ("udp", "icmp"):
                for _ in range(2):  # what the kernel has learnt meanwhile changes nothing
                    result = self.trace(target, "--mtu", "--one-flow", "--protocol", protocol)
                    self.assertEqual(result["facts"]["path_mtu"], [1400], result)

    def test_a_hundred_traces_are_one_path(self):
        code, text, errors = self.holter("probe", "trace", "10.90.4.2", "--count", "100", "--interval", "10ms", "--json",
                                         timeout=120)
        self.assertEqual((code, errors), (0, ""))
        seen = {json.dumps(sorted((ttl, sorted(routers)) for ttl, routers in branches(json.loads(line)).items()))
                for line in text.splitlines()}
        self.assertEqual(len(seen), 1, seen)

    def test_a_change_is_told_with_both_paths(self):
        """The known path is looked at; then a branch goes."""
        command = self.bed.command("probe", bed.HOLTER, "probe", "trace", "10.90.4.2", "--memory", "--count", "12",
                                   "--interval", "5s", "--timeout", "20s", "--json")
        lines = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
            lines.append(json.loads(program.stdout.readline()))
            lines.append(json.loads(program.stdout.readline()))
            self.bed.sh("exec", "r1", "ip", "route", "change", "default", "via", "10.90.12.2")
            self.addCleanup(self.bed.sh, "exec", "r1", "ip", "route", "change", "default", "nexthop", "via", "10.90.11.2",
                            "nexthop", "via", "10.90.12.2")
            for line in program.stdout:  # each place of the path is looked at within nine runs
                lines.append(json.loads(line))
                if "path_changed" in lines[-1]["facts"]:
                    break
            program.terminate()
        changed = [line for line in lines if line["facts"].get("path_changed") == [True]]
        self.assertEqual(len(changed), 1, [line["facts"] for line in lines])
        self.assertIn("10.90.11.2", json.dumps(changed[0]["path_before"]))
        self.assertNotIn("10.90.11.2", json.dumps(changed[0]["path"]))
        self.assertFalse(any(line["path_before"] for line in lines if line is not changed[0]))

    def test_a_change_is_told_between_two_runs(self):
        """A plan whose next run is an hour away, over TCP; then a branch goes."""
        directory = self.enterContext(tempfile.TemporaryDirectory())
        os.chmod(directory, 0o711)
        plan = os.path.join(directory, "holter.toml")
        with open(plan, "w", encoding="utf-8") as file:
            file.write('[[probe]]\nname = "path"\nkind = "trace"\ntarget = "10.90.4.2"\ninterval = "1h"\n'
                       'options = {protocol = "tcp"}\n')
        places = ("--runtime", os.path.join(directory, "run"))
        command = self.bed.command("probe", bed.HOLTER, "run", "-c", plan, "--data", os.path.join(directory, "data"), *places,
                                   "--targets", "none")
        log = self.enterContext(open(os.path.join(directory, "log"), "w+", encoding="utf-8"))
        program = self.enterContext(subprocess.Popen(command, stdout=log, stderr=log))
        self.addCleanup(program.terminate)

        def results():
            return [json.loads(line) for line in self.holter("results", "--json", *places)[1].splitlines()]
        first = bed.eventually(results, "the first run", timeout=40)
        self.assertEqual((first[0]["outcome"], first[0]["facts"]["port_state"]), ("ok", ["open"]), first)
        self.bed.sh("exec", "r1", "ip", "route", "change", "default", "via", "10.90.12.2")
        self.addCleanup(self.bed.sh, "exec", "r1", "ip", "route", "change", "default", "nexthop", "via", "10.90.11.2",
                        "nexthop", "via", "10.90.12.2")
        changed = bed.eventually(lambda: [r for r in results() if "path_changed" in r["facts"]], "the change", timeout=90)
        self.assertIn("10.90.11.2", json.dumps(changed[0]["path_before"]))
        self.assertNotIn("10.90.11.2", json.dumps(changed[0]["path"]))
        self.assertEqual(len(results()), 2)

    def routers_with_labels(self, *arguments):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "label_routers.py")
        program = subprocess.Popen(self.bed.command("probe", sys.executable, "-B", script, *arguments), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)

        def end():
            program.stdin.close()
            program.wait()
            program.stdout.close()
        self.addCleanup(end)
        self.assertEqual(program.stdout.readline(), "there\n")

    def test_labels_of_mpls(self):
        self.routers_with_labels()
        for protocol in ("udp", "icmp", "tcp"):
            result = self.trace("10.97.1.1", "--protocol", protocol, "--ttl", "4")
            labels = [hop["branches"][0]["labels"] for hop in result["path"]["hops"]]
            self.assertEqual(labels[:3], [[], [16001, 24], [16002]], result)
        self.assertIn("MPLS 16001/24", self.holter("probe", "trace", "10.97.1.1", "--ttl", "4")[1])

    def test_routers_that_quote_eight_bytes_of_what_they_drop(self):
        self.routers_with_labels("28")
        for protocol in ("icmp", "tcp"):
            result = self.trace("10.97.1.1", "--one-flow", "--protocol", protocol, "--ttl", "3")
            self.assertEqual(branches(result), {ttl: {f"10.97.255.{ttl}"} for ttl in (1, 2, 3)}, result)

    def test_the_table(self):
        # Six flows that a router spreads over two ways all take the same one in one of 32 runs.
        for _ in range(4):
            code, text, _ = self.holter("probe", "trace", "10.90.4.2")
            self.assertEqual(code, 0)
            lines = text.splitlines()
            if len(lines) == 2 + 7:
                break
        self.assertEqual(lines[1].split(), ["hop", "address", "min", "avg", "max", "count"])
        self.assertEqual(lines[2].split()[:2], ["1", "10.90.1.2"])
        self.assertEqual(len(lines), 2 + 7, text)


if __name__ == "__main__":
    bed.main()
