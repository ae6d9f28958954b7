#!/usr/bin/env python3
"""Several workers share an interface, several interfaces are captured: each frame once, in one of them, and none lost."""
import glob
import json
import os
import signal
import time

import bed

PORT = 9999
CLIENTS = 40
FRAMES = 25  # of each client
BURST = 60_000  # more than the rings hold


class Workers(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("tshark")
        self.host, self.peer = self.bed.pair(ipv6=False)
        self.addresses = [f"10.77.1.{n}" for n in range(1, CLIENTS + 1)]
        self.peer.sh("; ".join(f"ip addr add {address}/16 dev eth0" for address in self.addresses))
        self.host.sh("ip addr add 10.77.1.200/16 dev eth0")
        self.host.echo("10.77.1.200", PORT)
        self.senders = [self.peer.udp(address, 7777) for address in self.addresses]

    def start(self, settings, interfaces=1):
        path = self.bed.path("holter.toml")
        with open(path, "w") as file:
            file.write(settings)
        holter = self.bed.start(self.host, "--config", path, "--targets", "none").wait_page()
        bed.eventually(lambda: [one["state"] for one in self.interfaces(holter)] == ["capturing"] * interfaces, "capturing")
        return holter

    def interfaces(self, holter):
        return sorted(holter.api("capture")["interfaces"], key=lambda one: one["interface"])

    def sharing(self):
        """How many packet sockets there are in the host's namespace."""
        with self.host.inside(), open("/proc/thread-self/net/packet") as table:
            return sum(1 for _ in table) - 1

    def exchange(self, first=0):
        """A number in each frame, and its echo."""
        for number in range(first, first + FRAMES):
            for sender in self.senders:
                sender.sendto(b"%08d" % number, ("10.77.1.200", PORT))
            for sender in self.senders:
                sender.settimeout(10)
                self.assertEqual(sender.recv(100), b"%08d" % number)

    def freeze(self, holter, *options):
        path = self.bed.path("frozen.pcapng")
        done = self.bed.holter(self.host, "freeze", "-w", path, "--force", *options,
                               env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return path

    def frozen(self, path, *fields):
        asked = [part for name in fields for part in ("-e", name)]
        out = bed.run("tshark", "-r", path, "-Y", f"udp.port == {PORT}", "-T", "fields", *asked)
        return [line.split("\t") for line in out.splitlines()]

    def rings(self, holter):
        return sorted(os.path.basename(path) for path in
                      glob.glob(os.path.join(holter.runtime, "**", "recorder*.ring"), recursive=True))

    def test_each_frame_comes_to_one_worker_and_conversations_stay_whole(self):
        holter = self.start('[capture]\ninterface = "eth0"\nworkers = 3\nexport_interval = "1s"\n')
        self.assertEqual(self.rings(holter), ["recorder-1.ring", "recorder-2.ring", "recorder.ring"])
        bed.eventually(lambda: self.sharing() == 3, "three sockets")
        time.sleep(0.3)
        before = sum(self.host.counters("eth0")), self.interfaces(holter)[0]
        self.exchange()

        def exact():
            now = self.interfaces(holter)[0]
            wire = sum(self.host.counters("eth0")) - before[0]
            counted = now["packets"] + now["kernel_drops"] - before[1]["packets"] - before[1]["kernel_drops"]
            return wire == counted >= 2 * CLIENTS * FRAMES
        bed.eventually(exact, "every frame of the interface is counted once")

        frames = self.frozen(self.freeze(holter, "--last", "30s"), "ip.src", "ip.dst", "udp.payload")
        self.assertEqual(len(frames), 2 * CLIENTS * FRAMES)
        self.assertEqual(len({tuple(frame) for frame in frames}), len(frames), "none twice")
        for name, held in self.held(holter).items():
            self.assertGreater(held, FRAMES, f"{name} has a part of its own")
        self.conversations_are_whole(holter, FRAMES)

    def held(self, holter):
        """How often a number that each client sent stands in each ring."""
        counts = {}
        for path in glob.glob(os.path.join(holter.runtime, "**", "recorder*.ring"), recursive=True):
            with open(path, "rb") as ring:
                memory = ring.read()
            counts[os.path.basename(path)] = sum(memory.count(b"%08d" % number) for number in range(FRAMES))
        return counts

    def conversations_are_whole(self, holter, packets):
        def told():
            done = self.bed.holter(self.host, "conversations", "--since", "1h", "--json", f"udp.port == {PORT}",
                                   env={"XDG_RUNTIME_DIR": holter.runtime})
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            most = {}
            for flow in map(json.loads, done.stdout.decode().splitlines()):
                most[flow["initiator"]] = max(most.get(flow["initiator"], [0, 0]), flow["packets"])
            return most
        bed.eventually(lambda: told() == dict.fromkeys(self.addresses, [packets, packets]),
                       "each conversation is told with both of its sides, and nothing else")

    def test_workers_share_it_again_when_the_interface_comes_back(self):
        holter = self.start('[capture]\ninterface = "eth0"\nworkers = 2\n')
        bed.eventually(lambda: self.sharing() == 2, "two sockets")
        self.host.sh("ip link set eth0 down")
        bed.eventually(lambda: self.interfaces(holter)[0]["state"] == "waiting", "it is seen to be down")
        self.host.sh("ip link set eth0 up")
        bed.eventually(lambda: self.interfaces(holter)[0]["state"] == "capturing", "it is captured again")
        bed.eventually(lambda: self.sharing() == 2, "two sockets again")
        time.sleep(0.3)
        before = self.interfaces(holter)[0]["packets"]
        self.exchange()
        bed.eventually(lambda: self.interfaces(holter)[0]["packets"] - before >= 2 * CLIENTS * FRAMES, "all are there")
        self.assertTrue(all(held > FRAMES for held in self.held(holter).values()), self.held(holter))
        told = self.bed.holter(self.host, "network", "--since", "1h", "--json",
                               env={"XDG_RUNTIME_DIR": holter.runtime}).stdout.decode()
        changes = [json.loads(line) for line in told.splitlines() if '"interface"' in line]
        self.assertEqual(len([one for one in changes if one.get("what") == "interface"]), 2, "each change once")

    def test_what_overflows_is_counted_by_each(self):
        holter = self.start('[capture]\ninterface = "eth0"\nworkers = 2\n')
        bed.eventually(lambda: self.sharing() == 2, "two sockets")
        time.sleep(1.5)
        before, shown = sum(self.host.counters("eth0")), self.interfaces(holter)[0]
        os.kill(holter.pid, signal.SIGSTOP)
        try:
            for _ in range(BURST // CLIENTS):
                for sender in self.senders:
                    sender.sendto(bytes(1400), ("10.77.1.200", PORT + 1))
        finally:
            os.kill(holter.pid, signal.SIGCONT)

        def exact():
            now = self.interfaces(holter)[0]
            seen, lost = now["packets"] - shown["packets"], now["kernel_drops"] - shown["kernel_drops"]
            return sum(self.host.counters("eth0")) - before == seen + lost and lost > 0 and seen > BURST // 10
        bed.eventually(exact, "each frame is received or counted as dropped", timeout=30)

    def test_several_interfaces_and_one_that_goes(self):
        other = self.bed.node("other")
        self.host.sh(f"ip link add eth1 type veth peer name eth0 netns {other.holder.pid}; "
                     "ip addr add 10.78.0.1/24 dev eth1; ip link set eth1 up")
        other.sh("ip addr add 10.78.0.2/24 dev eth0; ip link set eth0 up")
        holter = self.start('[capture]\ninterface = ["eth0", "eth1"]\n', interfaces=2)
        self.assertEqual([one["interface"] for one in self.interfaces(holter)], ["eth0", "eth1"])
        self.assert_words(holter.out(), "captures", "eth0, eth1")
        aside = other.udp("10.78.0.2", 7777)
        for number in range(10):
            aside.sendto(b"%08d" % number, ("10.78.0.1", PORT))
        self.host.udp("10.78.0.1", PORT)
        self.exchange()
        time.sleep(0.5)
        frames = self.frozen(self.freeze(holter, "--last", "30s"), "frame.interface_name", "ip.src")
        self.assertEqual(sum(name == "eth0" for name, _ in frames), 2 * CLIENTS * FRAMES)
        self.assertEqual(frames.count(["eth1", "10.78.0.2"]), 10)

        other.sh("ip link delete eth0")
        bed.eventually(lambda: self.interfaces(holter)[1]["state"] == "waiting", "the other one is gone")
        self.assertTrue(any("eth1" in problem for problem in holter.api("health")["problems"]), "and that is said")
        before = self.interfaces(holter)[0]["packets"]
        self.exchange(100)
        bed.eventually(lambda: self.interfaces(holter)[0]["packets"] - before >= 2 * CLIENTS * FRAMES, "the first goes on")

    def test_what_cannot_be_is_said(self):
        for settings, word in (('workers = 0', "1 to 32"), ('interface = ["eth0", "eth0"]', "twice")):
            path = self.bed.path("wrong.toml")
            with open(path, "w") as file:
                file.write(f"[capture]\n{settings}\n")
            told = self.bed.holter(self.host, "run", "--config", path)
            self.assertEqual(told.returncode, 2)
            self.assert_words(told.stderr.decode(), word)


if __name__ == "__main__":
    bed.main()
