#!/usr/bin/env python3
"""Many clients of the heartbeats ancestor that say MSG_HEARTBEAT once a second: `ancestor_clients.py SERVER ADDRESS...`

Each has its phase and sends the three segments of docs/formats/ancestor_heartbeats.md; none waits for a RST, and none
answers. On standard input: `kill ADDRESS` silences one at once and answers `killed ADDRESS LAST` (seconds since 1970);
the end of the input ends all.
"""
import os
import random
import select
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import ancestor_heartbeats as ancestor  # noqa: E402 (stands in the folder beside)

INTERVAL = 1.0  # s


def main(server, addresses):
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    # Sequence numbers are not looked at: the same message again and again.
    messages = {address: ancestor.message((address, random.randint(1024, 65353)), (server, ancestor.PORT), 1,
                                          ancestor.HEARTBEAT) for address in addresses}
    alive, last = set(addresses), dict.fromkeys(addresses, 0.0)
    start, number = time.monotonic(), 0
    while True:
        due = start + number * INTERVAL / len(addresses)
        if select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
            line = sys.stdin.readline()
            if not line:
                return
            address = line.split()[1]
            alive.discard(address)
            print("killed", address, last[address], flush=True)
            continue
        address = addresses[number % len(addresses)]
        number += 1
        if address in alive:
            for packet in messages[address]:
                out.sendto(packet, (server, 0))
            last[address] = time.time()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
