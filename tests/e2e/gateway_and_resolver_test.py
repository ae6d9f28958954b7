#!/usr/bin/env python3
"""Probes of a gateway and a resolver, and each way in which they can fail."""
import signal

import bed


class GatewayAndResolver(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("nft")
        self.host, self.gateway = self.bed.gateway_pair()

    def start(self, *options):
        return self.bed.start(self.host, *options).wait_page()

    def test_both_answer(self):
        server = self.bed.dns(self.gateway)
        holter = self.start()
        target = holter.wait_outcome("gateway", "ok")
        self.assertEqual((target["kind"], target["address"]), ("icmp", "10.77.0.2"))
        target = holter.wait_outcome("resolver", "ok")
        self.assertEqual((target["kind"], target["target"]), ("dns", "10.77.0.2"))
        self.assertGreater(target["last"]["rtt_ms"], 0)
        self.assertTrue(server.running())
        self.assertIn("10.77.0.1", holter.api("health")["addresses"])
        bed.eventually(lambda: "gateway" in holter.out() and "resolver" in holter.out(), "the banner names both")

    def test_a_gateway_of_each_family(self):
        self.host.sh("ip -6 route add default via fd77::2")
        holter = self.start()
        self.assertEqual(holter.wait_outcome("gateway", "ok")["address"], "10.77.0.2")
        self.assertEqual(holter.wait_outcome("gateway6", "ok")["address"], "fd77::2")

    def test_a_silent_gateway_times_out_and_comes_back(self):
        holter = self.start()
        holter.wait_outcome("gateway", "ok")
        self.gateway.sh("nft add table ip t; nft add chain ip t in '{ type filter hook input priority 0; }'; "
                        "nft add rule ip t in icmp type echo-request drop")
        target = holter.wait_outcome("gateway", "timeout")
        self.assertIsNone(target["last"]["rtt_ms"])
        self.assertGreater(target["window"]["loss_ratio"], 0)
        self.assertIsNone(target["history"][-1]["rtt_ms"])
        self.assertEqual(holter.target("loopback")["last"]["outcome"], "ok")
        self.gateway.sh("nft flush ruleset")
        holter.wait_outcome("gateway", "ok")

    def test_a_prohibiting_gateway_is_unreachable(self):
        holter = self.start()
        holter.wait_outcome("gateway", "ok")
        self.gateway.sh("nft add table ip t; nft add chain ip t in '{ type filter hook input priority 0; }'; "
                        "nft add rule ip t in icmp type echo-request reject with icmp type admin-prohibited")
        self.assertEqual(holter.wait_outcome("gateway", "unreachable")["last"]["rtt_ms"], None)

    def test_a_resolver_with_its_port_closed_refuses(self):
        target = self.start().wait_outcome("resolver", "refused")
        self.assertIsNone(target["last"]["rtt_ms"])

    def test_a_dead_resolver_times_out_while_its_host_answers(self):
        self.gateway.sh("nft add table inet t; nft add chain inet t in '{ type filter hook input priority 0; }'; "
                        "nft add rule inet t in udp dport 53 drop")
        holter = self.start()
        self.assertIn("failed_in", holter.wait_outcome("resolver", "timeout", timeout=25)["last"])
        self.assertEqual(holter.target("gateway")["last"]["outcome"], "ok")

    def test_a_resolver_that_stops_answering_is_seen(self):
        server = self.bed.dns(self.gateway)
        holter = self.start()
        holter.wait_outcome("resolver", "ok")
        server.send(signal.SIGSTOP)
        holter.wait_outcome("resolver", "timeout", timeout=30)
        server.send(signal.SIGCONT)
        holter.wait_outcome("resolver", "ok", timeout=30)

    def test_only_the_loopback_when_told_so(self):
        holter = self.start("--targets", "loopback")
        holter.wait_outcome("loopback", "ok")
        self.assertEqual({t["probe"] for t in holter.api("targets")["targets"]}, {"loopback", "loopback6"})


if __name__ == "__main__":
    bed.main()
