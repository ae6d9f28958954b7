"""What tests of `holter capture` share: two nodes on a quiet wire, the program, and what it wrote."""
import re
import struct

import bed

PORT = 9999


def blocks(path):
    """(type, body) of each block of a little-endian pcapng file."""
    with open(path, "rb") as file:
        data = file.read()
    at, found = 0, []
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        found.append((kind, data[at + 8:at + length - 4]))
        at += length
    return found


class CaptureCase(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("tcpdump")
        # IPv4 alone, with the neighbours known: nothing is on the wire but what the tests send.
        self.host, self.peer = self.bed.pair(ipv6=False)
        for node, other in ((self.host, self.peer), (self.peer, self.host)):
            mac = other.sh("ip -brief link show eth0").split()[2]
            node.sh(f"ip neigh replace 10.77.0.{1 if other is self.host else 2} lladdr {mac} dev eth0 nud permanent")
        self.host.udp("10.77.0.1", PORT)

    def capture(self, *options, label="capture"):
        """Started, and the kernel hands frames over."""
        before = self.sockets()
        program = self.bed._own(bed.Program(self.bed, self.host, [bed.HOLTER, "capture", *options], label))
        bed.eventually(lambda: not program.running() or self.sockets() > before, "it captures")
        return program

    def sockets(self):
        """Packet sockets of the node that are bound to an interface."""
        table = self.host.sh("cat /proc/net/packet").splitlines()[1:]
        return sum(1 for line in table if line.split()[4] != "0")

    def send(self, count, payload=8, first=0):
        """Numbered datagrams."""
        sender = self.peer.udp("10.77.0.2", 0)
        for number in range(first, first + count):
            sender.sendto((b"%08d" % number).ljust(payload, b"."), ("10.77.0.1", PORT))

    def numbers(self, path):
        """Of the datagrams in a pcapng file, in their order."""
        return [int(body[20 + 42:20 + 50]) for kind, body in blocks(path) if kind == 6]

    def tcpdump(self, path, *options):
        return bed.run("tcpdump", "-nr", path, *options).splitlines()

    def figures(self, text):
        """{"received": 2000, "recorded": …} from what the end of a capture says."""
        return {words.split()[0]: int(number) for number, words in re.findall(r"^ *(\d+) (.+)$", text, re.MULTILINE)}
