#!/usr/bin/env python3
"""The README's first-run transcripts are what a machine prints today."""
import os
import re

import bed


def transcripts():
    """[(command, output)] of the README's blocks that begin with `$ holter`."""
    with open(os.path.join(bed.ROOT, "README.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^```\n\$ (holter [^\n]*)\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    return dict(blocks)


def shape(text):
    """The text without what differs from run to run: times, sizes, counts, identifiers, column widths."""
    text = re.sub(r"uid \d+ \([^)]*\)", "uid N", text)
    text = re.sub(r"fe80::[0-9a-f:]+", "fe80::", text)
    text = re.sub(r"\d+(\.\d+)? (ns|us|ms|s|min|h|B|KiB|MiB|GiB|kB|MB|%)(?![a-z])", "N", text)
    text = re.sub(r"(?<=[\d.]):\d{4,5}\b", ":PORT", text)
    return re.sub(r" {2,}", "  ", text)


class Readme(bed.Case):
    def setUp(self):
        super().setUp()
        with open("/proc/self/uid_map", encoding="ascii") as file:
            if file.read().split()[0:2] != ["0", "0"]:
                raise bed.Skip("the transcript is root's; an ordinary user's paths are others")
        host, gateway = self.bed.node("host"), self.bed.node("gateway")
        host.sh(f"ip link add eth0 type veth peer name eth0 netns {gateway.holder.pid}")
        for node, number in ((host, 10), (gateway, 1)):
            node.sh(f"ip addr add 192.0.2.{number}/24 dev eth0; ip link set eth0 up; "
                    f"ip addr add 2001:db8::{number}/64 dev eth0 nodad")
        host.sh("ip route add default via 192.0.2.1; ip route add default via 2001:db8::1; "
                "mount -t tmpfs -o mode=755 none /var/lib; mount -t tmpfs -o mode=755 none /run; hostname rack4 || true")
        host.resolve_by("192.0.2.1")
        self.bed.dns(gateway)
        self.host = host

    def start(self):
        program = bed.Program(self.bed, self.host, ["env", "-u", "XDG_RUNTIME_DIR", "-u", "XDG_DATA_HOME", bed.HOLTER,
                                                    "run", "--name", "rack4"], "run")
        return self.bed._own(program)

    def test_what_holter_run_prints(self):
        program = self.start()
        printed = bed.eventually(lambda: program.out() if "\nhost " in program.out() else None, "the banner")
        self.assertEqual(shape(printed), shape(transcripts()["holter run"]))

    def test_what_holter_status_prints(self):
        program = self.start()
        bed.eventually(lambda: "\nhost " in program.out(), "the banner")
        self.bed.pulse(self.host, "db1", "--interval", "200ms", "--message", "backup done")
        wanted = transcripts()["holter status"]

        def status():
            told = bed.run(*self.host.command("env", "-u", "XDG_RUNTIME_DIR", bed.HOLTER, "status"))
            names = [line.split()[0] for line in wanted.split("\n\n")[1].splitlines()]
            return told if all(word in told for word in ["backup done", "capturing", *names]) else None
        shown = bed.eventually(status, "all of it is shown", timeout=30)
        for block, lines in enumerate(shape(wanted).split("\n\n")[:4]):
            with self.subTest(lines.splitlines()[0]):
                told = shape(shown).split("\n\n")[block]
                self.assertEqual([line.split("  ")[0] for line in told.splitlines()],
                                 [line.split("  ")[0] for line in lines.splitlines()], told)
                self.assertEqual(told.splitlines()[0], lines.splitlines()[0])


if __name__ == "__main__":
    bed.main()
