// The bytes that a capture on a simulated host sees, and the pcap that a world leaves.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/byte_reader.h"
#include "sim/world.h"

namespace holter::sim {
namespace {

using base::ByteReader;
using base::Duration;
using base::IpAddress;

const IpAddress kHere = IpAddress::v4({192, 0, 2, 1});
const IpAddress kThere = IpAddress::v4({192, 0, 2, 2});
const IpAddress kHere6 = IpAddress::parse("2001:db8::1").value();
const IpAddress kThere6 = IpAddress::parse("2001:db8::2").value();

struct Captured {
  std::vector<std::uint8_t> bytes;
  env::Frame frame;
};
struct Capture {
  env::FrameOptions options;
  std::vector<Captured> frames;
  env::FrameCounters counters;
  bool reads = true;
};

env::Task<void> capture(env::Env env, Capture* into) {
  EXPECT_EQ(env.frames.open(env::FrameOptions()).error().kind, base::ErrorKind::not_found);
  auto source = env.frames.open(into->options).value();
  EXPECT_EQ(source->hardware_type(), 1);
  const auto end = env.clock.now() + Duration::seconds(2);
  while (into->reads && env.clock.now() < end) {
    auto next = source->next_block();
    const auto block = co_await env::with_deadline<std::span<const env::Frame>>(env.clock, end, std::move(next));
    if (!block) break;
    for (const auto& frame : *block) into->frames.push_back({{frame.bytes.begin(), frame.bytes.end()}, frame});
  }
  co_await env.clock.sleep_until(end);
  into->counters = source->read_counters().value();
  EXPECT_EQ(source->read_counters().value().packets, 0U) << "reading resets";
}

env::Task<void> talk(env::Env env, int count) {
  for (const auto& to : {kThere, kThere6}) {
    env::DatagramOptions options;
    options.local = {IpAddress::any(to.family()), 4'000};
    options.egress.dscp = 46;
    auto socket = env.network.open_datagram(options).value();
    const std::vector<std::uint8_t> hello{'h', 'e', 'l', 'l', 'o'};
    for (int i = 0; i < count; ++i) EXPECT_TRUE(socket->send({to, 9}, hello));
  }
  co_await env.clock.sleep_for(Duration::seconds(1));
}

struct FramesLab {
  FramesLab()
      : here(world.add_host("here", {.addresses = {kHere, kHere6}})),
        there(world.add_host("there", {.addresses = {kThere, kThere6}})) {
    taken.options.interface = "eth0";
  }
  void run(int count = 1) {
    there.boot([this](env::Env env) { return capture(env, &taken); });
    world.run_for(Duration::milliseconds(1));
    here.boot([count](env::Env env) { return talk(env, count); });
    world.run_for(Duration::seconds(5));
  }
  Capture taken;
  World world{1};
  Host& here;
  Host& there;
};

std::uint32_t ones_sum(base::Bytes bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += static_cast<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

TEST(Frames, AreRealEthernetIpAndUdp) {
  FramesLab lab;
  const auto stepped = Duration::hours(1);
  lab.there.clock().step(stepped);
  lab.run();
  // Two datagrams in, two port-unreachable errors out.
  ASSERT_EQ(lab.taken.frames.size(), 4U);
  EXPECT_EQ(lab.taken.counters.packets, 4U);
  EXPECT_EQ(lab.taken.counters.drops, 0U);
  const Captured& first = lab.taken.frames[0];
  EXPECT_EQ(first.frame.direction, env::FrameDirection::host);
  EXPECT_EQ(first.frame.original_length, first.bytes.size());
  const auto true_now = true_wall_time(Timeline::kStart).in_nanoseconds();
  EXPECT_NEAR(static_cast<double>(first.frame.captured_at.in_nanoseconds() - true_now) / 1e9, 3'600, 1);
  ByteReader frame(first.bytes);
  frame.skip(12);
  EXPECT_EQ(frame.u16(), 0x0800);
  const auto ip = frame.bytes(20);
  EXPECT_EQ(ones_sum(ip), 0xffffU);
  EXPECT_EQ(ip[1], 46 << 2);
  EXPECT_EQ(ip[8], 64);
  EXPECT_EQ(ip[9], 17);
  const auto udp = frame.rest();
  EXPECT_EQ(ones_sum(udp, ones_sum(ip.subspan(12, 8)) + 17 + static_cast<std::uint32_t>(udp.size())), 0xffffU);
  EXPECT_EQ(std::string(udp.begin() + 8, udp.end()), "hello");
  std::size_t outgoing = 0;
  for (const auto& one : lab.taken.frames) outgoing += one.frame.direction == env::FrameDirection::outgoing ? 1U : 0U;
  EXPECT_EQ(outgoing, 2U);
}

TEST(Frames, TheSnaplenCutsAndTheRingCountsWhatItDrops) {
  FramesLab cut;
  cut.taken.options.snaplen = 20;
  cut.run();
  EXPECT_EQ(cut.taken.frames.at(0).bytes.size(), 20U);
  EXPECT_EQ(cut.taken.frames[0].frame.original_length, 14U + 20 + 8 + 5);

  FramesLab full;
  full.taken.options.ring_bytes = 10 * 47;
  full.taken.reads = false;
  full.run(100);
  EXPECT_GT(full.taken.counters.drops, 300U);
  EXPECT_EQ(full.taken.counters.packets, 400U);
}

TEST(Pcap, HoldsWhatRoutersSay) {
  World world(1);
  world.internet().set_edge_router(IpAddress::v4({203, 0, 113, 1}));
  world.add_host("here", {.addresses = {kHere, kHere6}}).boot([](env::Env env) { return talk(env, 1); });
  world.run_for(Duration::seconds(1));
  // Two datagrams of 47 and 67 bytes, and the router's word about the first: Ethernet, IP, ICMP and the quoted packet.
  constexpr std::size_t header = 16;
  EXPECT_EQ(world.internet().wiretap().pcap().size(), 24U + 3 * header + 47 + 67 + (14 + 20 + 8 + 33));
}

TEST(Pcap, HoldsEveryPacketOfTheWorldAsOthersReadThem) {
  FramesLab lab;
  lab.world.internet().set_routers(lab.here.index(), lab.there.index(), {{IpAddress::v4({203, 0, 113, 1})}});
  lab.run();
  const std::string path =
      std::filesystem::temp_directory_path() / ("holter_pcap_test_" + std::to_string(getpid()) + ".pcap");
  ASSERT_TRUE(lab.world.write_pcap(path));
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  ByteReader pcap(bytes);
  EXPECT_EQ(pcap.u32_le(), 0xa1b2'3c4dU);
  EXPECT_EQ(pcap.u16_le(), 2);
  EXPECT_EQ(pcap.u16_le(), 4);
  pcap.skip(12);
  EXPECT_EQ(pcap.u32_le(), 1U) << "Ethernet";
  std::size_t packets = 0;
  std::uint64_t previous = 0;
  while (pcap.captured_left() > 0) {
    const std::uint64_t at = pcap.u32_le() * std::uint64_t{1'000'000'000} + pcap.u32_le();
    EXPECT_GE(at, previous);
    previous = at;
    const std::uint32_t captured = pcap.u32_le();
    EXPECT_EQ(captured, pcap.u32_le());
    pcap.skip(captured);
    ASSERT_FALSE(pcap.failed());
    ++packets;
  }
  EXPECT_EQ(packets, 4U);
  if (std::filesystem::exists("/usr/bin/tcpdump")) {
    std::string out;
    FILE* const tcpdump = popen(("/usr/bin/tcpdump -vv -n -r " + path + " 2>&1").c_str(), "r");
    ASSERT_NE(tcpdump, nullptr);
    std::array<char, 4096> part{};
    while (fgets(part.data(), part.size(), tcpdump) != nullptr) out += part.data();
    pclose(tcpdump);
    EXPECT_EQ(out.find("bad"), std::string::npos) << out;
    EXPECT_NE(out.find("192.0.2.1.4000 > 192.0.2.2.9: [udp sum ok] UDP, length 5"), std::string::npos) << out;
    EXPECT_NE(out.find("192.0.2.2 udp port 9 unreachable"), std::string::npos) << out;
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace holter::sim
