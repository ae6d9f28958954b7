#!/usr/bin/env python3
"""The heartbeats ancestor: its clients at holter, holter's client at its server, and both of holter's at each other.

What is sent is compared to the byte with docs/formats/ancestor_heartbeats.md; peers are in ancestor_heartbeats.py.
"""
import os
import random
import signal
import socket
import subprocess
import sys
import time

import ancestor_heartbeats as ancestor
import bed

LEFT, RIGHT = "10.77.0.1", "10.77.0.2"
WITH_SCAPY = next((p for p in (sys.executable, "/usr/bin/python3")
                   if subprocess.run([p, "-c", "import scapy"], capture_output=True, check=False).returncode == 0), None)


class Talk(bed.Program):
    """A program whose standard input stays open."""

    def __init__(self, case, node, command, label):
        self.pipe_end, write = os.pipe()
        self.lines = os.fdopen(write, "wb", buffering=0)
        self.real_popen = node.popen
        super().__init__(case.bed, self, command, label)
        self.node = node
        case.bed._own(self)

    def popen(self, *arguments, stdin=None, **options):
        program = self.real_popen(*arguments, stdin=self.pipe_end, **options)
        os.close(self.pipe_end)
        return program

    def type(self, *lines):
        for line in lines:
            self.lines.write(line if isinstance(line, bytes) else line.encode() + b"\n")

    def end_input(self):
        self.lines.close()

    def wait_said(self, *words, count=1, timeout=15.0):
        """The lines that hold all `words`, once there are `count` of them."""
        def said():
            found = [line for line in self.out().splitlines() if all(word in line for word in words)]
            return found if len(found) >= count else None
        return bed.eventually(said, f"{self.label} says {' … '.join(words)} {count} times", timeout)

    def close(self):
        super().close()
        self.lines.close()


class Case(bed.Case):
    def setUp(self):
        super().setUp()
        self.left, self.right = self.bed.pair(ipv6=False)
        for node in (self.left, self.right):
            link = node.command("ip", "link", "show", "eth0")
            bed.eventually(lambda link=link: b"state UP" in subprocess.run(link, capture_output=True, check=True).stdout,
                           "the link is up")

    def wire(self, node, interface="eth0", kind=ancestor.Wire, **more):
        with node.inside():
            made = kind(interface, **more)
        made.start()
        self.bed.cleanup.callback(made.close)
        return made

    def hub(self, *options, node=None, label="server"):
        command = [bed.HOLTER, "compat", "heartbeat-server", *options]
        return Talk(self, node or self.left, command, label)

    def listening(self, *options, **more):
        program = self.hub(*options, **more)
        program.wait_said("Listening for messages")
        return program

    def client(self, *options, node=None, label="client"):
        return Talk(self, node or self.right, [bed.HOLTER, "compat", "heartbeat-client", *options], label)

    def peer(self, node, *arguments, label):
        if WITH_SCAPY is None:
            raise bed.Skip("python3-scapy is not installed")
        program = Talk(self, node, [WITH_SCAPY, "-B", ancestor.__file__, *map(str, arguments)], label)
        program.wait_said("ready", timeout=30)
        return program

    def bare_clients(self, count, node=None):
        node = node or self.right
        addresses = [f"10.77.0.{100 + i}" for i in range(count)]
        node.sh(";".join(f"ip addr add {address}/24 dev eth0" for address in addresses))
        return addresses, self.wire(node, kind=ancestor.BareClients, addresses=addresses, server=LEFT)

    def assert_message(self, seen, text, sport=None, dport=ancestor.PORT):
        """Three packets in a row are a message, to the byte; returns where they came from."""
        first = seen[0]
        source, destination = (first.source, first.sport), (first.destination, dport)
        wanted = ancestor.message(source, destination, first.sequence, text)
        self.assertEqual([s.packet.hex() for s in seen[:3]], [packet.hex() for packet in wanted])
        if sport:
            self.assertEqual(first.sport, sport)
        return first.sport


def times(text, words):
    return sum(words in line for line in text.splitlines())


