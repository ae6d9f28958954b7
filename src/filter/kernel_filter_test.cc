// What a kernel is given never refuses what the filter accepts: on honest frames, changed ones, and real captures when
// they are there. And it does refuse: what it was made for.
#include "filter/kernel_filter.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/seed_test.h"
#include "filter/bpf_assembler.h"
#include "wire/dispatch.h"
#include "wire/file/capture_file.h"
#include "wire/test_frames.h"

namespace holter::filter {
namespace {

using base::below;
using wire::Packet;
using wire::Protocol;
using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kA6;
using wire::test::kB4;
using wire::test::kB6;

PacketFilter filter_of(const std::string& text) {
  auto filter = PacketFilter::compile(text);
  EXPECT_TRUE(filter) << explain_mistake(text, filter.error());
  return std::move(*filter);
}

struct Taken {
  FrameBytes bytes;
  std::uint32_t length = 0;
  bool tagged = false;
  std::uint16_t tci = 0;

  Frame asked() const { return {bytes, length, wire::LinkType::ethernet, {tagged, tci, false}, {}, 0, {}}; }
  // The kernel sees whole frames: what was cut off is not there for it either.
  BpfFrame raw() const { return {bytes, static_cast<std::uint32_t>(bytes.size()), tagged, tci, false}; }
  Packet packet() const { return wire::decode(bytes, length, wire::LinkType::ethernet, {tagged, tci, false}); }
};

Taken taken(FrameBytes bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  return {std::move(bytes), length, false, 0};
}

std::vector<Taken> honest_frames() {
  std::vector<Taken> out;
  const auto ten = base::IpAddress::v4({10, 1, 2, 3});
  for (const auto& frame :
       {wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpSyn),
        wire::test::tcp_frame({ten, 80}, {kB4, 443}, 0x10),
        wire::test::tcp_frame({kA6, 50'000}, {kB6, 443}, wire::kTcpSyn),
        wire::test::udp_frame({ten, 53}, {kA4, 5'353}, "x"),
        wire::test::udp_frame({kA6, 53}, {kB6, 4'789}, "abcdefghijklmnop"),
        wire::test::udp_frame({kA4, 9}, {kB4, 4'789}, "y"), wire::test::echo_frame(kA4, kB4, false, 1, 2),
        wire::test::echo_frame(kA6, kB6, true, 1, 2),
        wire::test::ip_frame(kA4, kB4, 4, wire::test::ip_packet(ten, kB4, 17, wire::test::bytes_of("0123456789"))),
        wire::test::ip_frame(kA6, kB6, 0, wire::test::bytes_of("01234567"))}) {
    out.push_back(taken(frame));
    out.push_back(taken(wire::test::tagged(frame, wire::kEthertypeVlan, 5)));
    out.push_back(out[out.size() - 2]);
    out.back().tagged = true;
    out.back().tci = 0x6005;
  }
  const std::string vxlan("\x08\0\0\0\0\0\x05\0", 8);
  const auto inside = wire::test::tcp_frame({ten, 443}, {kB4, 80}, wire::kTcpSyn);
  out.push_back(
      taken(wire::test::udp_frame({kA4, 1}, {kB4, 4'789}, vxlan + std::string(inside.begin(), inside.end()))));
  base::ByteWriter arp;
  for (const int word : {1, 0x0800, 0x0604, 1, 0x0200, 0, 1, 0xc000, 0x0201, 0, 0, 0, 0xc000, 0x0202}) {
    arp.u16(static_cast<std::uint16_t>(word));
  }
  out.push_back(taken(wire::test::ethernet(wire::kEthertypeArp, arp.view())));
  out.push_back(taken(wire::test::ethernet(0x88cc, wire::test::bytes_of("lldp"))));
  out.push_back(taken({}));
  return out;
}

// A term about what the packet has, so that it holds now and then.
std::string random_term(std::mt19937_64& random, const Packet& packet) {
  const auto pick = [&](std::initializer_list<const char*> names) {
    return std::string(*(names.begin() + below(random, names.size())));
  };
  const auto number = [&](const std::string& name, std::uint64_t value) {
    const std::string text = std::to_string(value);
    switch (below(random, 6)) {
      case 0: return name + " != " + text;
      case 1: return name + " in {" + text + ", 7, 9..12}";
      case 2: return name + " not in {" + text + ".." + text + "}";
      case 3: return name + " <= " + text;
      case 4: return name + " in {0.." + text + "}";
      default: return name + " == " + text;
    }
  };
  const auto address = below(random, 2) == 0 ? packet.source_address() : packet.destination_address();
  switch (below(random, 12)) {
    case 0:
      return pick({"tcp", "udp", "icmp", "icmpv6", "ip", "ipv4", "ipv6", "arp", "vlan", "ethernet", "fragment", "llc",
                   "tcp.syn", "tcp.ack", "anomaly.bad_version", "truncated", "vxlan", "ipv6_hop_by_hop"});
    case 1: return pick({"tcp.syn == false", "vlan == false", "tcp == false", "fragment != true", "arp != true"});
    case 2: return number(pick({"port", "tcp.port", "udp.port", "dst_port", "tcp.dst_port"}), packet.destination_port);
    case 3: return number(pick({"src_port", "udp.src_port", "port"}), packet.source_port);
    case 4: return number("ip.protocol", packet.ip_protocol);
    case 5: return number(pick({"vlan.id", "ip.dscp"}), packet.vlan_id() & 7);
    case 6:
      return number(pick({"icmp.type", "icmpv6.type", "icmp.code", "tcp.flags", "ipv4.ttl", "ipv6.hop_limit"}),
                    packet.has(Protocol::tcp) ? packet.tcp_flags : packet.icmp_type);
    case 7: return number(pick({"ethernet.type", "tcp.window", "tcp.sequence", "length"}), packet.ether_type);
    case 8:
      return pick({"ethernet.src", "ethernet.dst", "ethernet.addr"}) + pick({" == ", " != "}) + "02:00:00:00:00:0" +
             std::to_string(1 + below(random, 2));
    case 9: return pick({"ipv4.id == 0", "tcp.header_length > 20", "tcp.checksum_state == good"});
    default: break;
  }
  std::string value = to_string(address);
  if (below(random, 3) == 0) value = address.is_v4() ? "10.0.0.0/8" : "2001:db8::/33";
  if (below(random, 5) == 0) value = pick({"192.0.2.0/25", "::/0", "0.0.0.0/0", "2001:db8::1"});
  return pick({"ip.src", "ip.dst", "ip.addr", "host", "ipv4.addr", "ipv6.src", "arp.sender"}) + pick({" == ", " != "}) +
         value;
}

std::string random_filter(std::mt19937_64& random, const std::vector<Taken>& frames, int depth) {
  if (depth == 0 || below(random, 4) == 0) return random_term(random, frames[below(random, frames.size())].packet());
  if (below(random, 4) == 0) return "not (" + random_filter(random, frames, depth - 1) + ')';
  return '(' + random_filter(random, frames, depth - 1) + (below(random, 2) == 0 ? " and " : " or ") +
         random_filter(random, frames, depth - 1) + ')';
}

struct Tally {
  std::size_t refused = 0;
  std::size_t refused_by_filter = 0;
};

void expect_superset(std::mt19937_64& random, const std::vector<Taken>& frames, int filters, Tally& tally) {
  for (int round = 0; round < filters; ++round) {
    const std::string text = random_filter(random, frames, 3);
    if (text.size() > 4'000) continue;
    FrameMatch match(filter_of(text));
    const KernelFilter kernel = kernel_filter(match.filter().checked());
    if (kernel.program.empty()) continue;
    ASSERT_TRUE(is_valid(kernel.program)) << text;
    for (const Taken& frame : frames) {
      const bool wanted = match.matches(frame.asked());
      const bool passes = run(kernel.program, frame.raw()) != 0;
      ASSERT_TRUE(passes || !wanted) << text << "\n" << testing::PrintToString(frame.bytes) << frame.tagged;
      tally.refused += passes ? 0 : 1;
      tally.refused_by_filter += wanted ? 0 : 1;
    }
  }
}

TEST(KernelFilter, NeverRefusesWhatTheFilterAccepts) {
  auto random = base::seeded_random();
  auto frames = honest_frames();
  Tally tally;
  expect_superset(random, frames, 1'500, tally);
  EXPECT_GT(tally.refused * 10, tally.refused_by_filter * 3) << "but it refuses a good part of the rest";
}

TEST(KernelFilter, NorOfFramesThatLie) {
  auto random = base::seeded_random();
  Tally tally;
  for (int round = 0; round < 200; ++round) {
    std::vector<Taken> frames;
    for (Taken frame : honest_frames()) {
      for (std::uint64_t flips = below(random, 4); flips > 0 && frame.bytes.size() > 12; --flips) {
        frame.bytes[12 + below(random, std::min<std::size_t>(frame.bytes.size() - 12, 50))] =
            static_cast<std::uint8_t>(below(random, 2) == 0 ? random() : below(random, 70));
      }
      if (below(random, 3) == 0) frame.bytes.resize(below(random, frame.bytes.size() + 1));
      if (below(random, 3) == 0) frame.length = static_cast<std::uint32_t>(frame.bytes.size());
      frames.push_back(std::move(frame));
    }
    expect_superset(random, frames, 60, tally);
    if (HasFatalFailure()) return;
  }
}

std::vector<Taken> frames_of(const std::filesystem::path& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  wire::CaptureFileReader reader;
  reader.feed(wire::test::bytes_of(content));
  std::vector<Taken> out;
  while (out.size() < most) {
    const auto next = reader.next();
    if (!next || !*next) break;
    if (wire::link_type_of_pcap((*next)->linktype) != wire::LinkType::ethernet) continue;
    out.push_back({{(*next)->bytes.begin(), (*next)->bytes.end()}, (*next)->original_length, false, 0});
  }
  return out;
}

TEST(KernelFilter, NorOfRealCaptures) {
  std::vector<std::filesystem::path> files;
  const char* const shared = std::getenv("HOLTER_SHARED");
  for (const std::filesystem::path& folder : {std::filesystem::path(HOLTER_SOURCE_ROOT "/tests/captures"),
                                              std::filesystem::path(shared == nullptr ? "" : shared) / "pcaps"}) {
    std::error_code none;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, none)) {
      if (entry.is_regular_file() && entry.file_size() < 4'000'000) files.push_back(entry.path());
    }
  }
  auto random = base::seeded_random();
  Tally tally;
  for (std::size_t i = std::min<std::size_t>(files.size(), 150); i > 0; --i) {
    const auto frames = frames_of(files[below(random, files.size())], 60);
    if (!frames.empty()) expect_superset(random, frames, 12, tally);
    if (HasFatalFailure()) return;
  }
}

bool passes(const std::string& text, const FrameBytes& bytes) {
  const KernelFilter kernel = kernel_filter(filter_of(text).checked());
  return kernel.program.empty() || run(kernel.program, taken(bytes).raw()) != 0;
}

TEST(KernelFilter, RefusesWhatIsUsuallyAsked) {
  const auto web = wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpSyn);
  const auto dns = wire::test::udp_frame({kA6, 50'000}, {kB6, 53}, "x");
  for (const char* text :
       {"udp", "tcp.dst_port == 80", "host == 10.0.0.0/8", "ipv6", "not ipv4", "arp", "vlan",
        "tcp.dst_port == 80 and ipv4.id == 5", "port in {1..442}", "ethernet.src == 02:00:00:00:00:09",
        "icmp or udp.port == 53", "tcp.rst", "ip.src != 192.0.2.1"}) {
    EXPECT_FALSE(passes(text, web)) << text;
  }
  for (const char* text :
       {"tcp", "udp.port == 54", "ip.addr == 2001:db8:0:1::/64", "host in {2001:db8::3..2001:db8::3, 192.0.2.1}"}) {
    EXPECT_FALSE(passes(text, dns)) << text;
  }
  EXPECT_TRUE(passes("ip.addr == 2001:db8::/64", dns));
  EXPECT_TRUE(passes("icmp", wire::test::tagged(web, wire::kEthertypeVlan, 5))) << "a tag within the frame";
  EXPECT_TRUE(passes("icmp", wire::test::udp_frame({kA4, 1}, {kB4, 4'789}, "x"))) << "perhaps a tunnel";
  EXPECT_TRUE(passes("icmp", wire::test::ip_frame(kA4, kB4, 47, wire::test::bytes_of("01234567"))));
}

// A port more in wire's table must be known here too.
TEST(KernelFilter, LetsEveryTunnelPass) {
  const BpfProgram program = kernel_filter(filter_of("icmp").checked()).program;
  for (unsigned port = 1; port <= 65'535; ++port) {
    if (!wire::is_tunnel_port(static_cast<std::uint16_t>(port))) continue;
    const auto frame = wire::test::udp_frame({kA4, 1}, {kB4, static_cast<std::uint16_t>(port)}, "x");
    EXPECT_NE(run(program, taken(frame).raw()), 0u) << port;
  }
}

TEST(KernelFilter, SaysInWordsWhatItAsks) {
  const auto words = [](const std::string& text) { return kernel_filter(filter_of(text).checked()).words; };
  EXPECT_EQ(words("tcp.dst_port in {443, 8000..8099} and ipv4.id == 5"), "tcp.dst_port in {443, 8000..8099}");
  EXPECT_EQ(words("ipv4.id == 5"), "");
  EXPECT_EQ(words("tcp or length > 5"), "");
  EXPECT_EQ(words("not (tcp and host == 10.0.0.0/8)"), "not tcp or not host in {10.0.0.0..10.255.255.255}");
  EXPECT_TRUE(kernel_filter(filter_of("ipv4.id == 5").checked()).program.empty());
}

TEST(KernelFilter, OfACaptureIsWhatItKeepsAndDoesNotDrop) {
  const CaptureFilter filter{filter_of("tcp or udp"), {filter_of("port == 53"), filter_of("arp")}};
  const KernelFilter kernel = kernel_filter(filter);
  const auto asked = [&](const FrameBytes& bytes) { return run(kernel.program, taken(bytes).raw()) != 0; };
  EXPECT_TRUE(asked(wire::test::tcp_frame({kA4, 1}, {kB4, 443}, 2)));
  EXPECT_FALSE(asked(wire::test::udp_frame({kA4, 1}, {kB4, 53}, "x")));
  EXPECT_FALSE(asked(wire::test::echo_frame(kA4, kB4, false, 1, 1)));
  EXPECT_TRUE(kernel_filter(CaptureFilter{}).program.empty());
}

TEST(KernelFilter, LongListsStayWithHolter) {
  std::string many = "port in {1";
  for (int i = 3; i < 400; i += 2) many += ", " + std::to_string(i);
  EXPECT_TRUE(passes(many + "}", wire::test::tcp_frame({kA4, 1'000}, {kB4, 1'000}, 2)));
  EXPECT_FALSE(passes(many + "}", wire::test::echo_frame(kA4, kB4, false, 1, 1)));
  std::string wide = "port == 0";
  for (int i = 0; i < 60; ++i) wide += " or ipv6.addr == 2001:db8::" + std::to_string(i);
  const auto program = kernel_filter(filter_of(wide).checked()).program;
  EXPECT_TRUE(program.empty() || is_valid(program)) << "jumps further than 255 instructions";
  EXPECT_FALSE(program.empty());
}

TEST(BpfAssembler, JumpsFurtherThanOneByteSays) {
  BpfAssembler out;
  for (int i = 0; i < 1'000; ++i)
    out.if_equal(static_cast<std::uint32_t>(i), out.accept(), i == 0 ? out.reject() : out.here());
  out.load_length();
  const BpfProgram program = out.take();
  ASSERT_TRUE(is_valid(program));
  const auto asked = [&](std::uint32_t length) { return run(program, {{}, length, false, 0, false}) != 0; };
  EXPECT_TRUE(asked(0));
  EXPECT_TRUE(asked(999));
  EXPECT_FALSE(asked(1'000));
}

}  // namespace
}  // namespace holter::filter
