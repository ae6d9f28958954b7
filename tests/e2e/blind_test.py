#!/usr/bin/env python3
"""The observer suspects itself first: whatever cuts the hub off or stops it, there is one blind time and no session goes
down. The rules: docs/blind.md."""
import signal
import subprocess
import sys
import time

import beacons
import bed

BEACONS = 50
INTERVAL_MS, MULTIPLIER = 100, 3
DETECTION = INTERVAL_MS * MULTIPLIER / 1000
STOPS = (1, 5, 30)
HOGS_RUN = 12


def start(test_bed, node, pulses):
    """holter that asks nobody: down at the detection time."""
    config = test_bed.path("holter.toml")
    with open(config, "w") as file:
        file.write("[heartbeat]\nasks = 0\n")
    return test_bed.start(node, "--config", config, "--pulses", pulses).wait_page()


class Beacons(beacons.Running):
    def __init__(self, test, node, hub, count=BEACONS, prefix="b"):
        super().__init__(node, hub, count, INTERVAL_MS, MULTIPLIER, prefix)
        test.addCleanup(self.close)

    def late(self, n):
        """The longest time between two pulses of beacon n, in seconds."""
        return int(self.tell("late", n)[2]) / 1000


class Blind(bed.Case):
    """router (10.77.1.1, 10.77.2.1) between the hub (10.77.1.2, 10.77.1.0/24) and the beacons (10.77.2.2)."""

    def setUp(self):
        super().setUp()
        bed.need("nft")
        self.hub, self.router, self.far = (self.bed.node(name) for name in ("hub", "router", "far"))
        for number, node in ((1, self.hub), (2, self.far)):
            node.sh(f"ip link add eth0 type veth peer name eth{number} netns {self.router.holder.pid}; "
                    f"ip addr add 10.77.{number}.2/24 dev eth0; ip link set eth0 up")
            self.router.sh(f"ip addr add 10.77.{number}.1/24 dev eth{number}; ip link set eth{number} up")
            node.sh(f"ip route add default via 10.77.{number}.1")
        self.router.sh("sysctl -qw net.ipv4.ip_forward=1")
        self.holter = start(self.bed, self.hub, "10.77.1.2:4280")
        self.beacons = Beacons(self, self.far, "10.77.1.2")
        self.wait_states({"up": BEACONS})
        # The gateway has answered, and the figures of all sessions have followed.
        bed.eventually(lambda: self.holter.target("gateway")["last"]["outcome"] == "ok", "the gateway answers")
        time.sleep(1.5)

    def states(self):
        states = {}
        for session in self.holter.api("sessions")["sessions"]:
            states[session["state"]] = states.get(session["state"], 0) + 1
        return states

    def wait_states(self, wanted, timeout=15.0):
        return bed.eventually(lambda: self.states() == wanted, f"sessions: {wanted}", timeout)

    def changes(self, what="observer"):
        return [c for c in self.holter.api("health")["network_changes"] if c["what"] == what][::-1]

    def gaps(self, cause):
        gaps = self.holter.api("health")["gaps"]
        return [gap for gap in gaps if gap["cause"] == cause and gap["where"].startswith("heartbeat")]

    def downs(self):
        return [s["name"] for s in self.holter.api("sessions")["sessions"]
                if any(change["to"] == "down" for change in s["changes"])]

    def expect_blind(self, why, lasts=3.0):
        """While it is cut off: what it says, everywhere."""
        blind = bed.eventually(lambda: self.holter.api("health")["blind"], "holter says that it is blind")
        self.assertEqual([(b["interface"], b["why"], b["sessions"]) for b in blind], [("eth0", why, BEACONS)])
        self.wait_states({"blind": BEACONS})
        self.assertEqual(self.holter.api("health")["status"], "degraded")
        environment = {"XDG_RUNTIME_DIR": self.holter.runtime}
        status = self.bed.holter(self.hub, "status", env=environment).stdout.decode()
        self.assert_words(status, "blind since ", why, f"{BEACONS} sessions are not judged")
        time.sleep(lasts * bed.TIME_FACTOR)

    def expect_over(self, why):
        """All up again, and one beginning, one end, one gap, nobody down."""
        self.wait_states({"up": BEACONS})
        bed.eventually(lambda: not self.holter.api("health")["blind"], "it is over")
        changes = self.changes()
        self.assertEqual([(c["subject"], c["before"]) for c in changes], [("eth0", "sees"), ("eth0", "blind: " + why)])
        self.assertEqual(changes[0]["after"], "blind: " + why)
        self.assert_words(changes[1]["after"], "sees again after ")
        self.assertEqual([gap["where"] for gap in self.gaps("blind")], ["heartbeat eth0"])
        self.assertEqual(self.downs(), [])
        log = self.holter.log()
        self.assertEqual(log.count("holter is blind"), 1)
        self.assertEqual(log.count("holter sees again"), 1)
        self.assertNotIn("gave up on session", log)

    def test_the_own_interface_is_set_down(self):
        self.hub.sh("ip link set eth0 down")
        self.expect_blind("the interface eth0 is down")
        self.hub.sh("ip link set eth0 up; ip route add default via 10.77.1.1")
        self.expect_over("the interface eth0 is down")

    def test_the_other_end_of_the_cable_is_down(self):
        self.router.sh("ip link set eth1 down")
        self.expect_blind("eth0 has no carrier")
        self.router.sh("ip link set eth1 up")
        self.expect_over("eth0 has no carrier")

    def test_the_router_drops_everything(self):
        self.router.sh("nft add table ip t; nft add chain ip t in '{ type filter hook prerouting priority 0; }'; "
                       "nft add rule ip t in drop")
        why = "the gateway 10.77.1.1 on eth0 does not answer"
        self.expect_blind(why)
        self.router.sh("nft flush ruleset")
        self.expect_over(why)

    def test_what_is_cut_behind_the_gateway_goes_down(self):
        self.router.sh("ip link set eth2 down")
        self.wait_states({"down": BEACONS})
        self.assertEqual(self.changes(), [])
        self.router.sh("ip link set eth2 up")
        self.wait_states({"up": BEACONS})

    def test_one_that_dies_is_down_and_the_others_are_not(self):
        self.beacons.tell("kill", 7)
        self.wait_states({"up": BEACONS - 1, "down": 1})
        self.assertEqual(self.downs(), ["b7"])
        self.assertEqual(self.changes(), [])

    def test_a_hub_that_is_stopped_takes_nobody_down(self):
        for number, stopped in enumerate(STOPS, 1):
            self.holter.send(signal.SIGSTOP)
            time.sleep(stopped)
            self.holter.send(signal.SIGCONT)
            bed.eventually(lambda: len(self.gaps("suspended")) >= number, "the gap of the stop")
            time.sleep(DETECTION * 3)
            self.wait_states({"up": BEACONS})
        self.assertEqual(self.downs(), [])
        self.assertEqual([(c["subject"], c["after"].split(" after ")[0]) for c in self.changes()],
                         [("holter", "blind: holter did not run"), ("holter", "sees again")] * len(STOPS))

    def test_two_hogs_take_nobody_down(self):
        for _ in range(2):
            hog = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            self.addCleanup(hog.wait)
            self.addCleanup(hog.kill)
        for n in range(BEACONS):
            self.beacons.late(n)
        time.sleep(HOGS_RUN)
        downs = self.downs()
        late = {f"b{n}": self.beacons.late(n) for n in range(BEACONS)}
        # A beacon that was starved itself did not pulse: to say so is right.
        self.assertEqual({name: late[name] for name in downs if late[name] < DETECTION - INTERVAL_MS / 2000}, {})
        print(f"longest time between two pulses: {max(late.values()) * 1000:.0f} ms, down: {len(downs)}")
        self.wait_states({"up": BEACONS})