class Server(Case):
    """holter compat heartbeat-server with clients of the ancestor."""

    def test_a_client_of_the_ancestor_speaks_is_asked_and_terminates(self):
        program = self.listening("--timeout", "3", "--pulses", "3")
        program.wait_said("Welcome to the Heartbeats Server!")
        program.wait_said(f"local ip : {LEFT}")
        wire = self.wire(self.left)
        client = self.peer(self.right, "client", RIGHT, LEFT, label="ancestor")
        client.type("Whats up Doc?")
        program.wait_said(f"heartbeat session with {RIGHT} has been opened")
        program.wait_said(f"{RIGHT} said Whats up Doc?")
        client.wait_said("sent", "Doc?")
        program.wait_said(f"Session with {RIGHT} timedout.")
        program.wait_said(f"Sent a pulse to {RIGHT}.")
        client.wait_said("answered")
        program.wait_said(f"{RIGHT} said MSG_HEARTBEAT")
        pulses = [s for s in wire.seen if s.dport == ancestor.PULSE_PORT and s.source == LEFT]
        self.assert_message(pulses, ancestor.HEARTBEAT, dport=ancestor.PULSE_PORT)
        client.type("TERMINATE")
        program.wait_said(f"heartbeat session with {RIGHT} has been closed")
        self.assertEqual(times(program.out(), "giving up"), 0)
        client.type("again")
        program.wait_said(f"heartbeat session with {RIGHT} has been opened", count=2)
        self.assertEqual(program.stop(signal.SIGINT), 0)

    def test_a_vanished_client_gets_exactly_n_pulses(self):
        program = self.listening("--timeout", "1", "--pulses", "4")
        (address,), clients = self.bare_clients(1)
        clients.deaf.add(address)
        clients.say(address, b"hello")
        program.wait_said(f"giving up on {address}.")
        program.wait_said(f"heartbeat session with {address} has been closed")
        self.assertEqual(times(program.out(), f"Sent a pulse to {address}."), 4)
        self.assertEqual(times(program.out(), f"Session with {address} timedout."), 1)
        self.assertEqual(clients.pulses[address], 4)
        pulses = [s for s in clients.seen if s.dport == ancestor.PULSE_PORT]
        ports = {self.assert_message(pulses[i:i + 3], ancestor.HEARTBEAT, dport=ancestor.PULSE_PORT)
                 for i in range(0, 12, 3)}
        self.assertGreater(len(ports), 1, "a new port for each pulse")
        clients.say(address, b"back")
        program.wait_said(f"heartbeat session with {address} has been opened", count=2)

    def test_twenty_clients_are_kept_at_the_same_time(self):
        program = self.listening("--timeout", "2", "--pulses", "3")
        addresses, clients = self.bare_clients(20)
        gone, ended = addresses[:5], addresses[5]
        clients.deaf.update(gone)
        for address in addresses:
            clients.say(address, b"hello from " + address.encode())
        for address in addresses:
            program.wait_said(f"{address} said hello from {address}")
        clients.say(ended, b"TERMINATE")
        for address in gone:
            program.wait_said(f"giving up on {address}.")
        living = addresses[6:]
        bed.eventually(lambda: all(clients.pulses[address] >= 2 for address in living), "the living are asked again")
        out = program.out()
        for address in addresses:
            closed = times(out, f"heartbeat session with {address} has been closed")
            self.assertEqual(closed, 1 if address in (*gone, ended) else 0, address)
            self.assertEqual(times(out, f"giving up on {address}."), 1 if address in gone else 0, address)
        for address in gone:
            self.assertEqual(clients.pulses[address], 3, address)
        self.assertEqual(clients.pulses[ended], 0)

    def test_a_lone_syn_and_hostile_segments_do_no_harm(self):
        program = self.listening("--timeout", "2", "--pulses", "1", "--debug")
        (address, other), clients = self.bare_clients(2)
        clients.deaf.add(address)
        source, destination = (address, 5000), (LEFT, ancestor.PORT)
        clients.out.sendto(ancestor.segment(source, destination, ancestor.SYN, 1), (LEFT, 0))
        program.wait_said(f"heartbeat session with {address} has been opened")
        seed = int(os.environ.get("HOLTER_SEED", random.randrange(1 << 32)))
        print(f"HOLTER_SEED={seed}")
        dice = random.Random(seed)
        for _ in range(2000):
            packet = bytearray(ancestor.segment((address, dice.randrange(65536)), destination, dice.randrange(256), 1, 1,
                                                dice.randbytes(dice.randrange(0, 1200))))
            for _ in range(dice.randrange(4)):
                packet[dice.randrange(20, len(packet))] = dice.randrange(256)
            clients.out.sendto(bytes(packet), (LEFT, 0))

        def said_after_all():  # the ring may still be full
            clients.say(other, b"\x1b[2Jred \xff\x00")
            time.sleep(0.5)
            return [line for line in program.out().splitlines() if f"{other} said" in line]
        said = bed.eventually(said_after_all, "it is heard")
        self.assertIn("\\x1b[2Jred", said[0])
        self.assertNotIn("\x1b", program.out())
        program.wait_said(f"giving up on {address}.")
        clients.say(other, b"still here")
        program.wait_said(f"{other} said still here")
        self.assertTrue(program.running())

    def test_debug_shows_header_fields_and_silence(self):
        program = self.listening("--timeout", "30", "--pulses", "1", "--debug")
        addresses, clients = self.bare_clients(2)
        for address in addresses:
            clients.say(address, b"Whats up Doc?")
        program.wait_said("data : Whats up Doc?", count=2)
        for line in ("-- Ether INFO --", "ip proto : 2048", "-- IP INFO --", f"dst ip : {LEFT}",
                     f"src ip : {addresses[0]}", "ip ver : 4", "pkt size : 53", "-- TCP INFO --", "tcp flag: A",
                     f"src port : {clients.ports[addresses[0]]}", "dest port : 11414"):
            program.wait_said(line)
        for seconds in (1, 2, 3):
            for address in addresses:
                program.wait_said(f"{address} hasnt replied for {seconds} seconds")

    def test_the_questions_are_asked_again_after_nonsense(self):
        program = self.hub()
        for answer in ("jfjjfjfjf", "-4", "0", "1.5", "", "4"):
            program.type(answer)
        for answer in ("many", "-1", "2"):
            program.type(answer)
        program.wait_said("Listening for messages")
        self.assertEqual(program.out().count("How long should the server wait before sending a PULSE?"), 6)
        self.assertEqual(program.out().count("How many PULSEs should the server send before giving up?"), 3)
        self.assertEqual(program.out().count("Something went wrong, try again"), 7)

    def test_without_answers_or_with_wrong_ones_it_does_not_begin(self):
        program = self.hub()
        program.end_input()
        self.assertEqual(program.wait(), 2)
        self.assertIn("give --timeout and --pulses", program.log())
        told = self.bed.holter(self.left, "compat", "heartbeat-server", "--timeout", "soon", "--pulses", "3")
        self.assertEqual(told.returncode, 2)
        self.assertIn(b"--timeout: a timeout is a whole number of seconds", told.stderr)

    def test_an_interrupt_ends_the_questions(self):
        program = self.hub()
        bed.eventually(lambda: "How long" in program.out(), "the question")
        self.assertEqual(program.stop(signal.SIGINT), 2)


