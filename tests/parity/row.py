"""A row of the parity table: one field of holter and the field of tshark that says the same, and how tshark's text is
read. rows_*.py hold the tables, one a family of protocols."""
import dataclasses
import ipaddress


def number(text):
    return int(text, 0)


def flag(text):
    return {"1": True, "0": False, "true": True, "false": False}[text.lower()]


def address(text):
    return str(ipaddress.ip_address(text))


def text(value):
    return value


def hexadecimal(value):
    """tshark writes bytes with colons."""
    return value.replace(":", "").lower()


def decimal(value):
    return float(value)


# tshark's states of a checksum (proto.h, PROTO_CHECKSUM_E_*) in holter's words.
def checksum_state(value):
    return {"0": "bad", "1": "good", "2": "unverified", "3": "none", "4": "unverified"}[value]


@dataclasses.dataclass(frozen=True)
class Row:
    ours: str  # "tcp.window"
    theirs: str  # "tcp.window_size_value"
    read: callable = number  # of one of their values
    # Called with all their fields of the packet (a dict of lists): False leaves the packet out of this row.
    when: callable = None
    # Called with one of our values: what of it is compared.
    shown: callable = None
    # Called with all their fields and the place of a sum among them: True says that it was left to the sender's device
    # (sums.py).
    left: callable = None
