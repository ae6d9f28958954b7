#!/usr/bin/env python3
"""The client and the server of the heartbeats ancestor as they are on the wire, written from
docs/formats/ancestor_heartbeats.md alone: with scapy, as the ancestors were, or as bare bytes where many are needed.

    ancestor_heartbeats.py client OWN SERVER     lines on standard input are messages; answers pulses
    ancestor_heartbeats.py server OWN TIMEOUT PULSES

Both say what they do, a line each. Like the ancestors they wait for the RST of the other's kernel after a SYN, and the
server sends its pulses one after another and waits 1 s after each.
"""
import os
import random
import socket
import struct
import sys
import threading
import time

PORT, PULSE_PORT = 11414, 11415
HEARTBEAT, TERMINATE = b"MSG_HEARTBEAT", b"TERMINATE"
SYN, RST, PSH, ACK = 0x02, 0x04, 0x08, 0x10


def _checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def segment(source, destination, flags, sequence, acknowledgment=0, text=b""):
    """One packet; ends are (address, port)."""
    a, b = socket.inet_aton(source[0]), socket.inet_aton(destination[0])
    tcp = struct.pack(">HHIIBBHHH", source[1], destination[1], sequence, acknowledgment, 0x50, flags, 8192, 0, 0) + text
    pseudo = a + b + struct.pack(">BBH", 0, socket.IPPROTO_TCP, len(tcp))
    tcp = tcp[:16] + struct.pack(">H", _checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0, 64, socket.IPPROTO_TCP, 0, a, b)
    return ip[:10] + struct.pack(">H", _checksum(ip)) + ip[12:] + tcp


def message(source, destination, sequence, text):
    return [segment(source, destination, SYN, sequence), segment(source, destination, ACK, sequence + 1, 1),
            segment(source, destination, ACK, sequence + 2, 1, text)]


class Seen:
    """A captured packet, without its link header."""

    def __init__(self, packet):
        self.packet = packet[:struct.unpack_from(">H", packet, 2)[0]]
        self.source, self.destination = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
        self.sport, self.dport, self.sequence, self.acknowledgment = struct.unpack_from(">HHII", packet, 20)
        self.flags, self.text = packet[33], self.packet[20 + (packet[32] >> 4) * 4:]

    def __repr__(self):
        return f"{self.source}:{self.sport}>{self.destination}:{self.dport} {self.flags:#x} {self.sequence} {self.text!r}"


class Wire(threading.Thread):
    """Everything of the two ports that passes an interface of this network namespace, in order."""

    def __init__(self, interface, on_seen=None):
        super().__init__(daemon=True)
        self.seen, self.on_seen, self.done = [], on_seen, False
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.bind((interface, 0))
        self.socket.settimeout(0.2)
        self.loopback = interface == "lo"

    def run(self):
        while not self.done:
            try:
                frame, (_, _, direction, *_) = self.socket.recvfrom(65536)
            except TimeoutError:
                continue
            if frame[12:14] != b"\x08\0" or frame[14 + 9] != socket.IPPROTO_TCP:
                continue
            if self.loopback and direction == socket.PACKET_OUTGOING:
                continue
            seen = Seen(frame[14:])
            if {seen.sport, seen.dport} & {PORT, PULSE_PORT}:
                self.seen.append(seen)
                if self.on_seen:
                    self.on_seen(seen)
        self.socket.close()

    def close(self):
        self.done = True
        self.join()