class Client(Case):
    """holter compat heartbeat-client with the server of the ancestor."""

    def test_it_speaks_to_the_server_of_the_ancestor(self):
        server = self.peer(self.left, "server", LEFT, 2, 3, label="ancestor")
        wire = self.wire(self.right)
        program = self.client()
        program.wait_said("Welcome to the Heartbeats Client!")
        program.wait_said(f"local ip : {RIGHT}")
        program.type("nonsense", LEFT, "ll", "S", "Whats up Doc?")
        program.wait_said("try again!")
        program.wait_said("Unknown Input, Please try again!")
        program.wait_said("Message Sent!")
        server.wait_said("opened", RIGHT)
        server.wait_said("said", RIGHT, "Whats up Doc?")
        server.wait_said("pulsed", RIGHT)
        program.wait_said(f"Received a Pulse from {LEFT}")
        program.wait_said(f"Responded back to the PULSE from {LEFT}")
        server.wait_said("said", RIGHT, "MSG_HEARTBEAT")
        own = [s for s in wire.seen if s.source == RIGHT and s.dport == ancestor.PORT]
        port = self.assert_message(own, b"Whats up Doc?")
        self.assert_message(own[3:], ancestor.HEARTBEAT, sport=port)
        self.assertEqual([s.sequence for s in own[:6]], [1, 2, 3, 4, 5, 6])
        program.type("q")
        program.wait_said("sent a terminate command")
        server.wait_said("closed", RIGHT)
        program.type(LEFT, "s", "hello again", "E")
        self.assertEqual(program.wait(), 0)
        server.wait_said("opened", RIGHT, count=2)
        server.wait_said("closed", RIGHT, count=2)

    def test_it_waits_for_the_reset_and_says_when_nothing_is_heard(self):
        program = self.client("--to", "10.77.0.9")
        self.right.sh("ip neigh add 10.77.0.9 lladdr 02:00:00:00:00:09 dev eth0")
        wire = self.wire(self.right)
        program.type("s", "hello", "e")
        program.wait_said("Nothing was heard of 10.77.0.9")
        self.assertEqual(program.wait(), 1)
        own = [s for s in wire.seen if s.dport == ancestor.PORT]
        self.assert_message(own, b"hello")

    def test_an_address_without_a_way_is_asked_for_again(self):
        program = self.client()
        program.type("198.51.100.1", LEFT, "e")
        program.wait_said("try again!")
        self.assertEqual(program.wait(), 0)
        self.assertEqual(program.out().count("Please input the ip address"), 2)

    def test_the_end_of_the_input_and_signals_end_it(self):
        for choice in ("e", "E", None):
            with self.subTest(choice):
                program = self.client("--to", LEFT, label=f"client-{choice}")
                if choice:
                    program.type(choice)
                else:
                    program.end_input()
                self.assertEqual(program.wait(), 0)
        program = self.client("--to", LEFT, label="client-interrupted")
        program.wait_said("S) Send")
        self.assertEqual(program.stop(signal.SIGINT), 0)

    def test_a_menu_fed_with_nonsense(self):
        program = self.client("--to", LEFT)
        program.type(*[bytes([byte]) * 3 + b"\n" for byte in range(256)], b"x" * 100_000 + b"\n", "e")
        self.assertEqual(program.wait(), 0)
        self.assertGreater(program.out().count("Unknown Input"), 250)
        self.assertNotIn("\x1b", program.out())

    def test_only_the_chosen_server_is_answered(self):
        program = self.client("--to", LEFT, "--debug")
        program.wait_said("S) Send")
        wire = self.wire(self.right)
        with self.left.inside():
            out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.bed.cleanup.callback(out.close)
        self.left.sh("ip addr add 10.77.0.66/24 dev eth0")
        for source in ("10.77.0.66", LEFT):
            for packet in ancestor.message((source, 17665), (RIGHT, ancestor.PULSE_PORT), 0, ancestor.HEARTBEAT):
                out.sendto(packet, (RIGHT, 0))
        program.wait_said(f"Responded back to the PULSE from {LEFT}")
        own = [s for s in wire.seen if s.source == RIGHT and s.dport == ancestor.PORT]
        self.assert_message(own, ancestor.HEARTBEAT)
        self.assertEqual({s.destination for s in own}, {LEFT})
        program.wait_said("data : MSG_HEARTBEAT")


