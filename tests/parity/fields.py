"""The fields of every packet of a capture, as holter and as tshark see them: for each packet a dict from the name of a
field to the list of its values, in their order."""
import gzip
import hashlib
import json
import os
import re
import subprocess

TSHARK = ["tshark", "-n", "-T", "json"]
# Every kind of packet that is in pieces is put together, on both sides alike; messages over TCP in the order of the
# stream, and the heads of HTTP without waiting for their bodies.
PREFERENCES = ["tcp.relative_sequence_numbers:FALSE", "http.desegment_body:FALSE"]
# Asked for apart: tshark reads no message out of a segment whose sum it has found bad.
SUMS = ["ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE"]
TIMEOUT = 300
QUOTING = ("icmp", "icmpv6")


def of_holter(holter, path):
    done = subprocess.run([holter, "read", "--json", path], capture_output=True, check=False, timeout=TIMEOUT)
    return [our_fields(json.loads(line)) for line in done.stdout.decode().splitlines()]


def our_fields(packet):
    out = {}
    for layer, members in packet.items():
        gather_ours(out, re.sub(r"_\d+$", "", layer), members)
    return out


def gather_ours(out, name, value):
    if isinstance(value, dict):
        for member, inner in value.items():
            if member != "quoted":
                gather_ours(out, f"{name}.{member}", inner)
    elif isinstance(value, list):
        for inner in value:
            gather_ours(out, name, inner)
    elif value is not None:
        out.setdefault(name, []).append(value)


def of_tshark(path):
    packets = packets_of_tshark(path, PREFERENCES)
    for packet, summed in zip(packets, packets_of_tshark(path, PREFERENCES + SUMS)):
        packet.update((name, values) for name, values in summed.items() if name.endswith("checksum.status"))
    return packets


def has_tls(their):
    return any(name.startswith("tls.") for name in their)


def lower_port(their):
    return min(map(int, their.get("tcp.port", ["0"])))


def tell_of_tls(path, ours, theirs):
    """tshark goes by ports, and holter by what is said. Where holter finds TLS on a port that tshark takes for something
    else, tshark is asked once more and told that it is TLS, so that its records are compared and not their absence."""
    ports = {lower_port(their) for our, their in zip(ours, theirs) if "tls.record.type" in our and not has_tls(their)}
    told = [f"tcp.port=={port},tls" for port in sorted(ports - {0})]
    if told:
        for their, other in zip(theirs, packets_of_tshark(path, PREFERENCES, told)):
            if lower_port(their) in ports and not has_tls(their):
                their.update((name, values) for name, values in other.items() if name.startswith("tls."))


def packets_of_tshark(path, preferences, told=()):
    return [their_fields(packet) for packet in json.loads(answer_of_tshark(path, preferences, told), strict=False,
                                                          object_pairs_hook=list) if packet]


def answer_of_tshark(path, preferences, told):
    """From HOLTER_PARITY_CACHE when it is there: tshark takes a hundred microseconds a packet."""
    cache = os.environ.get("HOLTER_PARITY_CACHE")
    if not cache:
        return ask_tshark(path, preferences, told)
    with open(path, "rb") as file:
        question = repr([*preferences, *told]).encode()
        name = os.path.join(cache, hashlib.sha256(file.read() + question).hexdigest() + ".json.gz")
    if not os.path.exists(name):
        os.makedirs(cache, exist_ok=True)
        with gzip.open(f"{name}.{os.getpid()}", "wb", compresslevel=1) as file:
            file.write(ask_tshark(path, preferences, told).encode())
        os.replace(f"{name}.{os.getpid()}", name)
    with gzip.open(name, "rb") as file:
        return file.read().decode()


def ask_tshark(path, preferences, told):
    options = [word for preference in preferences for word in ("-o", preference)]
    options += [word for rule in told for word in ("-d", rule)]
    done = subprocess.run([*TSHARK, "-r", path, *options], capture_output=True, check=False, timeout=TIMEOUT)
    answer = done.stdout.decode(errors="replace").rstrip()
    return answer if answer.endswith("]") else answer + "\n]"  # a damaged file ends its answer early


def their_fields(packet):
    layers = dict(dict(packet)["_source"])["layers"]
    out = {}
    for layer, members in layers:
        gather_theirs(out, layer, layer, members)
        if layer in QUOTING:
            break  # an application that the quoted packet is of has a layer of its own
    return out


def gather_theirs(out, layer, name, value):
    if isinstance(value, list) and all(isinstance(item, tuple) for item in value):
        for member, inner in value:
            # What an error quotes is another packet.
            if layer in QUOTING and "." not in member and " " not in member and isinstance(inner, list):
                continue
            gather_theirs(out, layer, member, inner)
    elif isinstance(value, list):
        for inner in value:
            gather_theirs(out, layer, name, inner)
    else:
        out.setdefault(name, []).append(value)