class WithoutAGateway(bed.Case):
    """The hub and two hosts on one bridge."""

    def test_a_bridge_that_passes_nothing_is_a_blind_time(self):
        bridge, hub, left, right = (self.bed.node(name) for name in ("bridge", "hub", "left", "right"))
        bridge.sh("ip link add br0 type bridge; ip link set br0 up")
        for number, node in enumerate((hub, left, right), 1):
            node.sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
            node.sh(f"ip link add eth0 type veth peer name port{number} netns {bridge.holder.pid}; "
                    f"ip addr add 10.78.0.{number}/24 dev eth0; ip link set eth0 up")
            bridge.sh(f"ip link set port{number} master br0; ip link set port{number} up")
        holter = start(self.bed, hub, "10.78.0.1:4280")
        for name, node in (("left", left), ("right", right)):
            Beacons(self, node, "10.78.0.1", 5, name)

        def all_in(state):
            sessions = holter.api("sessions")["sessions"]
            return len(sessions) == 10 and all(s["state"] == state for s in sessions)
        bed.eventually(lambda: all_in("up"), "all are up")
        bridge.sh("ip link set port1 nomaster")
        why = "nothing is received on eth0, and nobody answers there"
        blind = bed.eventually(lambda: holter.api("health")["blind"], "blind")
        self.assertEqual([b["why"] for b in blind], [why])
        bed.eventually(lambda: all_in("blind"), "all are blind")
        bridge.sh("ip link set port1 master br0")
        bed.eventually(lambda: all_in("up"), "all are up again")
        self.assertNotIn("gave up on session", holter.log())
        self.assertEqual(holter.log().count("holter is blind"), 1)


if __name__ == "__main__":
    bed.main()