class Both(Case):
    """holter's server and client at each other."""

    def converse(self, hub_node, client_node, hub_address, client_address, interface):
        wire = self.wire(hub_node, interface)
        hub = self.listening("--timeout", "2", "--pulses", "2", node=hub_node)
        client = self.client("--to", hub_address, node=client_node)
        client.type("s", "Whats up Doc?")
        client.wait_said("Message Sent!")
        hub.wait_said(f"heartbeat session with {client_address} has been opened")
        hub.wait_said(f"{client_address} said Whats up Doc?")
        hub.wait_said(f"Sent a pulse to {client_address}.")
        client.wait_said(f"Responded back to the PULSE from {hub_address}")
        hub.wait_said(f"{client_address} said MSG_HEARTBEAT")
        client.type("e")
        self.assertEqual(client.wait(), 0)
        hub.wait_said(f"heartbeat session with {client_address} has been closed")
        out = hub.out()
        self.assertEqual(times(out, "said Whats up Doc?"), 1)
        self.assertEqual(times(out, "has been opened"), 1)
        self.assertEqual(times(out, "Sent a pulse"), times(out, "said MSG_HEARTBEAT"))
        said = [s for s in wire.seen if s.dport == ancestor.PORT and s.source == client_address]
        self.assert_message(said, b"Whats up Doc?")
        resets = [s for s in wire.seen if s.flags & ancestor.RST and s.sport == ancestor.PORT]
        self.assertTrue(resets, "the kernel answers")

    def test_over_a_wire(self):
        self.converse(self.left, self.right, LEFT, RIGHT, "eth0")

    def test_over_loopback(self):
        self.converse(self.left, self.left, "127.0.0.1", "127.0.0.1", "lo")

    def test_over_an_own_address(self):
        self.converse(self.left, self.left, LEFT, LEFT, "lo")


