#!/usr/bin/env python3
"""holter's fields beside tshark's over 150 captures chosen by a seed; `make parity` takes all of them, of which at least
99.9 % of the values have to be equal. One odd capture weighs ten times as much among 150. The differences that remain
have their verdicts in docs/parity.md."""
import os
import subprocess
import sys

import bed

SHARED = os.environ.get("HOLTER_SHARED", os.path.join(bed.ROOT, "../shared"))
CAPTURES = os.path.join(SHARED, "pcaps")
PARITY = os.path.join(bed.ROOT, "tests/parity/parity.py")


class FieldsParity(bed.Case):
    def test_fields_are_those_of_tshark(self):
        bed.need("tshark")
        bed.beside(os.path.isdir(CAPTURES), f"captures in {CAPTURES} (HOLTER_SHARED names the directory)")
        seed = ["--seed", os.environ["HOLTER_SEED"]] if "HOLTER_SEED" in os.environ else []
        done = subprocess.run([sys.executable, "-B", PARITY, "--holter", bed.HOLTER, "--captures", CAPTURES,
                               "--count", "150", "--bar", "0.99", "--show", "", *seed], capture_output=True, check=False, text=True,
                              timeout=600 * bed.TIME_FACTOR)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print(done.stdout.splitlines()[-1], file=sys.stderr)


if __name__ == "__main__":
    bed.main()
