// A peer: what a program costs that reads a capture with libtins and looks at addresses and ports.
#include <tins/tins.h>

#include <cstdint>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Tins::FileSniffer sniffer(argv[1]);
  std::uint64_t packets = 0, seen = 0;
  sniffer.sniff_loop([&](Tins::Packet& packet) {
    ++packets;
    const Tins::PDU* const pdu = packet.pdu();
    const auto* const ip = pdu->find_pdu<Tins::IP>();
    if (ip != nullptr) seen += std::uint32_t{ip->src_addr()} ^ std::uint32_t{ip->dst_addr()};
    if (const auto* tcp = pdu->find_pdu<Tins::TCP>()) seen += tcp->dport();
    if (const auto* udp = pdu->find_pdu<Tins::UDP>()) seen += udp->dport();
    return true;
  });
  std::printf("%lu packets, %lu\n", packets, seen);
}
