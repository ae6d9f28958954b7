#!/usr/bin/env python3
"""An interface that is not there, goes, comes back, is switched off and on, or gets another name: said once, shown as a
problem, recorded as a change and a gap, and every frame before and after counted exactly."""
import socket
import time

import bed

FRAMES = 200
PAYLOAD = b"\x88\xb5" + bytes(100)  # IEEE 802 local experimental: no protocol here answers it


class Interface(bed.Case):
    def setUp(self):
        super().setUp()
        self.host, self.peer = self.bed.pair(ipv6=False)

    def start(self, name, *options, **more):
        return self.bed.start(self.host, "--interface", name, "--targets", "loopback", *options, **more).wait_page()

    def board(self, holter, name="eth0"):
        return next(i for i in holter.api("capture")["interfaces"] if i["interface"] == name)

    def wait_state(self, holter, state, name="eth0"):
        return bed.eventually(lambda: (b := self.board(holter, name))["state"] == state and b, f"{name} is {state}")

    def problem(self, holter):
        return next(p for p in holter.api("health")["problems"] if p.startswith("no capture"))

    def send(self, count=FRAMES):
        """Frames that nothing answers, from the peer, each counted by the kernel of the host."""
        with self.peer.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as raw:
            raw.bind(("eth0", 0))
            for _ in range(count):
                raw.send(b"\xff" * 6 + b"\x02\0\0\0\0\1" + PAYLOAD)

    def count_exactly(self, holter, name="eth0"):
        before = self.board(holter, name)["packets"] if name else 0
        kernel = sum(self.host.counters(name))
        self.send()
        sent = sum(self.host.counters(name)) - kernel
        self.assertGreaterEqual(sent, FRAMES)
        bed.eventually(lambda: self.board(holter, name)["packets"] - before >= sent, "all frames are counted")
        time.sleep(1.2)  # one more reading: nothing may be counted twice
        now = self.board(holter, name)
        self.assertEqual(now["packets"] - before, sum(self.host.counters(name)) - kernel)
        self.assertEqual(now["kernel_drops"], 0)

    def lines(self, holter, *words):
        return [line for line in holter.log().splitlines() if all(word in line for word in words)]

    def changes(self, holter):
        return holter.api("health")["store"]["records"]["network_change"]

    def test_one_that_does_not_exist_is_waited_for(self):
        holter = self.start("nosuch")
        self.wait_state(holter, "waiting", "nosuch")
        self.assert_words(self.problem(holter), "nosuch", "there are: lo, eth0", "--interface", "goes on trying")
        status = self.bed.holter(self.host, "status", env={"XDG_RUNTIME_DIR": holter.runtime}).stdout.decode()
        self.assert_words(status, "problem: no capture on nosuch")
        time.sleep(4)  # several tries
        self.assertEqual(len(self.lines(holter, "warn", "nosuch")), 1, holter.log())
        self.assertEqual(holter.results() != [], True, "everything else goes on")
        self.host.sh("ip link add nosuch type veth peer name other; ip link set nosuch up; ip link set other up")
        self.wait_state(holter, "capturing", "nosuch")
        self.assertFalse([p for p in holter.api("health")["problems"] if "capture" in p])

    def test_an_agent_says_once_that_it_waits(self):
        agent = self.bed.start(self.host, "--hub", "127.0.0.1", "--interface", "nosuch", role="agent")
        agent.wait_log("nosuch")
        time.sleep(5)
        self.assertLessEqual(len(self.lines(agent, "capture", "nosuch")), 2, agent.log())

    def test_switched_off_and_on(self):
        holter = self.start("eth0")
        self.wait_state(holter, "capturing")
        self.count_exactly(holter)
        changes = self.changes(holter)
        self.host.sh("ip link set eth0 down")
        self.wait_state(holter, "waiting")
        self.assert_words(self.problem(holter), "eth0", "went down or was removed")
        time.sleep(3)
        self.assertEqual(len(self.lines(holter, "warn", "capture")), 1, holter.log())
        self.host.sh("ip link set eth0 up")
        self.wait_state(holter, "capturing")
        gap = bed.eventually(lambda: next(g for g in holter.api("health")["gaps"] if g["where"] == "capture eth0"),
                             "the gap")
        self.assertEqual((gap["cause"], gap["lane"]), ("capture_loss", "packets"))
        self.assertLess(gap["from"], gap["to"])
        bed.eventually(lambda: self.changes(holter) == changes + 2, "gone and back are recorded")
        self.count_exactly(holter)

    def test_removed_and_made_again(self):
        holter = self.start("eth0")
        self.wait_state(holter, "capturing")
        self.count_exactly(holter)
        self.host.sh("ip link del eth0")
        self.wait_state(holter, "waiting")
        self.host.sh(f"ip link add eth0 type veth peer name eth0 netns {self.peer.holder.pid}; ip link set eth0 up")
        self.peer.sh("ip link set eth0 up")
        self.wait_state(holter, "capturing")
        self.count_exactly(holter)
        self.assertEqual(len(self.lines(holter, "warn", "capture")), 1, holter.log())

    def rename_is_followed(self, script):
        holter = self.start("eth0")
        self.wait_state(holter, "capturing")
        self.count_exactly(holter)
        changes = self.changes(holter)
        try:
            self.host.sh(script)
        except RuntimeError as error:
            raise bed.Skip(f"this kernel does not rename a live interface: {error}") from None
        self.wait_state(holter, "capturing", "lan0")
        self.assertEqual(self.wait_state(holter, "off", "eth0")["why"], "it is called lan0 now")
        self.assertEqual(len(self.lines(holter, "renamed", "interface=eth0", "now=lan0")), 1, holter.log())
        bed.eventually(lambda: self.changes(holter) > changes, "the change is recorded")
        self.assertFalse([p for p in holter.api("health")["problems"] if "capture" in p])
        self.count_exactly(holter, "lan0")
        return holter

    def test_renamed_while_it_is_up(self):
        holter = self.rename_is_followed("ip link set eth0 name lan0")
        self.assertEqual(holter.api("health")["gaps"], [], "no frame was missed")

    def test_renamed_while_it_is_down(self):
        holter = self.rename_is_followed("ip link set eth0 down; ip link set eth0 name lan0; ip link set lan0 up")
        # Gone for good under the new name, and there is one with the old: what was asked for counts again.
        self.host.sh(f"ip link del lan0; ip link add eth0 type veth peer name eth0 netns {self.peer.holder.pid}; "
                     "ip link set eth0 up")
        self.peer.sh("ip link set eth0 up")
        self.wait_state(holter, "capturing", "eth0")
        self.count_exactly(holter)


if __name__ == "__main__":
    bed.main()