class Run(Case):
    """holter run with [compat.heartbeats]: its sessions are ordinary sessions."""

    def start(self, *lines):
        path = self.bed.path("holter.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(["[compat.heartbeats]", "enabled = true", *lines]))
        return self.bed.start(self.left, "-c", path, "--targets", "loopback").wait_page()

    def hearing(self, *lines):
        holter = self.start(*lines)
        holter.wait_log("listening for clients of the heartbeats ancestor", "eth0")
        return holter

    def test_sessions_are_ordinary_sessions(self):
        holter = self.hearing('timeout = "2s"', "pulses = 3")
        (address, vanished), clients = self.bare_clients(2)
        clients.deaf.add(vanished)
        clients.say(address, b"Whats up Doc?")
        clients.say(vanished, b"hello")
        session = holter.wait_session(address, "up")
        self.assertEqual((session["way"], session["authentication"]), ("segment", "none"))
        bed.eventually(lambda: holter.session(address)["detection_time_seconds"] == 2.0, "its detection time is told")
        holter.wait_log("message", address, "Whats up Doc?")
        down = holter.wait_session(vanished, "down")
        moves = [change["to"] for change in reversed(down["changes"])]
        self.assertEqual(moves, ["up", "pulsing", "pulsing", "pulsing", "down"])
        self.assertEqual(clients.pulses[vanished], 3)
        bed.eventually(lambda: clients.pulses[address] >= 2, "the living one is asked and answers")
        self.assertNotEqual(holter.session(address)["state"], "down")
        clients.say(address, b"and now TERMINATE it")
        holter.wait_session(address, "admin_down")
        heard = 'holter_compat_heartbeat_segments_total{kind="heard"}'
        bed.eventually(lambda: holter.figure(heard) > 5, "segments are counted")
        clients.say(vanished, b"back")
        holter.wait_session(vanished, "up")
        told = self.bed.holter(self.left, "sessions", "--json", env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual(told.returncode, 0, told)
        self.assertIn(f'"{address}"', told.stdout.decode())

    def test_a_session_from_before_a_restart_is_asked(self):
        holter = self.hearing('timeout = "2s"', "pulses = 2")
        (address,), clients = self.bare_clients(1)
        clients.say(address, b"hello")
        holter.wait_session(address, "up")
        self.assertEqual(holter.stop(), 0)
        before = clients.pulses[address]
        holter = holter.again().wait_page()
        bed.eventually(lambda: clients.pulses[address] > before, "it is asked after the restart")
        holter.wait_session(address, "up")

    def test_it_is_off_by_default(self):
        holter = self.bed.start(self.left, "--targets", "loopback").wait_page()
        (address,), clients = self.bare_clients(1)
        clients.say(address, b"hello")
        time.sleep(1)
        self.assertEqual(holter.api("sessions")["sessions"], [])

    def test_what_cannot_be_heard_is_said(self):
        holter = self.start('interface = "eth7"')
        holter.wait_log("clients of the heartbeats ancestor are not heard", "eth7")
        self.assertTrue(holter.running())


class Privilege(Case):
    def test_without_privilege_both_say_what_to_do(self):
        copied = self.bed.path("bin")
        os.mkdir(copied)
        for name in ("holter", "holter-broker"):
            with open(os.path.join(os.path.dirname(bed.HOLTER), name), "rb") as source:
                with open(os.path.join(copied, name), "wb") as target:
                    target.write(source.read())
            os.chmod(os.path.join(copied, name), 0o755)
        for name in ("heartbeat-server", "heartbeat-client"):
            with self.subTest(name):
                command = self.left.command("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw",
                                            f"{copied}/holter", "compat", name)
                told = subprocess.run(command, capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL,
                                      env={**os.environ, **self.bed.environment()})
                self.assertEqual(told.returncode, 1, told)
                self.assertIn(b"no capture and no raw sockets", told.stderr)
                self.assertIn(b"start holter as root", told.stderr)


if __name__ == "__main__":
    bed.main()
