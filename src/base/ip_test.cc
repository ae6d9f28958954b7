#include "base/ip.h"

#include <gtest/gtest.h>

namespace holter::base {
namespace {

TEST(Endpoint, IsReadBackAsItIsWritten) {
  for (const char* text : {"192.0.2.1:53", "[2001:db8::1]:5353", "[::1]:1", "0.0.0.0:65535", "[fe80::1%2]:53"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(to_string(*endpoint), text);
  }
}

TEST(Endpoint, NeedsAnAddressAndAPort) {
  for (const char* text : {"", ":", "192.0.2.1", "192.0.2.1:", ":53", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:5x",
                           "192.0.2.1:-1", "[192.0.2.1]:53", "::1:53", "2001:db8::1", "[::1]", "[::1]53", "[::1:53",
                           "example.org:53", "[]:53"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(IpAddress, EndsNotAtANul) {
  EXPECT_FALSE(IpAddress::parse(std::string_view("192.0.2.1\0.example", 18)));
}

}  // namespace
}  // namespace holter::base
