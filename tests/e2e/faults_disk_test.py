#!/usr/bin/env python3
"""A data directory that is full, read-only, somebody else's, no directory, of a later holter, or damaged: what is wrong,
where, and what to do; nothing that was stored is lost by it, and what could not be stored is counted."""
import os
import random
import shutil
import signal
import sqlite3
import time

import bed

NOBODY = 65534  # whom root becomes here
FLOOD_SECONDS = 40
HUB = ("--hub", "127.0.0.1")


def ids(results):
    return {(r["agent"], r["probe"], r["at"]) for r in results}


class Disk(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        self.rng = random.Random(self.seed)

    def tmpfs(self, name, options):
        path = self.bed.path(name)
        os.mkdir(path)
        owner = f"uid={NOBODY},gid={NOBODY}" if os.getuid() == 0 and self.root() else "uid=0,gid=0"
        self.node.sh(f"mount -t tmpfs -o mode=0700,{owner},{options} none {path}")
        return path

    @staticmethod
    def root():
        with open("/proc/self/uid_map") as file:
            return int(file.read().split()[2]) > NOBODY

    def refused(self, data, *words, code=1):
        """By `run` and `agent` alike, and they leave the directory as it is."""
        for role, options in (("run", ()), ("agent", HUB)):
            holter = self.bed.start(self.node, *options, role=role, data=data, label=f"{role}{time.monotonic()}")
            self.assertEqual(holter.wait(), code, (role, holter.log()))
            self.assert_words(holter.log(), data, *words)
            self.assertEqual(holter.out(), "", "no banner")

    def recorded(self, role="run", seconds=3.0):
        """A data directory with something in it, whose holter has ended."""
        options = HUB if role == "agent" else ()
        holter = self.bed.start(self.node, "--interface", "lo", *options, role=role, label=f"first-{role}")
        if role == "run":
            holter.wait_page()
        time.sleep(seconds)
        results = ids(holter.results()) if role == "run" else None
        self.assertEqual(holter.stop(), 0)
        return holter, results

    def copy(self, data, name):
        path = self.bed.path(name)
        shutil.copytree(data, path)
        there = os.stat(data)
        for where, folders, files in os.walk(path):
            for entry in [".", *folders, *files]:
                os.chown(os.path.join(where, entry), there.st_uid, there.st_gid)
        return path

    def change(self, path, offset, data):
        with open(path, "r+b") as file:
            file.seek(offset)
            file.write(data)

    def test_read_only(self):
        self.refused(self.tmpfs("fixed", "ro"), "Read-only file system", "--data")

    def test_not_a_directory(self):
        path = self.bed.path("file")
        with open(path, "w"):
            pass
        self.refused(path, "not a directory", "--data")

    def test_of_another_user(self):
        path = self.bed.path("theirs")
        os.mkdir(path, 0o700)
        with open(os.path.join(path, "mine"), "w"):
            pass
        os.chown(path, 0, 0)
        for role, options in (("run", ()), ("agent", HUB)):
            holter = self.bed.start(self.node, *options, role=role, data=path, label=role,
                                    prefix=["setpriv", "--reuid=4321", "--regid=4321", "--clear-groups"])
            code = holter.wait()
            if "setpriv" in holter.log():
                raise bed.Skip("this user cannot become another")
            self.assertEqual(code, 1, holter.log())
            self.assert_words(holter.log(), path, "uid 4321", "Permission denied", "--data")

    def test_of_a_later_holter(self):
        first, _ = self.recorded()
        newer = self.copy(first.data, "newer")
        with sqlite3.connect(os.path.join(newer, "holter.db")) as database:
            database.execute("PRAGMA user_version=99")
        database.close()
        holter = self.bed.start(self.node, data=newer, label="on-newer")
        self.assertEqual(holter.wait(), 1)
        self.assert_words(holter.log(), newer, "later holter", "schema 99", "--data")
        self.assertEqual(holter.log().count("cannot open"), 1, holter.log())
        other = self.copy(first.data, "other")
        with sqlite3.connect(os.path.join(other, "holter.db")) as database:
            database.execute("PRAGMA application_id=1")
        database.close()
        holter = self.bed.start(self.node, data=other, label="on-other")
        self.assertEqual(holter.wait(), 1)
        self.assert_words(holter.log(), other, "another program", "--data")
        agent, _ = self.recorded("agent")
        self.change(os.path.join(agent.data, "spool/state"), 4, b"\x63")
        agent = agent.again()
        self.assertEqual(agent.wait(), 1)
        self.assert_words(agent.log(), agent.data + "/spool", "later holter", "version 99", "--data")

    def test_in_use(self):
        holter = self.bed.start(self.node).wait_page()
        for role, options in (("run", ("--http", "127.0.0.1:4290")), ("agent", HUB)):
            told = self.bed.holter(self.node, role, "--data", holter.data, "--runtime", self.bed.path("r"), *options)
            self.assertEqual(told.returncode, 4, told)
            self.assert_words(told.stderr.decode(), holter.data, str(holter.pid), "--data")
        self.assertTrue(holter.running())

    def on_damaged(self, data, name):
        """Starts on it and asks for all: whatever was done to the file, holter lives and says what it knows."""
        holter = self.bed.start(self.node, data=data, label=name)
        holter.wait_page()
        found = ids(holter.results())
        health = holter.api("health")
        self.assertEqual(holter.stop(), 0, f"seed {self.seed}")
        return holter, found, health

    def test_damaged_at_rest_is_moved_aside_and_said(self):
        first, before = self.recorded()
        size = os.path.getsize(os.path.join(first.data, "holter.db"))
        hurts = {"garbage header": lambda path: self.change(path, 0, self.rng.randbytes(100)),
                 "cut off": lambda path: os.truncate(path, size // 2),
                 "schema page": lambda path: self.change(path, 100, self.rng.randbytes(3000))}
        for name, hurt in hurts.items():
            data = self.copy(first.data, name)
            hurt(os.path.join(data, "holter.db"))
            holter, _, health = self.on_damaged(data, name)
            aside = [file for file in os.listdir(data) if ".damaged-" in file]
            self.assertEqual(len(aside), 1, (name, os.listdir(data)))
            self.assert_words(holter.log(), "error", "damaged", aside[0])
            self.assertEqual(health["status"], "degraded")
            self.assertTrue(any(aside[0] in problem for problem in health["problems"]), health["problems"])
        # A write-ahead log that is gone takes nothing that a clean stop had stored.
        data = self.copy(first.data, "no log")
        for part in ("holter.db-wal", "holter.db-shm"):
            if os.path.exists(os.path.join(data, part)):
                os.remove(os.path.join(data, part))
        _, found, _ = self.on_damaged(data, "no-log")
        self.assertEqual(before - found, set())

    def test_random_flips_are_survived(self):
        print(f"HOLTER_SEED={self.seed}")
        first, before = self.recorded(seconds=4)
        size = os.path.getsize(os.path.join(first.data, "holter.db"))
        for number in range(12):
            data = self.copy(first.data, f"flip{number}")
            for _ in range(self.rng.choice((1, 8, 64))):
                self.change(os.path.join(data, "holter.db"), self.rng.randrange(size), self.rng.randbytes(1))
            holter, found, _ = self.on_damaged(data, f"flip{number}")
            aside = [file for file in os.listdir(data) if ".damaged-" in file]
            lost = before - found
            told = aside or "damaged" in holter.log()
            self.assertTrue(not lost or told, f"seed {self.seed}, {number}: {len(lost)} are gone without a word")

    def test_a_damaged_spool_loses_what_was_damaged_only(self):
        agent, _ = self.recorded("agent")
        spool = os.path.join(agent.data, "spool")
        chunk = next(os.path.join(spool, name) for name in os.listdir(spool) if name.endswith(".chunk"))
        self.change(chunk, os.path.getsize(chunk) // 2, self.rng.randbytes(64))
        again = agent.again()
        again.wait_log("damaged", "spool")
        bed.eventually(again.out, "the banner")
        self.assertEqual(again.stop(), 0)
        with open(os.path.join(spool, "state"), "wb") as file:
            file.write(self.rng.randbytes(60))
        again = agent.again()
        again.wait_log("state", "spool")
        self.assertEqual(again.stop(), 0)
        with open(os.path.join(agent.data, "agent.id"), "wb") as file:
            file.write(b"zz")
        again = agent.again()
        self.assertEqual(again.wait(), 1)
        self.assert_words(again.log(), agent.data + "/agent.id", "32 hexadecimal digits")

    def flood(self, seconds, stop=lambda: False):
        """Conversations on lo, each a record, until `stop` says so."""
        sender = self.node.udp("127.0.0.1")
        ended = time.monotonic() + seconds * bed.TIME_FACTOR
        port = 0
        while time.monotonic() < ended and not stop():
            for _ in range(200):
                sender.sendto(b"x", ("127.0.0.1", 10000 + port % 50000))
                port += 1
            time.sleep(0.05)

    def test_full_and_room_again(self):
        data = self.tmpfs("small", "size=6m")
        holter = self.bed.start(self.node, "--interface", "lo", "--budget", "32MiB", data=data).wait_page()
        time.sleep(1.5)
        stored = ids(holter.results())
        self.assertTrue(stored)
        self.node.sh(f"dd if=/dev/zero of={data}/fill bs=64k 2>/dev/null || true")

        def failing():
            return next(p for p in holter.api("health")["problems"] if "cannot be written" in p)
        self.flood(FLOOD_SECONDS, lambda: any("cannot be written" in p for p in holter.api("health")["problems"]))
        self.assert_words(failing(), data, "full", "make room")
        self.flood(FLOOD_SECONDS, lambda: holter.api("health")["store"]["lost"] > 0)
        lost = holter.api("health")["store"]["lost"]
        self.assertGreater(lost, 0, "counted while it lasts")
        self.assertEqual(len([line for line in holter.log().splitlines() if "cannot write the store" in line]), 1)
        self.assertEqual(stored - ids(holter.results()), set(), "what is stored can be read meanwhile")
        told = self.bed.holter(self.node, "pulse", "--to", "127.0.0.1", "--name", "n", "--message", "while it is full")
        self.assertEqual(told.returncode, 1, f"nobody confirms what is not on the disk: {told}")
        self.node.sh(f"rm {data}/fill")
        holter.wait_log("the store is written again")
        bed.eventually(lambda: not any("cannot be written" in p for p in holter.api("health")["problems"]), "it goes on")
        total = bed.eventually(lambda: sum(g["count"] for g in holter.api("health")["gaps"]
                                           if g["where"] == "store queue"), "a gap names what was lost")
        self.assertGreaterEqual(total, lost)
        self.assertEqual(holter.api("health")["store"]["lost"], total, "exactly")
        self.assertIn(f"holter_records_lost_total{{}} {total}\n", holter.request("/metrics")[2].decode())
        self.assertEqual(holter.stop(), 0)
        again = holter.again().wait_page()
        self.assertEqual(stored - ids(again.results()), set())

    def test_full_before_the_start(self):
        data = self.tmpfs("none", "size=64k")
        self.node.sh(f"dd if=/dev/zero of={data}/fill bs=4k 2>/dev/null || true; chown --reference={data} {data}/fill")
        self.refused(data, "No space left")

    def test_no_more_names(self):
        data = self.tmpfs("names", "size=6m,nr_inodes=2")
        self.refused(data, "No space left")

    def test_an_agents_full_spool(self):
        hub = self.bed.start(self.node, role="hub").wait_page()
        self.assertEqual(hub.stop(), 0)
        data = self.tmpfs("small", "size=2m")
        agent = self.bed.start(self.node, *HUB, "--interface", "lo", role="agent", data=data)
        time.sleep(2)
        self.node.sh(f"dd if=/dev/zero of={data}/fill bs=4k 2>/dev/null || true")
        self.flood(FLOOD_SECONDS, lambda: "could not be kept" in agent.log())
        agent.wait_log("records could not be kept", "No space left")
        self.flood(3)
        said = [line for line in agent.log().splitlines() if "could not be kept" in line]
        self.assertEqual(len(said), 1, agent.log())
        self.node.sh(f"rm {data}/fill")
        agent.wait_log("records are kept again")
        hub = hub.again().wait_page()
        gap = bed.eventually(lambda: next(g for g in hub.api("health")["gaps"] if g["cause"] == "disk_fault"),
                             "what was lost is named at the hub", 40)
        self.assertGreater(gap["count"], 0)


if __name__ == "__main__":
    bed.main()
