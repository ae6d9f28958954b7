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
    """Of the packet's last addresses: with the length, and without."""
    for version in ("ip", "ipv6"):
        if f"{version}.src" in their and f"{version}.dst" in their:
            packed = b"".join(ipaddress.ip_address(their[f"{version}.{end}"][-1]).packed for end in ("src", "dst"))
            words = sum(struct.unpack(f">{len(packed) // 2}H", packed))
            return {folded(words + protocol + length), folded(words + protocol)}
    return set()


def number_of(their, name):
    return int(their[name][-1], 0) if name in their else None


def transport_left(their, protocol, checksum, length):
    value = number_of(their, checksum)
    return value is not None and length is not None and value in pseudo_sums(their, protocol, length)


def tcp_left(their):
    header, payload = number_of(their, "tcp.hdr_len"), number_of(their, "tcp.len")
    length = header + payload if header is not None and payload is not None else None
    return transport_left(their, 6, "tcp.checksum", length)


def udp_left(their):
    return transport_left(their, 17, "udp.checksum", number_of(their, "udp.length"))


def ipv4_left(their):
    return "0x0000" in their.get("ip.checksum", [])
