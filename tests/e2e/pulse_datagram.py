"""Pulses written from docs/formats/pulse.md alone: a second opinion on the format, and a way to send what no beacon would."""
import struct

PULSE, ASK, ANSWER, MESSAGE, TERMINATE, ACK, CHALLENGE = 1, 2, 3, 4, 5, 6, 7
HEADER = struct.Struct("<4sBBHIIQQqIBBH32s")
COOKIE_BYTES = 32


def pulse(name, sequence, *, kind=PULSE, incarnation=0x0102030405060708, number=0, interval_ms=1000, multiplier=3,
          sent=0, text=b"", version=1, magic=b"HLTP", key_id=0):
    smallest = HEADER.size + len(name) + COOKIE_BYTES
    header = HEADER.pack(magic, version, kind, 0, key_id, number, incarnation, sequence, sent, interval_ms, multiplier,
                         len(name), len(text), bytes(32))
    return (header + name + text).ljust(smallest, b"\0")
