#!/usr/bin/env python3
"""holter's own traffic: who reads it or hears its reports over the captured interface adds nothing to what is recorded.

Nothing is on the wire but what holter and the tests send, so that an idle network stays idle to the last packet, however
often holter is asked and whoever connects again. And only its very own sockets are meant: the same port of anybody else
is recorded like any other.
"""
import contextlib
import socket
import threading
import time

import bed

HOST, PEER = "10.77.0.1", "10.77.0.2"
SETTLED = 5.0  # longer than a conversation with an end or an interval of the counters takes to be told


class Quiet(bed.Case):
    def setUp(self):
        super().setUp()
        # IPv4 alone, with the neighbours known.
        self.host, self.peer = self.bed.pair(ipv6=False)
        for node, other, address in ((self.host, self.peer, PEER), (self.peer, self.host, HOST)):
            node.sh(f"ip neigh replace {address} lladdr {hardware(other)} dev eth0 nud permanent")

    def connect(self, node, address, port):
        """A TCP connection that ends with the test; nothing is sent."""
        with node.inside():
            made = socket.create_connection((address, port), timeout=10 * bed.TIME_FACTOR)
        self.addCleanup(made.close)
        return made

    def listen(self, node, address, port):
        with node.inside():
            made = socket.create_server((address, port))
        self.addCleanup(made.close)
        return made

    def conversations(self, holter, *ports):
        return [c for c in holter.api("conversations?limit=10000")["conversations"]
                if c["protocol"] == "tcp" and {c["initiator_port"], c["responder_port"]} & set(ports)]


def hardware(node):
    return node.sh("ip -brief link show eth0").split()[2]


def on_eth0(holter):
    return next(i for i in holter.api("capture")["interfaces"] if i["interface"] == "eth0")


def recorded(figures):
    return figures["packets"] - figures["own"] - figures["filtered"]


