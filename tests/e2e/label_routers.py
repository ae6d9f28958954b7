"""Routers of an MPLS network, made up behind a TUN device: whatever goes to 10.97.0.0/16 is answered as if three routers
stood before it, the second and third with labels (RFC 4950). Prints a line when it is there; ends with its input.

Usage: label_routers.py [quote-bytes]     how much of a packet the routers quote (default: all, padded to 128 bytes)
"""
import fcntl
import os
import struct
import subprocess
import sys
import threading

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
LABELS = {1: (), 2: (16001, 24), 3: (16002,)}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def labels_extension(labels):
    stack = b"".join(struct.pack("!I", label << 12 | (i == len(labels) - 1) << 8 | 1) for i, label in enumerate(labels))
    body = struct.pack("!HBB", 4 + len(stack), 1, 1) + stack
    whole = struct.pack("!BBH", 0x20, 0, 0) + body
    return whole[:2] + struct.pack("!H", checksum(whole)) + whole[4:]


def answer(packet, quote_bytes):
    ttl, source, destination = packet[8], packet[12:16], packet[16:20]
    labels = LABELS.get(ttl, ())
    quoted = packet[:quote_bytes] if quote_bytes else packet.ljust(128, b"\0")
    length = 0
    if labels:
        length, quoted = 32, quoted.ljust(128, b"\0") + labels_extension(labels)
    kind, code, sender = (11, 0, bytes((10, 97, 255, ttl))) if ttl in LABELS else (3, 3, destination)
    icmp = struct.pack("!BBHBBH", kind, code, 0, 0, length, 0) + quoted
    icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(icmp), 0, 0, 64, 1, 0) + sender + source
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + icmp


def main():
    quote_bytes = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", b"labels0", IFF_TUN | IFF_NO_PI))
    for command in ("addr add 10.97.0.1/16 dev labels0", "link set labels0 up"):
        subprocess.run(["ip", *command.split()], check=True)

    def serve():
        while True:
            packet = os.read(device, 65536)
            if packet[0] >> 4 == 4 and packet[9] in (1, 6, 17):
                os.write(device, answer(packet, quote_bytes))

    threading.Thread(target=serve, daemon=True).start()
    print("there", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
