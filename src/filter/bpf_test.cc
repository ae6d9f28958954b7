// Classic BPF: the interpreter, what is refused before it runs, and tcpdump's expressions on frames of several links.
#include "filter/bpf.h"

#include <gtest/gtest.h>

#include "base/seed_test.h"
#include "filter/frame_match.h"
#include "filter/parser.h"
#include "filter/tcpdump_expression.h"
#include "wire/test_frames.h"

namespace holter::filter {
namespace {

using wire::LinkType;
using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kB4;

constexpr BpfInstruction kReturnAll{0x06, 0, 0, 65'535};
constexpr BpfInstruction kReturnNone{0x06, 0, 0, 0};

TEST(Bpf, WhatCannotBeRunIsNotValid) {
  EXPECT_FALSE(is_valid({}));
  EXPECT_TRUE(is_valid({kReturnAll}));
  EXPECT_FALSE(is_valid({{0x28, 0, 0, 12}})) << "no end";
  EXPECT_TRUE(is_valid({{0x28, 0, 0, 12}, {0x15, 0, 1, 0x800}, kReturnAll, kReturnNone}));
  EXPECT_FALSE(is_valid({{0x15, 0, 1, 0x800}, kReturnAll})) << "a jump beyond the end";
  EXPECT_FALSE(is_valid({{0x05, 0, 0, 0xffff'ffff}, kReturnAll})) << "a jump back";
  EXPECT_FALSE(is_valid({{0x34, 0, 0, 0}, kReturnAll})) << "a division by 0";
  EXPECT_FALSE(is_valid({{0x02, 0, 0, 16}, kReturnAll})) << "there are 16 words of memory";
  EXPECT_FALSE(is_valid({{0xffff, 0, 0, 0}, kReturnAll}));
  EXPECT_FALSE(is_valid(BpfProgram(kMaxBpfInstructions + 1, kReturnAll)));
}

TEST(Bpf, ALoadBeyondTheFrameRefuses) {
  const std::vector<std::uint8_t> bytes = {1, 2, 3, 4};
  const auto load = [&](std::uint16_t code, std::uint32_t at) {
    return run({{code, 0, 0, at}, {0x16, 0, 0, 0}}, {bytes, 4, false, 0, false});
  };
  EXPECT_EQ(load(0x20, 0), 0x01020304u);
  EXPECT_EQ(load(0x28, 2), 0x0304u);
  EXPECT_EQ(load(0x30, 3), 4u);
  EXPECT_EQ(load(0x20, 1), 0u);
  EXPECT_EQ(load(0x30, 4), 0u);
  EXPECT_EQ(load(0x30, 0xffff'ffff), 0u);
  EXPECT_EQ(load(0x80, 0), 4u) << "the length";
  EXPECT_EQ(run({{0x01, 0, 0, 0xffff'ffff}, {0x50, 0, 0, 2}, {0x16, 0, 0, 0}}, {bytes, 4, false, 0, false}), 0u)
      << "X and k together do not come round to the beginning";
}

TEST(Bpf, ATagThatTheDeviceTookIsWhereTheProgramLooksForIt) {
  const auto plain = wire::test::udp_frame({kA4, 1}, {kB4, 53}, "x");
  const auto tagged = TcpdumpExpression::compile("vlan 5 and udp port 53").value();
  const auto length = static_cast<std::uint32_t>(plain.size());
  EXPECT_TRUE(tagged.matches(LinkType::ethernet, {plain, length, true, 0x6005, true}));
  EXPECT_FALSE(tagged.matches(LinkType::ethernet, {plain, length, true, 6, true}));
  EXPECT_FALSE(tagged.matches(LinkType::ethernet, {plain, length, false, 0, true}));
  const BpfProgram beside = {
      {0x30, 0, 0, kBpfVlanTagPresent}, {0x15, 0, 2, 1}, {0x28, 0, 0, kBpfVlanTag}, {0x16, 0, 0, 0}, kReturnNone};
  EXPECT_EQ(run(beside, {plain, length, true, 0x6005, false}), 0x6005u);
  EXPECT_EQ(run(beside, {plain, length, false, 0, false}), 0u);
}

TEST(Bpf, RandomProgramsThatAreValidEnd) {
  auto random = base::seeded_random();
  std::size_t valid = 0;
  for (int round = 0; round < 20'000; ++round) {
    BpfProgram program;
    for (std::size_t n = 1 + base::below(random, 6); n > 0; --n) {
      const auto small = [&] { return static_cast<std::uint8_t>(base::below(random, 4)); };
      program.push_back({static_cast<std::uint16_t>(base::below(random, 256)), small(), small(), small() * 5U});
    }
    program.push_back(kReturnAll);
    if (!is_valid(program)) continue;
    ++valid;
    const std::string bytes = base::random_bytes(random, base::below(random, 24));
    run(program, {wire::test::bytes_of(bytes), 24, round % 2 == 0, 7, round % 3 == 0});
  }
  EXPECT_GT(valid, 500u);
}

bool matches(std::string_view text, const FrameBytes& bytes, LinkType link = LinkType::ethernet) {
  auto filter = PacketFilter::compile(text);
  EXPECT_TRUE(filter) << explain_mistake(text, filter.error());
  if (!filter) return false;
  return FrameMatch(*filter).matches(
      {bytes, static_cast<std::uint32_t>(bytes.size()), link, {}, {}, 0, Direction::unknown});
}

TEST(TcpdumpExpression, IsATermOfTheLanguage) {
  const auto web = wire::test::tcp_frame({kA4, 50'000}, {kB4, 80}, wire::kTcpSyn);
  for (const char* text :
       {"bpf:\"tcp port 80\"", "bpf:tcp", "ipv4 and bpf:'host 192.0.2.1 and tcp[tcpflags] & tcp-syn != 0'",
        "not bpf:\"udp\"", "bpf:'net 192.0.2.0/24 and portrange 50000-50001'", "bpf: 'len - 20 > 10'",
        "bpf:'ether src 02:00:00:00:00:01'", R"({"bpf":"tcp port 80"})", "bpf:'ip[2:2]-40 >= 0'", "bpf:''"}) {
    EXPECT_TRUE(matches(text, web)) << text;
  }
  EXPECT_FALSE(matches("bpf:\"udp\" or udp", web));
  const FrameBytes raw(web.begin() + 14, web.end());
  EXPECT_TRUE(matches("bpf:'tcp dst port 80'", raw, LinkType::raw_ip));
  EXPECT_FALSE(matches("bpf:'ether src 02:00:00:00:00:01'", raw, LinkType::raw_ip)) << "it means nothing there";
  FrameBytes loopback = {2, 0, 0, 0};
  loopback.insert(loopback.end(), raw.begin(), raw.end());
  EXPECT_TRUE(matches("bpf:'tcp dst port 80'", loopback, LinkType::bsd_null));
  std::swap(loopback[0], loopback[3]);
  EXPECT_TRUE(matches("bpf:'tcp dst port 80'", loopback, LinkType::bsd_null)) << "of a big-endian host";
}

TEST(TcpdumpExpression, IsPrintedAsItIsWritten) {
  EXPECT_EQ(print(parse("arp or bpf:'tcp port \"80'").value()), "arp or bpf:\"tcp port \\\"80\"");
  EXPECT_EQ(print(parse("not bpf:icmp").value()), "not bpf:\"icmp\"");
  EXPECT_EQ(parse("bpf:icmp").value(), parse(print(parse("bpf:icmp").value())).value());
}

TEST(TcpdumpExpression, Mistakes) {
  const auto mistake = [](std::string_view text) {
    const auto filter = PacketFilter::compile(text);
    return filter ? "none" : std::to_string(filter.error().span.begin) + ": " + filter.error().message;
  };
  EXPECT_EQ(mistake("tcp and bpf:'tcp prot 80'"),
            "12: tcpdump does not take this: 'prot' is no word of tcpdump's language, and names are not looked up "
            "here; write the number or address");
  EXPECT_EQ(mistake("bpf:'host www.example.org'"),
            "4: tcpdump does not take this: 'www.example.org' is no word of tcpdump's language, and names are not "
            "looked up here; write the number or address");
  EXPECT_EQ(mistake("bpf:'tcp port'"), "4: tcpdump does not take this: can't parse filter expression: syntax error");
  EXPECT_EQ(mistake("bpf:"), "4: an expression of tcpdump in quotes is expected, not the end");
  EXPECT_EQ(mistake("bpf:'ip protochain 6'"), "4: tcpdump does not take this: its program has a loop or is too long");
  EXPECT_EQ(mistake("bpf"), "0: 'bpf' is an expression of tcpdump and needs a comparison: 'bpf:\"tcp port 80\"'");
  EXPECT_EQ(mistake("bpf != 'tcp'").substr(0, 3), "0: ");
  EXPECT_EQ(mistake(R"({"bpf":"tcp prt 80"})").substr(0, 3), "7: ");
  EXPECT_FALSE(TcpdumpExpression::compile(std::string("tcp\0", 4)));
}

}  // namespace
}  // namespace holter::filter
