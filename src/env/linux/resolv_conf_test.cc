#include "env/linux/resolv_conf.h"

#include <gtest/gtest.h>

namespace holter::env_linux {
namespace {

TEST(ResolvConf, TakesNameserversInOrderOnceAndLeavesTheRestOut) {
  const auto zone_of = [](const std::string& name) { return name == "eth0" ? 7U : 0U; };
  const auto got = parse_resolv_conf(
      "# nameserver 9.9.9.9\nsearch example.org\nnameserver 192.0.2.1\n\tnameserver  2001:db8::1 \r\n"
      "nameserver fe80::1%eth0\nnameserver fe80::2%gone\nnameserver nonsense\nnameserver\nnameserver 192.0.2.1",
      zone_of);
  std::string text;
  for (const auto& address : got) text += base::to_string(address) + '\n';
  EXPECT_EQ(text, "192.0.2.1\n2001:db8::1\nfe80::1%7\n");
}

}  // namespace
}  // namespace holter::env_linux
