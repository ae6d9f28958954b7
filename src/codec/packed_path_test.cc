#include "codec/packed_path.h"

#include <gtest/gtest.h>

namespace holter::codec {
namespace {

using base::Duration;
using record::PathEnd;

record::Path some_path() {
  record::Path path{.hops = {}, .end = PathEnd::reached};
  path.hops.push_back({.ttl = 1, .sent = 6, .branches = {{.address = base::IpAddress::v4({192, 0, 2, 1})}}});
  path.hops.push_back({.ttl = 2, .sent = 3, .branches = {}});
  path.hops.push_back({.ttl = 3,
                       .sent = 11,
                       .shared = true,
                       .branches = {{.address = base::IpAddress::parse("2001:db8::1").value(),
                                     .answered = 5,
                                     .rtt_min = Duration::microseconds(1),
                                     .rtt_avg = Duration::seconds(1),
                                     .rtt_max = Duration::max(),
                                     .icmp_type = 11,
                                     .icmp_code = 255,
                                     .labels = {0, record::kMaxMplsLabel}},
                                    {.address = base::IpAddress::v4({192, 0, 2, 3})}}});
  return path;
}

TEST(PackedPath, ComesBackAsItWas) {
  EXPECT_EQ(unpack_path(packed(some_path())).value(), some_path());
  EXPECT_LE(packed(some_path()).size(), most_packed_bytes(some_path()));
  EXPECT_EQ(packed(record::Path()), "");
  EXPECT_EQ(unpack_path("").value(), record::Path());
}

TEST(PackedPath, WhatIsCutOrGoesOnIsRefused) {
  const std::string bytes = packed(some_path());
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_FALSE(unpack_path(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(unpack_path(bytes + 'x'));
  EXPECT_FALSE(unpack_path("\x07")) << "no such end";
}

TEST(PackedPath, WhatIsTooMuchIsLeftOut) {
  record::Path path{.hops = {}, .end = PathEnd::loop};
  for (int i = 0; i < 200; ++i) {
    record::Hop& hop = path.hops.emplace_back();
    for (int b = 0; b < 100; ++b) {
      hop.branches.push_back({.address = base::IpAddress::any(base::IpAddress::Family::v6),
                              .answered = UINT32_MAX,
                              .rtt_min = Duration::max(),
                              .rtt_avg = Duration::max(),
                              .rtt_max = Duration::max(),
                              .labels = std::vector<std::uint32_t>(20, record::kMaxMplsLabel)});
    }
  }
  const std::string bytes = packed(path);
  EXPECT_LE(bytes.size(), kMaxPackedPathBytes + 16);
  const auto back = unpack_path(bytes).value();
  EXPECT_LE(back.hops.size(), record::kMaxHops);
  EXPECT_EQ(back.hops.front().branches.size(), record::kMaxBranches);
  EXPECT_EQ(back.hops.front().branches.front().labels.size(), record::kMaxMplsLabels);
}

}  // namespace
}  // namespace holter::codec
