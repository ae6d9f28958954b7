#include "capture/exclusions.h"

#include <gtest/gtest.h>

#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using base::Endpoint;
using base::IpAddress;

const IpAddress kSelf = IpAddress::v4({192, 0, 2, 1});
const IpAddress kOther = IpAddress::v4({192, 0, 2, 9});
const IpAddress kHub = IpAddress::v4({192, 0, 2, 7});
const IpAddress kLinkLocal = *IpAddress::parse("fe80::1");
const IpAddress kNeighbour = *IpAddress::parse("fe80::2");

wire::Packet decoded(const wire::test::FrameBytes& frame) {
  return wire::decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet, {});
}

wire::Packet tcp(const Endpoint& from, const Endpoint& to, std::uint8_t flags = wire::kTcpAck) {
  return decoded(wire::test::tcp_frame(from, to, flags));
}

// Whichever of the two sends.
bool covers_both_ways(const Exclusions& exclusions, const Endpoint& a, const Endpoint& b) {
  const bool there = exclusions.covers(tcp(a, b));
  EXPECT_EQ(exclusions.covers(tcp(b, a)), there);
  return there;
}

TEST(Exclusions, NothingIsOwnBeforeItIsSaid) { EXPECT_FALSE(covers_both_ways({}, {kSelf, 4280}, {kOther, 50'000})); }

TEST(Exclusions, WhoTalksToAListeningSocketTalksToHolter) {
  Exclusions exclusions;
  exclusions.set({.listening = {{kSelf, 4280}}});
  EXPECT_TRUE(covers_both_ways(exclusions, {kOther, 50'000}, {kSelf, 4280}));
  EXPECT_TRUE(exclusions.covers(tcp({kOther, 50'000}, {kSelf, 4280}, wire::kTcpSyn))) << "before it is accepted";
}

TEST(Exclusions, TheSamePortOfAnotherHostIsNotHolters) {
  Exclusions exclusions;
  exclusions.set({.listening = {{kSelf, 4280}}, .connections = {{{kSelf, 40'000}, {kHub, 4282}}}});
  EXPECT_FALSE(covers_both_ways(exclusions, {kSelf, 50'000}, {kOther, 4280}));
  EXPECT_FALSE(covers_both_ways(exclusions, {kOther, 4280}, {kHub, 4280}));
  EXPECT_FALSE(covers_both_ways(exclusions, {kOther, 40'000}, {kHub, 4282}));
  EXPECT_FALSE(exclusions.covers(decoded(wire::test::udp_frame({kOther, 9}, {kSelf, 4280}, "a pulse"))));
}

TEST(Exclusions, AConnectionIsOwnByBothEnds) {
  Exclusions exclusions;
  exclusions.set({.connections = {{{kSelf, 40'000}, {kHub, 4282}}}});
  EXPECT_TRUE(covers_both_ways(exclusions, {kSelf, 40'000}, {kHub, 4282}));
  EXPECT_FALSE(covers_both_ways(exclusions, {kSelf, 40'001}, {kHub, 4282})) << "of another program";
  EXPECT_FALSE(covers_both_ways(exclusions, {kSelf, 40'000}, {kHub, 443}));
  EXPECT_FALSE(covers_both_ways(exclusions, {kSelf, 40'000}, {kOther, 4282}));
}

TEST(Exclusions, ThoseOfBeforeAreForgotten) {
  Exclusions exclusions;
  exclusions.set({.connections = {{{kSelf, 40'000}, {kHub, 4282}}}});
  exclusions.set({.connections = {{{kSelf, 40'001}, {kHub, 4282}}}});
  EXPECT_FALSE(covers_both_ways(exclusions, {kSelf, 40'000}, {kHub, 4282}));
  EXPECT_TRUE(covers_both_ways(exclusions, {kSelf, 40'001}, {kHub, 4282}));
}

TEST(Exclusions, ASocketsZoneIsNotOnTheWire) {
  Exclusions exclusions;
  exclusions.set({.listening = {{*IpAddress::parse("fe80::1%3"), 4280}}});
  EXPECT_TRUE(covers_both_ways(exclusions, {kNeighbour, 50'000}, {kLinkLocal, 4280}));
  EXPECT_FALSE(covers_both_ways(exclusions, {kLinkLocal, 50'000}, {kNeighbour, 4280}));
}

}  // namespace
}  // namespace holter::capture
