#!/usr/bin/env python3
"""The recorder: what passed in the last seconds can be saved, also while it goes on, also after a crash."""
import json
import os
import signal
import subprocess
import time

import bed

PORT = 9999
FRAMES = 300


class Freeze(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("tshark")
        self.host, self.peer = self.bed.pair()
        self.peer.sh("ip addr add 10.77.0.3/24 dev eth0")
        self.senders = {a: self.peer.udp(a, 7777) for a in ("10.77.0.2", "10.77.0.3")}
        self.receiver = self.host.udp("10.77.0.1", PORT)

    def start(self, *options):
        holter = self.bed.start(self.host, "--interface", "eth0", "--targets", "none", *options)
        return self.capturing(holter)

    def capturing(self, holter):
        holter.wait_page()
        bed.eventually(lambda: holter.api("capture")["interfaces"][0]["state"] == "capturing", "capturing")
        return holter

    def send(self, first, count, sender="10.77.0.2", size=20):
        for number in range(first, first + count):
            self.senders[sender].sendto(b"%08d" % number + bytes(size - 8), ("10.77.0.1", PORT))
            if number % 50 == 0:
                time.sleep(0.002)

    def freeze(self, holter, *options, name="frozen.pcapng"):
        path = self.bed.path(name)
        done = self.bed.holter(self.host, "freeze", "-w", path, "--force", *options,
                               env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return path

    def fields(self, path, filter_text, *names):
        asked = [part for name in names for part in ("-e", name)]
        out = bed.run("tshark", "-r", path, "-Y", filter_text, "-T", "fields", *asked)
        return [line.split("\t") for line in out.splitlines()]

    def numbers(self, path, filter_text=f"udp.dstport == {PORT}"):
        return [int(bytes.fromhex(payload)[:8]) for payload, in self.fields(path, filter_text, "udp.payload")]

    def test_what_was_sent_is_there_in_order_and_only_of_the_host(self):
        holter = self.start()
        for first in range(0, FRAMES, 100):
            self.send(first, 100)
            self.send(10_000 + first, 100, "10.77.0.3")
        everything = self.freeze(holter, "--last", "30s")
        self.assertEqual(self.numbers(everything, "ip.src == 10.77.0.2 && udp"), list(range(FRAMES)))
        of_one = self.freeze(holter, "--last", "30s", "--host", "10.77.0.3", name="of_one.pcapng")
        self.assertEqual(self.numbers(of_one), list(range(10_000, 10_000 + FRAMES)))
        others = self.fields(of_one, "!(ip.addr == 10.77.0.3) && !(arp.src.proto_ipv4 == 10.77.0.3)"
                             " && !(arp.dst.proto_ipv4 == 10.77.0.3)", "frame.number")
        self.assertEqual(others, [])
        times = [float(at) for at, in self.fields(everything, "frame", "frame.time_epoch")]
        self.assertEqual(times, sorted(times))
        arp = self.fields(everything, "arp", "arp.opcode")
        self.assertTrue(arp, "control protocols are there too")
        self.assertIn("eth0", bed.run("capinfos", "-M", everything))

    def test_what_a_filter_refuses_is_kept_and_what_is_old_is_not_asked_for(self):
        holter = self.start("--filter", "tcp")
        self.send(0, 10)
        time.sleep(2.5)
        self.send(10, 10)
        self.assertEqual(self.numbers(self.freeze(holter, "--last", "2s")), list(range(10, 20)))
        self.assertEqual(self.numbers(self.freeze(holter, "--last", "30s")), list(range(20)))

    def test_it_goes_on_with_what_comes(self):
        holter = self.start()
        self.send(0, 10)
        path = self.bed.path("next.pcapng")
        environment = {**os.environ, **self.bed.environment(), "XDG_RUNTIME_DIR": holter.runtime}
        command = self.host.command(bed.HOLTER, "freeze", "--last", "10s", "--next", "2s", "-w", path)
        with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as going:
            time.sleep(0.7)
            self.send(10, 500)
            time.sleep(0.7)
            self.send(510, 10)
            _, told = going.communicate(timeout=20)
        self.assertEqual(going.returncode, 0, told)
        self.assertEqual(self.numbers(path), list(range(520)))
        self.assertIn(b"frames of", told)

    def test_frames_survive_a_sigkill_and_a_clean_stop_removes_them(self):
        holter = self.start()
        self.send(0, FRAMES)
        bed.eventually(lambda: holter.figure('holter_recorder_frames_total{share="usual"}') >= FRAMES, "recorded")
        holter.send(signal.SIGKILL)
        holter.wait()
        ring = os.path.join(holter.runtime, "holter", "recorder.ring")
        self.assertEqual(os.stat(ring).st_mode & 0o777, 0o600)
        again = self.capturing(holter.again())
        again.wait_log("adopted", "frames=")
        self.send(FRAMES, 10)
        self.assertEqual(self.numbers(self.freeze(again, "--last", "30s")), list(range(FRAMES + 10)))
        self.assertEqual(again.stop(), 0)
        self.assertFalse(os.path.exists(ring))

    def test_a_damaged_ring_is_no_harm(self):
        holter = self.start()
        self.send(0, 10)
        bed.eventually(lambda: holter.figure('holter_recorder_frames_total{share="usual"}') >= 10, "recorded")
        holter.send(signal.SIGKILL)
        holter.wait()
        ring = os.path.join(holter.runtime, "holter", "recorder.ring")
        size = os.path.getsize(ring)
        with open(ring, "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(1 << 20))
        again = self.capturing(holter.again())
        self.send(10, 10)
        self.assertEqual(self.numbers(self.freeze(again)), list(range(10, 20)))
        self.assertEqual(os.path.getsize(ring), size)

    def start_small(self, monitored):
        config = self.bed.path("holter.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write('[recorder]\nbytes = "1MiB"\nreserve = "256KiB"\n' + monitored)
        return self.start("--config", config)

    def test_a_flood_does_not_push_out_a_monitored_host(self):
        holter = self.start_small('[[session]]\nname = "three"\ntraffic = "10.77.0.3"\ninterval = "60s"\n')
        self.send(0, 20, "10.77.0.3")
        self.send(100, 30_000)
        bed.eventually(lambda: holter.figure('holter_recorder_overwritten_total{share="usual"}') > 0, "overwritten")
        self.assertEqual(self.numbers(self.freeze(holter, "--host", "10.77.0.3")), list(range(20)))
        self.assertEqual(holter.figure('holter_recorder_overwritten_total{share="monitored"}'), 0)
        kept = bed.settled(lambda: self.numbers(self.freeze(holter, "--host", "10.77.0.2")))
        self.assertEqual(kept, list(range(30_100 - len(kept), 30_100)), "the newest, without a hole")

    def test_nor_one_that_is_probed_by_its_name(self):
        hosts = self.bed.path("hosts")
        with open(hosts, "w", encoding="utf-8") as file:
            file.write("10.77.0.3 three.example\n")
        self.host.sh(f"mount --bind {hosts} /etc/hosts")
        holter = self.start_small('[[probe]]\nname = "three"\nkind = "icmp"\ntarget = "three.example"\n'
                                  'interval = "1s"\n')

        def kept_apart():
            self.send(0, 1, "10.77.0.3")
            return holter.figure('holter_recorder_frames_total{share="monitored"}') > 0
        bed.eventually(kept_apart, "its address is known")
        self.send(1, 20, "10.77.0.3")
        self.send(100, 30_000)
        bed.eventually(lambda: holter.figure('holter_recorder_overwritten_total{share="usual"}') > 0, "overwritten")
        self.assertEqual(self.numbers(self.freeze(holter, "--host", "10.77.0.3"))[-20:], list(range(1, 21)))

    def test_who_may_not_is_told_why(self):
        holter = self.start()
        status, _, body = holter.request("/api/v1/freeze")
        self.assertEqual(status, 403)
        self.assertIn("control socket", json.loads(body)["error"]["message"])
        bad = self.bed.holter(self.host, "freeze", "--host", "printer", "-w", self.bed.path("x"))
        self.assertEqual(bad.returncode, 2)
        self.assert_words(bad.stderr.decode(), "printer", "address")
        holter.stop()
        gone = self.bed.holter(self.host, "freeze", "-w", self.bed.path("y"), env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual(gone.returncode, 3)

    def test_without_a_recorder_it_says_so(self):
        config = self.bed.path("holter.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[recorder]\nenabled = false\n")
        holter = self.start("--config", config)
        done = self.bed.holter(self.host, "freeze", "-w", self.bed.path("x"), env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual(done.returncode, 1)
        self.assert_words(done.stderr.decode(), "recorder.enabled")


if __name__ == "__main__":
    bed.main()
