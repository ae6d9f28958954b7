"""The command line and the report of a benchmark that has parts: which are wanted, what each found, the machine."""
import argparse
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import bed  # noqa: E402 (stands in the folder beside)
import idle  # noqa: E402


def main(doc, parts, efforts=None):
    """`parts` are (measure, report) by name; report() makes text of what measure() found. With `efforts`, thorough and
    quick, measure() takes one of them and there is --quick. Nothing judges."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(parts), help="which of them, with commas")
    parser.add_argument("--json", help="where to write the figures too")
    if efforts:
        parser.add_argument("--quick", action="store_true", help="short runs: whether it works, no figures to quote")
    options = parser.parse_args()
    wanted = options.parts.split(",")
    if unknown := set(wanted) - set(parts):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    bed.isolate()
    load, _, _ = os.getloadavg()
    figures = {"machine": idle.machine(), "commit": idle.commit(), "load_before": load}
    effort = (efforts[options.quick],) if efforts else ()
    for name in wanted:
        figures[name] = run(name, *parts[name], *effort)
    print(f"\nMachine: {figures['machine']}, load {load:.1f} before. Commit: {figures['commit']}. "
          f"Command: `{' '.join(['tests/bench/' + os.path.basename(sys.argv[0]), *sys.argv[1:]])}`.")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=1)


def run(name, measure, report, *effort):
    begun = time.monotonic()
    try:
        found = measure(*effort)
    except bed.Skip as reason:
        print(f"\n{name}: left out: {reason}", flush=True)
        return {"left_out": str(reason)}
    print(f"\n{report(found)}", flush=True)
    print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return found
