#!/usr/bin/env python3
"""Everything stored can be asked for: `holter results`, `sessions`, `packets` and `conversations`, in text and as JSON,
what was and what comes, of one agent among several; and no text from outside acts on the terminal."""
import json
import signal
import socket
import time

import bed

HOSTILE = "db\x1b[31m1\u202e\x9b2J<b>"
CHARACTERS_THAT_ACT = ("\x1b", "\u202e", "\x9b")
PORT = 5000
DATED = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"
HUB = "10.77.0.1"


class Records(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()

    def start(self, *options):
        holter = self.bed.start(self.node, "--interface", "lo", *options).wait_page()
        bed.eventually(lambda: holter.api("capture")["interfaces"][0]["state"] == "capturing", "capturing")
        return holter

    def ask(self, holter, *arguments, code=0):
        """(standard output, standard error) of a command."""
        told = self.bed.holter(holter.node, *arguments, env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual(told.returncode, code, told)
        return told.stdout.decode(), told.stderr.decode()

    def objects(self, holter, *arguments):
        out, _ = self.ask(holter, *arguments, "--json")
        return [json.loads(line) for line in out.splitlines()]

    def follow(self, holter, *arguments):
        label = f"follow{len(self.bed.programs)}"
        command = [bed.HOLTER, *arguments, "--follow"]
        return self.bed._own(bed.Program(self.bed, holter.node, command, label, {"XDG_RUNTIME_DIR": holter.runtime}))

    def speaker(self):
        with self.node.inside():
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(sender.close)
        sender.bind(("127.0.0.1", 0))
        return sender

    def talk(self, count=5, sender=None):
        """UDP packets that nobody answers; the port they come from."""
        sender = sender or self.speaker()
        for number in range(count):
            sender.sendto(b"packet %d" % number, ("127.0.0.1", PORT))
        return sender.getsockname()[1]

    def test_results_in_text_and_json(self):
        holter = self.start()
        bed.eventually(lambda: len(holter.results("loopback")) >= 3, "three results")
        out, _ = self.ask(holter, "results", "--count", "2")
        lines = out.splitlines()
        self.assertRegex(lines[0], r"^time +probe +kind +result +rtt +address +answer")
        self.assertRegex(lines[1], DATED + r"  loopback6? +icmp +ok +\d\S* \S+  (127\.0\.0\.1|::1)")
        self.assertEqual(len(lines), 4, out)
        self.assertRegex(lines[-1], r"^… \d+ more; --count 0 for all$")
        results = self.objects(holter, "results", "--count", "0")
        times = [r["at"] for r in results]
        self.assertEqual(times, sorted(times, reverse=True), "newest first")
        self.assertEqual(len({r["id"] for r in results}), len(results))
        self.assertIn("loopback6", {r["probe"] for r in results})
        chosen = self.objects(holter, "results", "probe == 'loopback' and rtt < 1s")
        self.assertEqual({r["probe"] for r in chosen}, {"loopback"})
        known = {r["id"]: r for r in holter.results()}
        self.assertEqual(known[results[-1]["id"]], results[-1], "the same as the API tells")
        for target, probe in (("loopback", "loopback"), ("::1", "loopback6")):
            of_target = self.objects(holter, "results", "--target", target)
            self.assertEqual({r["probe"] for r in of_target}, {probe})
        self.assertEqual(self.objects(holter, "results", "--target", "nobody"), [])
        out, _ = self.ask(holter, "results", "--since", "1ms")
        self.assertRegex(out, r"^no results within the last 1ms|^time")

    def test_a_failure_says_how_in_which_phase_and_why(self):
        settings = self.bed.path("probes.toml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write('[[probe]]\nname = "closed"\nkind = "tcp"\ntarget = "127.0.0.1:9"\ninterval = "200ms"\n'
                       '[[probe]]\nname = "slow"\nkind = "icmp"\ntarget = "127.0.0.1"\ninterval = "200ms"\n'
                       'expect = ["ttl == 1", "rtt > 1m"]\n')
        holter = self.start("-c", settings, "--targets", "none")
        holter.wait_outcome("closed", "refused")
        holter.wait_outcome("slow", "unexpected")
        following = self.follow(holter, "results", "--target", "127.0.0.1:9", "--since", "1m")
        bed.eventually(lambda: following.out().count("\n") >= 4, "what was and what comes")
        following.send(signal.SIGINT)
        self.assertEqual(following.wait(), 0)
        for line in following.out().splitlines()[1:]:
            self.assertRegex(line, DATED + r"  closed +tcp +refused in connect +-  127\.0\.0\.1 +.*refused")
        out, _ = self.ask(holter, "results", "--target", "slow", "--count", "1")
        self.assertRegex(out.splitlines()[1], r"expected ttl == 1, found [^;]*; expected rtt > 1m, found rtt")

    def test_pages_join_without_a_seam(self):
        holter = self.start()
        bed.eventually(lambda: len(holter.results()) >= 9, "nine results")
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        whole = holter.api(f"results?until={until}&limit=10000")["results"]
        pages, cursor = [], ""
        while cursor is not None:
            page = holter.api(f"results?until={until}&limit=2" + (f"&cursor={cursor}" if cursor else ""))
            pages += page["results"]
            cursor = page["next"]
        self.assertEqual(pages, whole)

    def test_packets_and_conversations(self):
        holter = self.start("--passive")
        self.node.udp("127.0.0.1", PORT)
        source = self.talk(count=5)

        def stored():
            return [p for p in self.objects(holter, "packets", "--count", "0") if p["destination_port"] == PORT]
        packets = bed.eventually(lambda: (p := stored()) and len(p) >= 5 and p, "the packets")
        self.assertEqual({(p["source"], p["source_port"], p["destination"], p["protocol"]) for p in packets},
                         {("127.0.0.1", source, "127.0.0.1", "udp")})
        self.assertRegex(packets[0]["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
        out, _ = self.ask(holter, "packets", "--count", "0")
        self.assertIn(f"127.0.0.1:{PORT}", out)
        # The same filter as an operand and as an option; both together.
        wanted = f"udp.dst_port == {PORT}"
        for filters in ([wanted], ["--filter", wanted], ["udp or tcp", "--filter", wanted]):
            chosen = self.objects(holter, "packets", "--since", "10m", *filters)
            self.assertEqual([p["destination_port"] for p in chosen], [PORT] * 5)
        self.assertEqual(self.objects(holter, "packets", "tcp.dst_port == 1 and udp"), [])
        _, words = self.ask(holter, "packets", "udp.dst_prot == 5000", code=2)
        self.assert_words(words, "did you mean 'udp.dst_port'?", "\n  ^^^^^^^^^^^^")
        following = self.follow(holter, "packets", wanted, "--json")
        time.sleep(1)
        self.talk(count=3)
        bed.eventually(lambda: following.out().count("\n") >= 3, "what comes, chosen")
        time.sleep(0.5)
        self.assertEqual(len(following.out().splitlines()), 3)
        # Told before the first interim record, which comes after ten seconds.
        mine = bed.eventually(lambda: [c for c in self.objects(holter, "conversations") if c["initiator_port"] == source],
                              "the conversation", timeout=5)
        self.assertEqual([(c["responder_port"], c["ended"]) for c in mine], [(PORT, None)])
        self.assertEqual(mine[0]["packets"][0], 5)
        self.assertEqual(len(self.objects(holter, "conversations", f"initiator_port == {source}")), 1)
        out, _ = self.ask(holter, "conversations")
        self.assertRegex(out, rf"127\.0\.0\.1:{PORT} .* goes on")

    def test_a_long_conversation_is_told_once(self):
        holter = self.start("--passive")
        self.node.udp("127.0.0.1", PORT)
        sender = self.speaker()
        for _ in range(7):
            self.talk(count=1, sender=sender)
            time.sleep(4)
        records = [r for r in self.lines(holter, "conversations?format=ndjson") if r.get("responder_port") == PORT]
        self.assertEqual(len(records), 1)
        self.assertGreaterEqual(holter.api("health")["store"]["records"]["flow"], 2, "stored more than once")
        self.assertEqual(records[0]["packets"], [7, 0])

    @staticmethod
    def lines(holter, path):
        _, _, body = holter.request("/api/v1/" + path)
        return [json.loads(line) for line in body.splitlines()]

    def test_packets_are_not_told_on_the_network(self):
        holter = self.start("--passive")
        for path in ("packets", "live?topics=packets", "live?topics=results,packets"):
            status, _, body = holter.request("/api/v1/" + path)
            self.assertEqual(status, 403, path)
            self.assertIn("control socket", json.loads(body)["error"]["message"])
        status, _, body = holter.request("/api/v1/reload", method="POST")
        self.assertEqual(status, 403)

    def test_sessions_now_and_before(self):
        holter = self.start("--passive")
        pulse = self.bed.pulse(self.node, HOSTILE, "--interval", "200ms", "--message", "it's \x1b]0;owned\x07 done")
        bed.eventually(lambda: holter.api("sessions")["sessions"][0]["state"] == "up", "up")
        bed.eventually(lambda: "delivered" in pulse.out(), "the message is delivered")
        self.assertEqual(pulse.stop(), 0)
        bed.eventually(lambda: holter.api("sessions")["sessions"][0]["state"] == "admin_down", "ended")
        changes = bed.eventually(lambda: (c := self.objects(holter, "sessions", "--since", "1h")) and len(c) >= 3 and c,
                                 "changes")
        self.assertEqual([(c["kind"], c["to"]) for c in changes], [("change", "admin_down"), ("message", None),
                                                                   ("change", "up")])
        self.assertEqual(changes, holter.api("sessions/changes")["changes"])
        texts = [self.ask(holter, "sessions")[0], self.ask(holter, "sessions", "--since", "1h")[0]]
        self.assert_words(texts[0], "admin_down", "db\\x1b[31m1", "since")
        self.assert_words(texts[1], "admin_down", "db\\x1b[31m1", "message", "]0;owned")
        texts += [self.ask(holter, *command)[0] for command in (("sessions", "--json"), ("status",), ("status", "--json"),
                                                                ("sessions", "--since", "1h", "--json"))]
        for text in texts:
            self.assertIn("31m1", text)
            for character in CHARACTERS_THAT_ACT:
                self.assertNotIn(character, text)

    def test_follow_tells_each_record_once_from_what_was_to_what_comes(self):
        holter = self.start()
        bed.eventually(lambda: len(holter.results("loopback")) >= 3, "three results")
        following = self.follow(holter, "results", "--since", "1h", "--count", "0", "--json")
        bed.eventually(lambda: following.out().count("\n") >= 12, "what was and what came", timeout=30)
        following.send(signal.SIGINT)
        self.assertEqual(following.wait(), 0)
        told = [json.loads(line) for line in following.out().splitlines()]
        ids = [r["id"] for r in told]
        self.assertEqual(len(ids), len(set(ids)), "twice")
        stored = [r["id"] for r in reversed(holter.results())]
        self.assertEqual(set(stored[:len(ids)]), set(ids), "missing")

    def test_follow_without_since_tells_only_what_comes(self):
        holter = self.start("--passive")
        pulse = self.bed.pulse(self.node, "before", "--interval", "200ms")
        holter.wait_session("before", "up")
        following = self.follow(holter, "sessions")
        time.sleep(1.5)
        pulse.stop()
        bed.eventually(lambda: "admin_down" in following.out(), "the change")
        self.assertEqual(following.out().count("before"), 2, "the title's and the change's")
        self.bed.pulse(self.node, HOSTILE, "--interval", "200ms")
        bed.eventually(lambda: "31m1" in following.out(), "the new session")
        for character in CHARACTERS_THAT_ACT:
            self.assertNotIn(character, following.out())
        following.send(signal.SIGINT)
        self.assertEqual(following.wait(), 0)

    def test_follow_ends_with_holter(self):
        holter = self.start()
        followers = [self.follow(holter, kind) for kind in ("results", "packets", "conversations", "sessions")]
        bed.eventually(lambda: all(f.out() for f in followers[:2]), "records come")
        self.assertEqual(holter.stop(), 0)
        for follower in followers:
            self.assertEqual(follower.wait(), 3)
            self.assertIn("holter ended", follower.log())

    def test_a_flood_of_packets_is_followed_or_counted(self):
        """What a follower is told and what it is told to have been skipped are all that was stored."""
        holter = self.start("--passive")
        self.node.udp("127.0.0.1", PORT)
        following = self.follow(holter, "packets", "--json")
        time.sleep(1)
        for _ in range(5):
            self.talk(count=300)
            time.sleep(1)
        stored = bed.eventually(lambda: (p := self.objects(holter, "packets", "--count", "0")) and len(p) >= 1500 and p,
                                "the packets are stored")
        bed.eventually(lambda: following.out().count("\n") >= len(stored), "all are told")
        self.assertNotIn("skipped", following.log())

    def test_wrong_questions(self):
        holter = self.start("--passive")
        _, words = self.ask(holter, "results", "--agent", "nobody", code=2)
        self.assertIn("no agent is named 'nobody'", words)
        _, words = self.ask(holter, "results", "--since", "yesterday", code=2)
        self.assertIn("--since", words)
        _, words = self.ask(holter, "packets", "--follow", "--count", "20000", code=2)
        self.assertIn("at most 10000", words)
        nowhere = self.bed.holter(self.node, "packets", env={"XDG_RUNTIME_DIR": self.bed.path("nothing")})
        self.assertEqual(nowhere.returncode, 3)
        self.assertIn(b"holter run", nowhere.stderr)


class OfAHub(bed.Case):
    ask, objects = Records.ask, Records.objects

    def test_one_agent_among_two(self):
        left, right = self.bed.pair()
        hub = self.bed.start(left, "--listen", f"{HUB}:4282", "--http", f"{HUB}:4280", "--insecure", "--targets",
                             "loopback", role="hub", host=HUB).wait_page()
        for name in ("west", "east"):
            self.bed.start(right, "--hub", HUB, "--insecure", "--name", name, "--interface", "lo", role="agent",
                           label=name)

        def names(*arguments):
            return {r["agent_name"] for r in self.objects(hub, "results", *arguments)}
        bed.eventually(lambda: names() == {"west", "east"}, "results of both")
        self.assertEqual(names("--agent", "east"), {"east"})
        east = next(a["agent"] for a in hub.api("health")["agents"] if a["name"] == "east")
        self.assertEqual(names("--agent", east), {"east"})
        _, words = self.ask(hub, "results", "--agent", "eats", code=2)
        self.assertIn("did you mean 'east'?", words)
        out, _ = self.ask(hub, "results", "--count", "20")
        self.assertRegex(out.splitlines()[0], r"^time +agent +probe")
        self.assert_words(out, "east", "west")
        packets = bed.eventually(lambda: self.objects(hub, "packets", "--agent", "west"), "packets of an agent")
        self.assertEqual({p["agent_name"] for p in packets}, {"west"})
        out, _ = self.ask(hub, "status")
        self.assertRegex(out, r"(?m)^west +connected")
        self.assertRegex(out, r"(?m)^east +loopback ")


if __name__ == "__main__":
    bed.main()
