"""What a sum is that was left to the sender's device, worked out of tshark's fields apart from holter: the pseudo header's
sum alone, with the length (Linux) or without it (NDIS), or 0 in an IPv4 header. tshark calls such a sum bad; nobody has
damaged anything, and holter says unverified, as the capture was taken before the device filled it in."""
import ipaddress
import struct


def folded(total):
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def pseudo_sums(their, protocol, length):
    """Of any pair of the packet's addresses, as a tunnel has several: with the length, and without."""
    sums = set()
    for version in ("ip", "ipv6"):
        for ends in zip(their.get(f"{version}.src", []), their.get(f"{version}.dst", [])):
            packed = b"".join(ipaddress.ip_address(end).packed for end in ends)
            words = sum(struct.unpack(f">{len(packed) // 2}H", packed))
            sums |= {folded(words + protocol + length), folded(words + protocol)}
    return sums


def number_of(their, name, index):
    values = their.get(name, [])
    return int(values[index], 0) if index < len(values) else None


def transport_left(their, index, protocol, checksum, length):
    value = number_of(their, checksum, index)
    return value is not None and length is not None and value in pseudo_sums(their, protocol, length)


def tcp_left(their, index):
    header, payload = number_of(their, "tcp.hdr_len", index), number_of(their, "tcp.len", index)
    length = header + payload if header is not None and payload is not None else None
    return transport_left(their, index, 6, "tcp.checksum", length)


def udp_left(their, index):
    return transport_left(their, index, 17, "udp.checksum", number_of(their, "udp.length", index))


def ipv4_left(their, index):
    return number_of(their, "ip.checksum", index) == 0
