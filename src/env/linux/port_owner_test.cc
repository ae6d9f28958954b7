#include "env/linux/port_owner.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "env/linux/socket_address.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace {

constexpr std::string_view kListener =
    "   0: 0100007F:10B8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 24136 1 0000 100 0 0 "
    "10 0";

TEST(PortOwner, ReadsALineOfTheKernelsTable) {
  const BoundSocket found = bound_socket(kListener, PortKind::tcp, 4280);
  EXPECT_EQ(found.uid, 1000u);
  EXPECT_EQ(found.inode, 24136u);
  EXPECT_EQ(bound_socket(kListener, PortKind::tcp, 4281).inode, 0u);
  std::string connected(kListener);
  connected.replace(connected.find(" 0A "), 4, " 01 ");
  EXPECT_EQ(bound_socket(connected, PortKind::tcp, 4280).inode, 0u) << "a connection does not take the port";
  EXPECT_EQ(bound_socket(connected, PortKind::udp, 4280).inode, 24136u);
  for (std::size_t size = 0; size < kListener.size(); ++size) {
    (void)bound_socket(kListener.substr(0, size), PortKind::tcp, 4280);
  }
  EXPECT_EQ(bound_socket("  sl  local_address rem_address   st tx_queue", PortKind::tcp, 4280).inode, 0u);
}

TEST(PortOwner, NamesThisProcess) {
  const base::Endpoint loopback{base::IpAddress::loopback(base::IpAddress::Family::v4), 0};
  const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const SocketAddress address(loopback);
  ASSERT_EQ(::bind(fd.get(), address.get(), address.length), 0);
  const std::string owner = port_owner(PortKind::udp, local_endpoint(fd.get()));
  EXPECT_NE(owner.find("process " + std::to_string(::getpid()) + " ("), std::string::npos) << owner;
  EXPECT_EQ(port_owner(PortKind::tcp, {loopback.address, 1}), "");
}

}  // namespace
}  // namespace holter::env_linux
