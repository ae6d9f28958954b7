#!/usr/bin/env python3
"""A hostile string in every place where a name can stand: the terminal, the log, the JSON and the metrics stay whole.
(The page: browser_test.py.) The strings are those of hostile_strings.py."""
import json
import os
import random
import socket
import threading

import bed
import hostile_strings
import openmetrics
import pulse_datagram

APIS = ("health", "targets", "sessions", "capture", "conversations?limit=1000", "results?limit=1000")


class HostileText(bed.Case):
    def whole(self, holter):
        """Everything that holter says of itself, in every form."""
        for name in APIS:
            _, _, body = holter.request(f"/api/v1/{name}")
            json.loads(body)
            self.assertIsNone(hostile_strings.acts(body), name)
            self.assertNotIn(b"<", body, name)
        openmetrics.parse(holter.request("/metrics")[2].decode())
        environment = {"XDG_RUNTIME_DIR": holter.runtime}
        status = self.bed.holter(holter.node, "status", env=environment)
        self.assertEqual(status.returncode, 0, status)
        self.assertIsNone(hostile_strings.acts(status.stdout))
        status = self.bed.holter(holter.node, "status", "--json", env=environment)
        self.assertEqual(json.loads(status.stdout)["health"]["role"], holter.role)
        self.whole_log(holter)
        return status

    def whole_log(self, holter):
        self.assertIsNone(hostile_strings.acts(holter.out()), "banner")
        self.assertIsNone(hostile_strings.acts(holter.log()), "log")
        for line in holter.log().splitlines():
            self.assertRegex(line, hostile_strings.LOG_LINE)

    def read_back(self, text):
        """The bytes that docs/api.md promises a reader of JSON can have back."""
        out, at = bytearray(), 0
        while at < len(text):
            if text[at] == "\\" and text[at + 1:at + 2] == "x":
                out += bytes.fromhex(text[at + 2:at + 4])
                at += 4
            else:
                at += text[at:at + 2] == "\\\\"
                out += text[at].encode()
                at += 1
        return bytes(out)

    def test_sessions_and_messages(self):
        node = self.bed.solo()
        holter = self.bed.start(node, "--targets", "loopback").wait_page()
        sender = node.udp("127.0.0.1")
        for number, text in enumerate(hostile_strings.STRINGS.values(), 1):
            sender.sendto(pulse_datagram.pulse(text, number, kind=pulse_datagram.MESSAGE, number=1, text=text,
                                               interval_ms=60000), ("127.0.0.1", 4280))
        every = set(hostile_strings.STRINGS.values())
        bed.eventually(lambda: len(holter.api("sessions")["sessions"]) == len(every), "all sessions")

        def messages():
            sessions = holter.api("sessions")["sessions"]
            return all(s["last_message"] for s in sessions) and sessions
        sessions = bed.eventually(messages, "all messages")
        self.assertEqual({self.read_back(s["name"]) for s in sessions}, every, "without loss")
        self.assertEqual({self.read_back(s["last_message"]["text"]) for s in sessions}, every)
        self.whole(holter)
        self.assertEqual(holter.stop(), 0)
        again = holter.again().wait_page()
        self.assertEqual({self.read_back(s["name"]) for s in again.api("sessions")["sessions"]}, every)
        self.whole(again)

    def test_what_a_beacon_is_given(self):
        node = self.bed.solo()
        holter = self.bed.start(node, "--targets", "loopback").wait_page()
        for text in hostile_strings.ARGUMENTS.values():
            told = self.bed.holter(node, b"pulse", b"--to", b"127.0.0.1", b"--name=" + text, b"--message=" + text)
            self.assertEqual(told.returncode, 0, told)
            self.assertIsNone(hostile_strings.acts(told.stdout + told.stderr), told)
        for text in hostile_strings.ARGUMENTS.values():
            for options in ((b"--to=" + text, b"--name=x", b"--message=x"), (b"--to=127.0.0.1", b"--interval=" + text)):
                told = self.bed.holter(node, b"pulse", *options)
                self.assertIn(told.returncode, (1, 2), told)
                self.assertTrue(told.stderr)
                self.assertIsNone(hostile_strings.acts(told.stdout + told.stderr), told)
        self.whole(holter)

    def test_the_name_of_a_host_and_of_an_agent(self):
        node = self.bed.solo()
        for name in ("clear the screen", "forged line", "invalid utf-8", "json", "metrics", "longest", "bidi override"):
            text = hostile_strings.STRINGS[name]
            hub = self.bed.start(node, b"--name=" + text, role="hub", label=f"hub {name}").wait_page()
            agent = self.bed.start(node, "--hub", "127.0.0.1", b"--name=" + text, "--interface", "lo", role="agent",
                                   label=f"agent {name}")
            bed.eventually(lambda: [a for a in hub.api("health")["agents"] if a["connected"]], "the agent")
            self.assertEqual(self.read_back(hub.api("health")["name"]), text)
            self.assertEqual([self.read_back(a["name"]) for a in hub.api("health")["agents"] if a["connected"]], [text])
            bed.eventually(hub.results, "results of the agent")
            self.whole(hub)
            self.whole_log(agent)
            self.assertEqual((agent.stop(), hub.stop()), (0, 0))

    def test_an_interface(self):
        node = self.bed.solo()
        for number, text in enumerate((b"\x1b[31m", b"<b>x", "\u202egpj".encode(), b"\xff\xfe", b'"},{', b"$(id)")):
            bed.run(*node.command("ip", "link", "add", text, "type", "veth", "peer", "name", "other"))
            for end in (text, "other"):
                bed.run(*node.command("ip", "link", "set", end, "up"))
            holter = self.bed.start(node, b"--interface=" + text, label=f"i{number}").wait_page()
            shown = bed.eventually(lambda: holter.api("capture")["interfaces"][0], "the interface")
            self.assertEqual(self.read_back(shown["interface"]), text)
            bed.eventually(lambda: holter.api("capture")["interfaces"][0]["state"] == "capturing", "capturing")
            self.whole(holter)
            bed.run(*node.command("ip", "link", "del", text))
            bed.eventually(lambda: holter.api("health")["problems"], "a problem")
            self.whole(holter)
            self.assertEqual(holter.stop(), 0)

    def test_a_data_directory(self):
        node = self.bed.solo()
        for name, text in hostile_strings.ARGUMENTS.items():
            if b"/" in text or name.startswith("longest"):
                continue
            path = os.fsencode(self.bed.directory) + b"/d" + text
            holter = self.bed.start(node, data=path, label=f"in {name}").wait_page()
            self.assertEqual(self.read_back(holter.api("health")["store"]["directory"]), path)
            self.whole(holter)
            told = self.bed.holter(node, b"run", b"--data", path, b"--runtime", os.fsencode(self.bed.path("r")))
            self.assertEqual(told.returncode, 4, told)
            self.assertIsNone(hostile_strings.acts(told.stderr), told)
            self.assertEqual(holter.stop(), 0)

    def test_http_requests(self):
        node = self.bed.solo()
        holter = self.bed.start(node, "--targets", "loopback").wait_page()
        for text in hostile_strings.STRINGS.values():
            quoted = b"".join(b"%%%02x" % byte for byte in text)
            requests = (b"GET /" + text + b" HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n\r\n",
                        b"GET /" + quoted + b" HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n\r\n",
                        b"GET /api/v1/results?probe=" + quoted + b" HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n\r\n",
                        b"GET /api/v1/results?since=" + quoted + b" HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n\r\n",
                        b"GET /api/v1/results?agent=" + quoted + b" HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n\r\n",
                        b"GET /api/v1/health HTTP/1.1\r\nHost: " + text + b"\r\n\r\n",
                        b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1:4280\r\nOrigin: " + text + b"\r\n\r\n",
                        b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n" + text + b": 1\r\n\r\n",
                        text + b" / HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n\r\n")
            for request in requests:
                with node.inside(), socket.create_connection(("127.0.0.1", 4280), timeout=10) as connection:
                    connection.sendall(request)
                    connection.shutdown(socket.SHUT_WR)
                    answer = b""
                    while part := connection.recv(65536):
                        answer += part
                head, _, body = answer.partition(b"\r\n\r\n")
                self.assertRegex(head.split(b"\r\n")[0], rb"^HTTP/1\.1 (200|400|403|404|405|413|501) ", request)
                self.assertIsNone(hostile_strings.acts(head.replace(b"\r\n", b"\n")), request)
                if b"json" in head:
                    json.loads(body)
                    self.assertIsNone(hostile_strings.acts(body), request)
        self.whole(holter)

    def test_answers_of_a_resolver(self):
        seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        print(f"HOLTER_SEED={seed}")
        rng = random.Random(seed)
        host, gateway = self.bed.gateway_pair()
        server = gateway.udp("10.77.0.2", 53)
        server.settimeout(0.2)
        ended = threading.Event()

        def answer():
            texts = list(hostile_strings.STRINGS.values())
            while not ended.is_set():
                try:
                    query, peer = server.recvfrom(4096)
                except TimeoutError:
                    continue
                text = rng.choice(texts)[:63]
                name = bytes([len(text)]) + text + b"\0"
                record = name + b"\0\5\0\1\0\0\0\1" + len(name).to_bytes(2, "big") + name
                question = query[12:]
                forms = (rng.randbytes(rng.randrange(600)), query[:2] + rng.randbytes(60), query[:2],
                         query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question[:17] + record,
                         query[:2] + b"\x81\x80\0\0\xff\xff\0\0\0\0" + b"\xc0\x0c" * 100)
                server.sendto(rng.choice(forms), peer)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        self.addCleanup(lambda: (ended.set(), thread.join()))
        holter = self.bed.start(host).wait_page()
        bed.eventually(lambda: len([r for r in holter.results() if r["kind"] == "dns"]) >= 2, "dns results", 40)
        self.whole(holter)
        self.assertEqual(holter.stop(), 0)


if __name__ == "__main__":
    bed.main()
