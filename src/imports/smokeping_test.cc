#include "imports/smokeping.h"

#include <gmock/gmock.h>

#include "imports/format.h"

namespace holter::imports {
namespace {

using base::Duration;
using record::Option;
using record::ProbeKind;
using testing::ElementsAre;

constexpr const char* kFile = R"(*** General ***
owner = me
@include /etc/smokeping/config.d/pathnames
*** Database ***
step     = 60
pings    = 10
*** Probes ***
+ FPing
binary = /usr/bin/fping
+ TCPPing
++ web
port = 443
+ DNS
*** Targets ***
probe = FPing
menu = Top
title = A \
 title
+ office
menu = Office
++ router
host = router.example
alerts = bigloss
++ www
probe = web
host = www.example
++ resolver
probe = DNS
host = 192.0.2.53
lookup = a.example
+ many
host = /office/router /office/www
+ odd
probe = Radius
host = radius.example
)";

TEST(Smokeping, HostsBecomeProbesOfTheKindThatIsHandedDown) {
  const auto imported = read(std::nullopt, {kFile});
  ASSERT_TRUE(imported.has_value()) << imported.error().message;
  ASSERT_EQ(imported->probes.size(), 3U);
  const auto& router = imported->probes[0];
  EXPECT_EQ(router.line, 21U);
  EXPECT_EQ(router.plan.name, "office/router");
  EXPECT_EQ(router.plan.kind, ProbeKind::icmp);
  EXPECT_EQ(router.plan.target, "router.example");
  EXPECT_EQ(router.plan.interval, Duration::seconds(60));
  EXPECT_THAT(router.plan.options, ElementsAre(Option{"burst", "10"}));
  EXPECT_EQ(imported->probes[1].plan.target, "www.example:443");
  EXPECT_EQ(imported->probes[2].plan.kind, ProbeKind::dns);
  EXPECT_EQ(imported->probes[2].plan.target, "192.0.2.53");
  EXPECT_EQ(imported->probes[2].plan.query, "a.example");
}

TEST(Smokeping, WhatIsNotTakenIsNotedWithItsLine) {
  const auto imported = read(Format::smokeping, {kFile});
  ASSERT_TRUE(imported.has_value());
  std::vector<std::string> notes;
  for (const auto& note : imported->notes) notes.push_back(std::to_string(note.line) + ' ' + note.text);
  EXPECT_THAT(notes,
              ElementsAre("3 '@include /etc/smokeping/config.d/pathnames': what is there is imported from that file",
                          "9 'binary' has no counterpart here", "1 section 'General' has no counterpart here",
                          "23 'alerts' has no counterpart here",
                          "32 'many': several hosts in one graph are probed where they stand themselves",
                          "35 'odd': there is no probe 'Radius' here"));
}

TEST(Smokeping, SaysWhereItIsNone) {
  const auto why = [](const char* text) { return read_smokeping(text).error().message; };
  EXPECT_EQ(why("a = b\n"), "line 1: no section (*** Targets ***) has begun");
  EXPECT_EQ(why("*** Targets\n"), "line 1: a section is written *** Targets ***");
  EXPECT_EQ(why("*** Targets ***\n++ x\n"), "line 2: a place lies more than one level below the one before");
  EXPECT_EQ(why("*** Targets ***\n+\n"), "line 2: a place in the tree needs a name");
}

TEST(Format, OfNobodyIsSaidToBeSo) {
  EXPECT_THAT(read(std::nullopt, {"a: 1"}).error().message, testing::HasSubstr("is neither a list of services nor"));
  EXPECT_FALSE(read(Format::gatus, {"modules: {}"}).has_value());
}

}  // namespace
}  // namespace holter::imports
