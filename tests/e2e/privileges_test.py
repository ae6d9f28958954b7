#!/usr/bin/env python3
"""Only the broker has a capability; and holter runs without a broker, and without any privilege."""
import os
import subprocess
import shutil

import bed

NOBODY = 65534


def processes():
    """Program name -> [/proc/PID/status as a dict] of every live process of holter."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/status") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if status["Name"].startswith("holter") and not status["State"].startswith("Z"):
            found.setdefault(status["Name"], []).append(status)
    return found


class Privileges(bed.Case):
    def without_broker(self):
        """The program where no broker stands beside it."""
        alone = self.bed.path("alone")
        os.mkdir(alone, 0o755)
        return shutil.copy(bed.HOLTER, alone)

    def assert_no_capability(self, status):
        for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(status[kind], 16), 0, (status["Name"], kind))
        self.assertEqual(status["NoNewPrivs"], "1")

    def test_only_the_broker_has_capabilities(self):
        holter = self.bed.start(self.bed.solo()).wait_page()
        holter.wait_outcome("loopback", "ok")
        found = processes()
        self.assertEqual(set(found), {"holter", "holter-broker"})
        for status in found["holter"]:
            self.assert_no_capability(status)
            self.assertEqual(int(status["CapBnd"], 16), 0)
            for task in os.listdir(f"/proc/{status['Pid']}/task"):
                with open(f"/proc/{status['Pid']}/task/{task}/status") as file:
                    self.assertIn("CapEff:\t0000000000000000\n", file.read())
        allowed = 1 << 12 | 1 << 13  # CAP_NET_ADMIN, CAP_NET_RAW
        for status in found["holter-broker"]:
            self.assertEqual(int(status["CapEff"], 16) & ~allowed, 0)
            self.assertNotEqual(int(status["CapEff"], 16), 0)

    def test_root_is_given_up(self):
        holter = self.bed.start(self.bed.solo()).wait_page()
        bed.eventually(lambda: "runs as uid" in holter.out(), "it says who it runs as")
        if not mapped(NOBODY):
            self.assertIn("the only user of this user namespace", holter.out())
            return
        for status in processes()["holter"]:
            self.assertNotIn("0", status["Uid"].split("\t"))
            self.assertEqual(status["Groups"].strip(), "")

    def assert_says_no_capture(self, holter):
        health = bed.eventually(lambda: (h := holter.api("health"))["problems"] and h, "a problem")
        self.assertEqual(health["status"], "degraded")
        self.assertTrue(any("no capture" in problem for problem in health["problems"]), health["problems"])
        self.assertEqual({i["state"] for i in holter.api("capture")["interfaces"]}, {"off"})

    def test_without_a_broker_it_runs_and_says_so(self):
        node = self.bed.solo()
        node.sh(f"sysctl -qw net.ipv4.ping_group_range='0 {NOBODY if mapped(NOBODY) else 0}'")
        holter = self.bed.start(node, binary=self.without_broker()).wait_page()
        self.assert_says_no_capture(holter)
        self.assertEqual(set(processes()), {"holter"})
        for probe in ("loopback", "loopback6"):
            target = holter.wait_outcome(probe, "ok")
            self.assertGreater(target["last"]["rtt_ms"], 0)

    def test_without_any_socket_for_pings_it_says_not_permitted(self):
        node = self.bed.solo()  # where ping_group_range is "1 0", nobody, from the beginning
        holter = self.bed.start(node, binary=self.without_broker()).wait_page()
        self.assert_says_no_capture(holter)

        def told():
            problems = " ".join(holter.api("health")["problems"])
            targets = holter.api("targets")["targets"]
            return "probe" in problems or any(t["last"]["outcome"] == "not_permitted" for t in targets)
        bed.eventually(told, "that it may not ping is said")
        self.bed.pulse(node, "db1", "--interval", "200ms")
        holter.wait_session("db1", "up")

    def test_without_privilege_a_command_says_what_to_do(self):
        bed.need("setpriv")
        if not mapped(NOBODY):
            raise bed.Skip("there is no other user here")
        node = self.bed.solo()
        user = ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", f"--reuid={NOBODY}",
                f"--regid={NOBODY}", "--clear-groups"]
        for arguments, words in ((["probe", "icmp", "127.0.0.1"], ["cannot send ICMP", "setcap", "ping_group_range"]),
                                 (["capture", "-i", "lo", "-c", "1"], ["no capture", "setcap", "as root"])):
            told = subprocess.run(node.command(*user, bed.HOLTER, *arguments), capture_output=True, text=True,
                                  timeout=30 * bed.TIME_FACTOR, check=False)
            self.assertEqual(told.returncode, 1, told)
            self.assert_words(told.stderr, *words)

    def test_as_an_ordinary_user(self):
        bed.need("setpriv")
        node = self.bed.solo()
        number = NOBODY if mapped(NOBODY) else 0  # without another user: this one, with nothing it may do
        node.sh(f"sysctl -qw net.ipv4.ping_group_range='{number} {number}'")
        for directory in ("run.data", "run.runtime"):
            os.mkdir(self.bed.path(directory), 0o700)
            os.chown(self.bed.path(directory), number, number)
        user = ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
        if number:
            user += [f"--reuid={number}", f"--regid={number}", "--clear-groups"]
        holter = self.bed.start(node, prefix=user).wait_page()
        self.assert_says_no_capture(holter)
        holter.wait_outcome("loopback", "ok")
        for statuses in processes().values():
            for status in statuses:
                self.assert_no_capability(status)
        self.assertEqual(holter.stop(), 0)


def mapped(number):
    """Whether this user namespace knows the id."""
    with open("/proc/self/uid_map") as file:
        ranges = [tuple(map(int, line.split())) for line in file]
    return any(first <= number < first + count for first, _, count in ranges)


if __name__ == "__main__":
    bed.main()
