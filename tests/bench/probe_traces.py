"""1,000 Paris traces at once through five routers: their cost beside scamper's, and what is known of the hops in a minute
where every router limits its errors as Linux does."""
import json

import bed
import cost
import probe_bed
import probe_peers

TRACES = 1_000
HOPS = probe_bed.ROUTERS + 1
WITHIN = 60  # s
MTR_TRACES = 3
SCAMPER_MOST = 10_000  # packets/s that it takes
ONE_PATH = "one_flow=true rounds=1"  # as scamper asks: one flow, a packet a hop


def sent_by(chain):
    return chain.asker.counters("eth1")[1]


def holter(chain, lines):
    before = sent_by(chain)
    found = probe_bed.holter(chain.asker, "once", len(lines), WITHIN, lines)
    return found | {"packets": sent_by(chain) - before, "known": found["known_hops"] / (len(lines) * HOPS)}


def scamper(chain, targets, a_second, method):
    before = sent_by(chain)
    found, lines = probe_peers.scamper(chain, targets, a_second, method)
    hops = sum(len({hop["probe_ttl"] for hop in trace.get("hops", [])})
               for trace in map(json.loads, lines) if trace["type"] == "trace")
    return found | {"packets": sent_by(chain) - before, "known": hops / (len(targets) * HOPS)}


def middle(runs):
    return sorted(runs, key=probe_bed.us)[len(runs) // 2]


def peer(measure):
    try:
        return measure()
    except bed.Skip as reason:
        return {"left_out": str(reason)}


def measure(effort):
    box = bed.Bed()
    with box.cleanup:
        chain = probe_bed.Chain(box)
        targets = probe_bed.targets(TRACES, probe_bed.FIRST_FAR)
        chain.limit_routers(False)
        one_path = [f"trace {target} {ONE_PATH}" for target in targets]
        found = {"holter, one flow": middle([holter(chain, one_path) for _ in range(effort.rounds)])}
        a_second = min(SCAMPER_MOST, found["holter, one flow"]["packets"] / found["holter, one flow"]["seconds"])
        found["scamper, one flow"] = peer(lambda: middle([scamper(chain, targets, a_second, "udp-paris")
                                                          for _ in range(effort.rounds)]))
        found["holter, all branches"] = holter(chain, [f"trace {target}" for target in targets])
        found["mtr, one cycle"] = peer(lambda: probe_peers.mtr(chain, targets[:MTR_TRACES]))
        chain.limit_routers(True)
        if not effort.quick:
            found["holter, limits on"] = holter(chain, [f"{line} protocol=icmp" for line in one_path])
            found["scamper, limits on"] = peer(lambda: scamper(chain, targets, TRACES * HOPS / WITHIN, "icmp-paris"))
    return found


def row(what, one):
    if "left_out" in one:
        return (what, f"left out: {one['left_out']}", "", "", "", "")
    rate = one.get("packets", 0) / one["seconds"]
    return (what, f"{probe_bed.us(one):,.0f}", f"{one['seconds']:.1f}", cost.shown(one.get("packets")), f"{rate:,.0f}",
            f"{one['known'] * 100:.1f} %" if "known" in one else "")


def report(found):
    lines = [row(what, one) for what, one in found.items()]
    told = cost.table((f"{TRACES:,} Paris traces at once, {HOPS} hops", "CPU us a trace", "seconds", "packets",
                       "packets/s", "hops known"), lines)
    mine, theirs = found["holter, one flow"], found["scamper, one flow"]
    if "left_out" not in theirs:
        told += (f"\n\nholter's CPU of a trace: {probe_bed.us(mine) / probe_bed.us(theirs):.2f} of scamper's "
                 f"(aim: at most 0.5), its time {mine['seconds'] / theirs['seconds']:.2f} (aim: no slower).")
    if limited := found.get("holter, limits on"):
        told += f" With limits {limited['known'] * 100:.1f} % of the hops are known (aim: at least 95 %)."
    return told
