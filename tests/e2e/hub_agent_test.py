#!/usr/bin/env python3
"""A hub and an agent on two hosts: the plan, the results, the link that breaks, the hub that is killed.

Nothing may be lost and nothing may be there twice: a probe runs every second, so its stored results are a row of
points about one second apart, whatever happened to the link meanwhile.
"""
import datetime
import os
import signal
import time

import bed

HUB = "10.77.0.1"
OUTAGE = 10.0
LARGEST_STEP = 2.5  # s between two results of a probe that runs every second on a busy machine


def seconds(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class HubAgent(bed.Case):
    def setUp(self):
        super().setUp()
        left, right = self.bed.pair()
        self.hub_node, self.agent_node = left, right
        self.hub = self.start_hub()
        self.agent = self.bed.start(right, "--hub", HUB, "--insecure", "--name", "west", "--interface", "eth0",
                                    role="agent")
        self.west = ""  # its id, once the hub knows it

    def start_hub(self):
        options = ("--listen", f"{HUB}:4282", "--http", f"{HUB}:4280", "--insecure", "--targets", "loopback")
        return self.bed.start(self.hub_node, *options, role="hub", host=HUB).wait_page()

    def of_agent(self, hub=None):
        """The stored results of the agent's loopback probe, oldest first."""
        hub = hub or self.hub
        if not self.west:
            agents = bed.eventually(lambda: hub.api("health")["agents"], "the agent")
            self.west = agents[0]["agent"]
        return [r for r in reversed(hub.results("loopback")) if r["agent"] == self.west]

    def wait_results(self, count, hub=None, timeout=30.0):
        return bed.eventually(lambda: (r := self.of_agent(hub)) and len(r) >= count and r, f"{count} results", timeout)

    def assert_whole(self, results, begin, end):
        """Each once, none missing between the two wall times."""
        times = [seconds(r["at"]) for r in results]
        self.assertEqual(len(times), len(set(times)), "there twice")
        inside = [t for t in times if begin <= t <= end]
        steps = [b - a for a, b in zip(inside, inside[1:])]
        self.assertTrue(steps)
        self.assertLess(max(steps), LARGEST_STEP * bed.TIME_FACTOR, "results are missing")
        self.assertLess(inside[0] - begin, LARGEST_STEP * bed.TIME_FACTOR)
        self.assertLess(end - inside[-1], LARGEST_STEP * bed.TIME_FACTOR)

    def test_an_agent_has_the_frames_of_the_last_seconds_too(self):
        bed.need("tshark")
        self.wait_results(1)
        sender = self.hub_node.udp(HUB)
        for number in range(20):
            sender.sendto(b"%08d" % number, ("10.77.0.2", 9999))
        runtime = {"XDG_RUNTIME_DIR": self.agent.runtime}
        path = self.bed.path("agent.pcapng")
        done = bed.eventually(lambda: (d := self.bed.holter(self.agent_node, "freeze", "-w", path, "--force", env=runtime))
                              .returncode == 0 and d, "frames of the agent")
        self.assertEqual(done.returncode, 0)
        seen = bed.run("tshark", "-r", path, "-Y", "udp.dstport == 9999 && !icmp", "-T", "fields", "-e", "udp.payload")
        self.assertEqual([bytes.fromhex(line) for line in seen.split()], [b"%08d" % number for number in range(20)])
        asked = self.bed.holter(self.agent_node, "status", env=runtime)
        self.assertNotEqual(asked.returncode, 0)
        self.assert_words(asked.stderr.decode(), f"this is an agent; its hub, {HUB} port 4282, knows that")

    def test_the_agent_runs_the_hubs_plan(self):
        self.wait_results(3)
        self.assert_words(self.agent.wait_log("accepted by hub"), f"{HUB}:4282")
        self.agent.wait_log("plan received")
        self.hub.wait_log("agent accepted", "west")
        targets = self.hub.api("targets")["targets"]
        self.assertEqual({(t["agent_name"], t["probe"]) for t in targets}, {("west", "loopback"), ("west", "loopback6")})
        self.assertEqual({t["last"]["outcome"] for t in targets}, {"ok"})
        health = self.hub.api("health")
        self.assertEqual(health["role"], "hub")
        self.assertEqual([(a["name"], a["connected"]) for a in health["agents"]], [("west", True)])
        self.assertNotEqual(health["agent"], health["agents"][0]["agent"])

    def test_conversations_of_the_agent_are_at_the_hub(self):
        self.wait_results(1)
        receiver = self.hub_node.udp(HUB, 9999)
        sender = self.agent_node.udp("10.77.0.2", 7777)
        for number in range(10):
            sender.sendto(b"packet %d" % number, (HUB, 9999))
        self.assertTrue(receiver.recv(100))

        def seen():
            return next(c for c in self.hub.api("conversations?limit=1000")["conversations"]
                        if c["agent"] == self.west and c["responder_port"] == 9999)
        conversation = bed.eventually(seen, "the conversation", timeout=30)
        self.assertEqual((conversation["initiator"], conversation["initiator_port"]), ("10.77.0.2", 7777))
        self.assertEqual(conversation["packets"], [10, 0])

    def test_a_broken_link_loses_nothing(self):
        begin = seconds(self.wait_results(3)[0]["at"])
        self.hub_node.sh("ip link set eth0 down")
        time.sleep(OUTAGE)
        self.agent.wait_log("lost the hub", "next_try_in", timeout=30)
        self.assertTrue(self.agent.running())
        self.hub_node.sh("ip link set eth0 up; ip addr replace fd77::1/64 dev eth0 nodad")
        restored = time.time()
        bed.eventually(lambda: self.agent.log().count("accepted by hub") >= 2, "connected again", timeout=60)
        self.hub.wait_log("lost the agent", "west")
        resumed = [line for line in self.agent.log().splitlines() if "resumed" in line][-1]
        self.assertGreater(int(resumed.split("records_kept=")[1].split()[0]), 5)
        bed.eventually(lambda: seconds(self.of_agent()[-1]["at"]) > restored + 2, "drained", timeout=30)
        self.assert_whole(self.of_agent(), begin, restored)

    def test_a_killed_hub_loses_nothing(self):
        begin = seconds(self.wait_results(3)[0]["at"])
        hub = self.hub
        for _ in range(2):
            before = {r["at"] for r in self.of_agent(hub)}
            hub.stop(signal.SIGKILL)
            time.sleep(4)
            hub = hub.again().wait_page()
            restarted = time.time()
            bed.eventually(lambda h=hub, t=restarted: seconds(self.of_agent(h)[-1]["at"]) > t + 1, "goes on", timeout=60)
            after = self.of_agent(hub)
            self.assertEqual(before - {r["at"] for r in after}, set())
            self.assert_whole(after, begin, restarted)

    def test_a_killed_agent_loses_only_its_last_moments(self):
        begin = seconds(self.wait_results(3)[0]["at"])
        self.hub_node.sh("ip link set eth0 down")
        self.agent.wait_log("lost the hub", timeout=30)
        time.sleep(2)
        killed = time.time()
        self.agent.stop(signal.SIGKILL)
        agent = self.agent.again()
        time.sleep(2)
        self.hub_node.sh("ip link set eth0 up")
        bed.eventually(lambda: seconds(self.of_agent()[-1]["at"]) > killed + 3, "goes on", timeout=60)
        self.assert_whole(self.of_agent(), begin, killed - 1.5)
        self.assertTrue(agent.running())

    def test_both_end_when_told(self):
        self.wait_results(2)
        seen = {r["at"] for r in self.of_agent()}
        self.assertEqual(self.agent.stop(), 0)
        self.assertIn("stopped", self.agent.log())
        bed.eventually(lambda: not self.hub.api("health")["agents"][0]["connected"], "the hub sees it go")
        self.assertEqual(self.hub.stop(), 0)
        self.assertEqual(seen - {r["at"] for r in self.of_agent(self.hub.again().wait_page())}, set())

    def test_an_agent_without_a_hub_waits_and_says_so(self):
        self.hub.stop()
        agent = self.bed.start(self.agent_node, "--hub", HUB, "--insecure", "--name", "east", role="agent", label="east")
        line = agent.wait_log("no connection to the hub", "next_try_in")
        self.assertIn("refused", line)
        self.assertTrue(os.path.isdir(agent.data))
        self.hub.again().wait_page()
        agent.wait_log("accepted by hub", timeout=60)


if __name__ == "__main__":
    bed.main()