class Page(Quiet):
    """`holter run`, read by the peer."""

    def start(self, http=HOST):
        """Its own page is asked over the loopback, which is not captured."""
        holter = self.bed.start(self.host, "--interface", "eth0", "--targets", "loopback", "--insecure", "--http",
                                f"{http}:4280", host=HOST).wait_page()
        bed.eventually(lambda: on_eth0(holter)["state"] == "capturing", "capturing")
        return holter

    def ask(self, path, address=HOST):
        """From the peer, on a connection of its own."""
        with self.peer.inside(), socket.create_connection((address, 4280), timeout=10 * bed.TIME_FACTOR) as asked:
            asked.sendall(f"GET {path} HTTP/1.1\r\nHost: {address}:4280\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while part := asked.recv(65536):
                answer += part
        return answer

    @contextlib.contextmanager
    def followed(self, path="/api/v1/live", address=HOST):
        """An event stream that the peer reads meanwhile; a list of what came."""
        parts = []
        stream = self.connect(self.peer, address, 4280)
        stream.settimeout(None)
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {address}:4280\r\n\r\n".encode())

        def read():
            with contextlib.suppress(OSError):
                while part := stream.recv(65536):
                    parts.append(part)
        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            yield parts
        finally:
            stream.shutdown(socket.SHUT_RDWR)
            reader.join()
            stream.close()

    def test_reading_it_over_the_captured_interface_records_nothing(self):
        holter = self.start()
        with self.followed() as live, self.followed("/api/v1/live?topics=conversations,network"):
            for _ in range(50):
                self.assertTrue(self.ask("/api/v1/health").startswith(b"HTTP/1.1 200 "))
            first = bed.settled(lambda: recorded(on_eth0(holter)))
            own = on_eth0(holter)["own"]
            time.sleep(SETTLED)
            after = on_eth0(holter)
            self.assertTrue(live)
        self.assertEqual((first, recorded(after)), (0, 0), "not even the handshakes")
        self.assertGreater(own, 50 * 6)
        self.assertGreater(after["own"], own, "the followed page is sent something each second")
        self.assertEqual(self.conversations(holter, 4280), [])

    def test_the_same_port_of_another_host_is_recorded(self):
        holter = self.start()
        self.listen(self.peer, PEER, 4280)
        self.connect(self.host, PEER, 4280).sendall(b"not holter")
        found = bed.eventually(lambda: self.conversations(holter, 4280), "the conversation")
        self.assertEqual([(c["responder"], c["responder_port"]) for c in found], [(PEER, 4280)])
        self.assertEqual(on_eth0(holter)["own"], 0)

    def test_every_address_of_the_host_is_its_own_also_a_new_one(self):
        holter = self.start("0.0.0.0")
        self.listen(self.peer, PEER, 4280)
        self.ask("/api/v1/health")
        before = holter.figure('holter_own_sockets{kind="listening"}')
        self.host.sh("ip addr add 10.77.0.9/24 dev eth0")
        self.peer.sh(f"ip neigh replace 10.77.0.9 lladdr {hardware(self.host)} dev eth0 nud permanent")
        bed.eventually(lambda: holter.figure('holter_own_sockets{kind="listening"}') > before, "it is known")
        with self.followed(address="10.77.0.9"):
            time.sleep(SETTLED)
            figures = on_eth0(holter)
        self.assertEqual(recorded(figures), 0)
        self.assertGreater(figures["own"], 12)
        self.connect(self.host, PEER, 4280)
        found = bed.eventually(lambda: self.conversations(holter, 4280), "the other host's")
        self.assertEqual({c["responder"] for c in found}, {PEER})


class Uplink(Quiet):
    """An agent that captures the interface over which it reports."""

    def setUp(self):
        super().setUp()
        self.hub = self.start_hub()
        self.agent = self.bed.start(self.peer, "--hub", HOST, "--insecure", "--name", "west", "--interface", "eth0",
                                    role="agent")

    def start_hub(self):
        return self.bed.start(self.host, "--listen", f"{HOST}:4282", "--http", f"{HOST}:4280", "--insecure",
                              "--targets", "loopback", role="hub", host=HOST).wait_page()

    def accepted(self, times):
        bed.eventually(lambda: self.agent.log().count("accepted by hub") >= times, "the agent is accepted", 60)
        bed.eventually(lambda: on_eth0(self.hub)["own"] > 0, "its figures are told")

    def assert_idle(self):
        before = on_eth0(self.hub)
        time.sleep(SETTLED)
        after = on_eth0(self.hub)
        self.assertEqual(recorded(after) - recorded(before), 0)
        self.assertGreater(after["own"], before["own"], "it reported all the time")
        self.assertEqual(self.conversations(self.hub, 4282), [], "not even of a handshake, or of a refused one")

    def test_reports_are_not_reported_also_after_a_reconnect(self):
        self.accepted(1)
        self.assert_idle()
        self.assertEqual(self.hub.stop(), 0)
        refused = self.agent.log().count("no connection to the hub")
        bed.eventually(lambda: self.agent.log().count("no connection to the hub") >= refused + 2, "it tries", 30)
        self.hub = self.hub.again().wait_page()
        self.accepted(2)
        self.assert_idle()

    def test_only_its_very_own_connection_is_left_out(self):
        self.accepted(1)
        with self.peer.inside():
            other = socket.create_connection((HOST, 4282))
        port = other.getsockname()[1]
        self.addCleanup(other.close)
        self.listen(self.peer, PEER, 4282)
        self.connect(self.host, PEER, 4282)
        found = bed.eventually(lambda: len(c := self.conversations(self.hub, 4282)) >= 2 and c, "both are recorded", 30)
        self.assertEqual({(c["initiator"], c["responder"]) for c in found}, {(PEER, HOST), (HOST, PEER)})
        self.assertEqual({c["initiator_port"] for c in found if c["initiator"] == PEER}, {port})


if __name__ == "__main__":
    bed.main()
