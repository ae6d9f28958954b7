#!/usr/bin/env python3
"""SIGKILL at 200 random moments under load: what was acknowledged or shown from the store before is there after the next
start, each once. Then the crash of the broker, of an agent and of a hub alone.

HOLTER_SEED replays the moments (the load beside them is the machine's own)."""
import os
import random
import signal
import threading
import time

import bed
import pulse_datagram

KILLS = 200
NODES = 4
LONGEST_LIFE = 0.5  # seconds from the page being there to the kill
HUB = ("127.0.0.1", 4280)


def ids(results):
    return [(r["agent"], r["probe"], r["at"]) for r in results]


class Load:
    """A beacon that sends numbered messages as fast as they are acknowledged, and traffic on lo, until the end."""

    def __init__(self, node, rng):
        self.socket = node.udp("127.0.0.1")
        self.socket.settimeout(0.02)
        self.noise = node.udp("127.0.0.1")
        self.incarnation = rng.randrange(1, 2**63)
        self.sequence = self.number = 0
        self.acknowledged = set()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.ended.is_set():
            self.number += 1
            while not self.ended.is_set() and not self.deliver():
                pass

    def deliver(self):
        self.sequence += 1
        text = b"message %d" % self.number
        datagram = pulse_datagram.pulse(b"load", self.sequence, kind=pulse_datagram.MESSAGE, number=self.number,
                                        incarnation=self.incarnation, text=text, interval_ms=1000)
        try:
            self.socket.sendto(datagram, HUB)
            for port in range(20000, 20004):
                self.noise.sendto(b"noise", ("127.0.0.1", port))
            while True:
                answer = self.socket.recv(2048)
                if answer[5] == pulse_datagram.ACK and int.from_bytes(answer[12:16], "little") >= self.number:
                    self.acknowledged.add(text.decode())
                    time.sleep(0.01)
                    return True
        except (TimeoutError, ConnectionError):
            time.sleep(0.01)
            return False

    def stop(self):
        self.ended.set()
        self.thread.join()


class SigKill(bed.Case):
    def kill_again_and_again(self, number, kills, seed, failures):
        try:
            rng = random.Random(seed * 1000 + number)
            node = self.nodes[number]
            load = Load(node, rng)
            load.thread.start()
            holter, seen = None, set()
            for _ in range(kills):
                holter = holter.again() if holter else self.bed.start(node, "--interface", "lo", label=f"node{number}")
                holter.wait_page()
                found = ids(holter.results())
                if len(found) != len(set(found)):
                    raise AssertionError("a result is there twice")
                if seen - set(found):
                    raise AssertionError(f"{len(seen - set(found))} results that were shown are gone: "
                                         f"{sorted(seen - set(found))[:3]}")
                time.sleep(rng.random() * LONGEST_LIFE)
                if rng.random() < 0.5:
                    seen |= set(ids(holter.results()))
                holter.stop(signal.SIGKILL)
                if [name for name in os.listdir(holter.data) if "damaged" in name]:
                    raise AssertionError("the store was found damaged")
            load.stop()
            holter = holter.again().wait_page()
            self.check_messages(holter, load)
            if holter.stop() != 0:
                raise AssertionError("it does not end well")
        except Exception as error:  # of a thread: told by the test
            failures.append(f"node {number}, HOLTER_SEED={seed}: {error!r}")

    def check_messages(self, holter, load):
        session = bed.eventually(lambda: holter.session("load"), "the session is known")
        last = int(session["last_message"]["text"].split()[1])
        acknowledged = max((int(text.split()[1]) for text in load.acknowledged), default=0)
        if last < acknowledged:
            raise AssertionError(f"message {acknowledged} was acknowledged, the newest that is kept is {last}")
        stored = holter.api("health")["store"]["records"]["pulse_message"]
        if stored < len(load.acknowledged):
            raise AssertionError(f"{len(load.acknowledged)} messages were acknowledged, {stored} are kept")

    def test_200_random_moments(self):
        seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        print(f"HOLTER_SEED={seed}")
        self.nodes = [self.bed.node(f"n{number}") for number in range(NODES)]
        failures = []
        threads = [threading.Thread(target=self.kill_again_and_again, args=(n, KILLS // NODES, seed, failures))
                   for n in range(NODES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_the_broker_alone(self):
        node = self.bed.solo()
        holter = self.bed.start(node, "--interface", "lo").wait_page()
        bed.eventually(lambda: holter.api("capture")["interfaces"][0]["state"] == "capturing", "capturing")
        with open(f"/proc/{holter.pid}/task/{holter.pid}/children") as children:
            broker = int(children.read().split()[0])
        os.kill(broker, signal.SIGKILL)
        before = len(holter.results())
        bed.eventually(lambda: len(holter.results()) > before + 3, "probes go on with the sockets they have")
        self.assertEqual(holter.api("capture")["interfaces"][0]["state"], "capturing")
        node.sh("ip link set lo down; ip link set lo up")
        bed.eventually(lambda: any("holter-broker has ended" in p or "start holter again" in p
                                   for p in holter.api("health")["problems"]), "what no longer works is a problem")
        self.assertEqual(holter.stop(), 0)

    def test_the_agent_and_the_hub_alone(self):
        node = self.bed.solo()
        hub = self.bed.start(node, role="hub").wait_page()
        agent = self.bed.start(node, "--hub", "127.0.0.1", "--interface", "lo", "--name", "a1", role="agent")
        seen = set()
        rng = random.Random(int(os.environ.get("HOLTER_SEED", random.randrange(2**32))))
        for turn in range(6):
            bed.eventually(lambda: set(ids(hub.results())) - seen, "new results come")
            seen |= set(ids(hub.results()))
            time.sleep(rng.random())
            if turn % 2:
                hub.stop(signal.SIGKILL)
                hub = hub.again().wait_page()
            else:
                agent.stop(signal.SIGKILL)
                agent = agent.again()
            found = bed.eventually(lambda: (f := ids(hub.results())) and f, "results")
            self.assertEqual(len(found), len(set(found)), "each once")
            self.assertEqual(seen - set(found), set(), "none is gone")
        self.assertEqual(agent.stop(), 0)
        self.assertEqual(hub.stop(), 0)


if __name__ == "__main__":
    bed.main()