class BareClients(Wire):
    """Many clients on one host without scapy: each address answers its pulses unless it is deaf."""

    def __init__(self, interface, addresses, server):
        super().__init__(interface, self.hear)
        self.server = server
        self.ports = {address: random.randint(1024, 65353) for address in addresses}
        self.sequences = dict.fromkeys(addresses, 1)
        self.deaf, self.pulses, self.lock = set(), {address: 0 for address in addresses}, threading.Lock()
        self.out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def say(self, address, text):
        with self.lock:
            for packet in message((address, self.ports[address]), (self.server, PORT), self.sequences[address], text):
                self.out.sendto(packet, (self.server, 0))
            self.sequences[address] += 3

    def hear(self, seen):
        if seen.dport != PULSE_PORT or seen.flags != ACK or seen.text != HEARTBEAT:
            return
        self.pulses[seen.destination] += 1
        if seen.destination not in self.deaf:
            self.say(seen.destination, HEARTBEAT)

    def close(self):
        super().close()
        self.out.close()


def _tell(*words):
    print(*words, flush=True)


def _scapy():
    from scapy import all as scapy  # pylint: disable=import-outside-toplevel
    scapy.conf.verb = 0
    return scapy


def _send_message(scapy, own, peer, sport, dport, sequence, text):
    """As the ancestors do; the RST to the SYN is waited for, for ever if need be."""
    ip = scapy.IP(src=own, dst=peer)
    reset = scapy.sr1(ip / scapy.TCP(sport=sport, dport=dport, flags="S", seq=sequence))
    scapy.send(ip / scapy.TCP(sport=sport, dport=dport, flags="A", seq=sequence + 1, ack=reset.seq + 1))
    last = scapy.TCP(sport=sport, dport=dport, flags="A", seq=sequence + 2, ack=reset.seq + 1)
    scapy.sr(ip / last / text, multi=1, timeout=1)


def _sniff(scapy, own, port, handle):
    interface = next(name for name in scapy.get_if_list() if scapy.get_if_addr(name) == own)

    def started():
        _tell("ready", os.getpid())
    scapy.sniff(iface=interface, filter=f"port {port} && (dst host {own})", prn=handle, store=0, started_callback=started)


def client(own, server):
    scapy = _scapy()
    sport, sequence, lock = random.randint(1024, 65353), [1], threading.Lock()

    def send(text):
        with lock:
            _send_message(scapy, own, server, sport, PORT, sequence[0], text)
            sequence[0] += 3

    def read():
        for line in sys.stdin.buffer:
            send(line.rstrip(b"\n"))
            _tell("sent", line.rstrip(b"\n").decode())
        os._exit(0)

    def handle(packet):
        if packet.haslayer(scapy.Raw) and packet[scapy.Raw].load == HEARTBEAT and packet[scapy.TCP].flags == "A":
            _tell("pulse", packet[scapy.IP].src)
            send(HEARTBEAT)
            _tell("answered", packet[scapy.IP].src)

    threading.Thread(target=read, daemon=True).start()
    _sniff(scapy, own, PULSE_PORT, handle)


def server(own, timeout, pulses):
    scapy = _scapy()
    silent, asked = {}, {}

    def handle(packet):
        source, flags = packet[scapy.IP].src, packet[scapy.TCP].flags
        if flags == "S" and source != own and source not in silent:
            silent[source], asked[source] = 0, 0
            _tell("opened", source)
        elif flags == "A" and packet[scapy.IP].len > 40:
            load = packet[scapy.Raw].load
            silent[source], asked[source] = 0, 0
            if load == TERMINATE:
                del silent[source]
                _tell("closed", source)
            else:
                _tell("said", source, load.decode(errors="replace"))

    def judge():
        while True:
            time.sleep(1)
            for source in list(silent):
                silent[source] += 1
                if silent[source] < timeout:
                    continue
                if asked[source] >= pulses:
                    del silent[source]
                    _tell("gave_up", source)
                    continue
                asked[source] += 1
                _send_message(scapy, own, source, random.randint(1024, 65353), PULSE_PORT, 0, HEARTBEAT)
                _tell("pulsed", source)

    threading.Thread(target=judge, daemon=True).start()
    _sniff(scapy, own, PORT, handle)


if __name__ == "__main__":
    if sys.argv[1] == "client":
        client(sys.argv[2], sys.argv[3])
    else:
        server(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
