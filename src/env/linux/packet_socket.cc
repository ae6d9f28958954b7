#include "env/linux/packet_socket.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/untrusted_text.h"
#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace {

// An interface's name may hold nearly any byte.
std::string shown(std::string_view name) { return base::UntrustedText(name).for_terminal(); }

std::string interface_names() {
  const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> all(::if_nameindex(), ::if_freenameindex);
  std::string names;
  for (const auto* entry = all.get(); entry != nullptr && entry->if_index != 0; ++entry) {
    names += (names.empty() ? "" : ", ") + shown(entry->if_name);
  }
  return names.empty() ? "none" : names;
}

using Rules = std::vector<sock_filter>;

Rules accept_all(std::uint32_t bytes) { return {{BPF_RET | BPF_K, 0, 0, bytes}}; }

Rules as_they_are(const env::KernelProgram& program) {
  Rules rules;
  for (const auto& [code, if_true, if_false, k] : program) rules.push_back({code, if_true, if_false, k});
  return rules;
}

// The program with other answers.
Rules returning(const env::KernelProgram& program, std::uint32_t when_accepted, std::uint32_t when_refused) {
  Rules rules;
  for (const auto& [code, if_true, if_false, k] : program) {
    const bool answers = code == (BPF_RET | BPF_K);
    rules.push_back({code, if_true, if_false, !answers ? k : k != 0 ? when_accepted : when_refused});
  }
  return rules;
}

// An errno, 0 when it is done.
int attach(int socket, Rules rules) {
  const sock_fprog program{static_cast<unsigned short>(rules.size()), rules.data()};
  return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0 ? 0 : errno;
}

std::uint16_t network_order(std::uint16_t value) { return __builtin_bswap16(value); }

}  // namespace

base::Result<int> interface_index(const std::string& name) {
  const unsigned index = name.size() < IFNAMSIZ ? ::if_nametoindex(name.c_str()) : 0;
  if (index != 0) return static_cast<int>(index);
  return base::Error{base::ErrorKind::not_found, "there is no interface " + shown(name) +
                                                     " here (see --interface); there are: " + interface_names()};
}

// Reads from the network header on, so that the link's own header may be of any length.
base::Result<void> set_tcp_filter(int socket, std::uint16_t port, std::uint32_t bytes) {
  constexpr auto kIp = static_cast<std::uint32_t>(SKF_NET_OFF);
  sock_filter rules[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 10, ETH_P_IP},  // else to the last rule
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, kIp + 9},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 8, IPPROTO_TCP},
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, kIp + 6},
      {BPF_JMP | BPF_JSET | BPF_K, 6, 0, 0x1fff},  // the fragment's offset
      {BPF_LDX | BPF_B | BPF_MSH, 0, 0, kIp},      // the header's length
      {BPF_LD | BPF_H | BPF_IND, 0, 0, kIp},
      {BPF_JMP | BPF_JEQ | BPF_K, 2, 0, port},
      {BPF_LD | BPF_H | BPF_IND, 0, 0, kIp + 2},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, port},
      {BPF_RET | BPF_K, 0, 0, bytes},
      {BPF_RET | BPF_K, 0, 0, 0},
  };
  const sock_fprog program{sizeof(rules) / sizeof(rules[0]), rules};
  if (::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0) {
    return os_error("cannot choose the frames of TCP port " + std::to_string(port), errno);
  }
  return {};
}

base::Result<void> set_filter(int socket, const env::KernelProgram& program, std::uint32_t bytes) {
  const auto attached = attach(socket, program.empty() ? accept_all(bytes) : returning(program, bytes, 0));
  if (attached == 0) return {};
  return os_error("cannot set a filter of " + std::to_string(program.size()) + " instructions and a snaplen of " +
                      std::to_string(bytes) + " bytes",
                  attached);
}

base::Result<void> refuse_all(int socket) {
  const auto attached = attach(socket, accept_all(0));
  if (attached == 0) return {};
  return os_error("cannot keep frames away from a socket", attached);
}

base::Result<void> set_inverse_filter(int socket, const env::KernelProgram& program) {
  const auto attached = attach(socket, program.empty() ? accept_all(0) : returning(program, 0, 1));
  if (attached == 0) return {};
  return os_error("cannot count what a filter refuses", attached);
}

base::Result<std::uint16_t> hardware_type_of(int socket, const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(socket, SIOCGIFHWADDR, &request) != 0) {
    return os_error("cannot ask for the link type of " + shown(name), errno);
  }
  return request.ifr_hwaddr.sa_family;
}

base::Result<void> ignore_outgoing_on_loopback(int socket, const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(socket, SIOCGIFFLAGS, &request) != 0) {
    return os_error("cannot read the flags of interface " + shown(name), errno);
  }
  if ((request.ifr_flags & IFF_LOOPBACK) == 0) return {};
  const int on = 1;
  if (::setsockopt(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) != 0) {
    return os_error("cannot leave out the outgoing frames of " + shown(name), errno);
  }
  return {};
}

base::Result<std::uint16_t> join_fanout(int socket, std::optional<std::uint16_t> group) {
  constexpr unsigned kNewGroup = PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID;
  const unsigned wish = group ? *group | PACKET_FANOUT_CBPF << 16 : kNewGroup << 16;
  if (::setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &wish, sizeof(wish)) != 0) {
    return os_error("cannot share the frames of an interface among workers", errno);
  }
  unsigned joined = 0;
  socklen_t size = sizeof(joined);
  if (::getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &joined, &size) != 0) {
    return os_error("cannot ask which workers share an interface", errno);
  }
  return static_cast<std::uint16_t>(joined & 0xffff);
}

base::Result<void> set_steering(int socket, const env::KernelProgram& steering) {
  Rules rules = as_they_are(steering);
  const sock_fprog program{static_cast<unsigned short>(rules.size()), rules.data()};
  if (::setsockopt(socket, SOL_PACKET, PACKET_FANOUT_DATA, &program, sizeof(program)) == 0) return {};
  return os_error("cannot say which worker gets which frames", errno);
}

base::Result<std::uint16_t> bind_to_interface(int socket, int index, const std::string& name) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = network_order(ETH_P_ALL);
  address.sll_ifindex = index;
  socklen_t size = sizeof(address);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    return os_error("cannot capture on " + shown(name), errno);
  }
  int error = 0;
  socklen_t error_size = sizeof(error);
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &error_size);
  if (error == ENETDOWN) {
    return base::Error{base::ErrorKind::closed, "interface " + shown(name) + " is down; bring it up first"};
  }
  if (error != 0) return os_error("cannot capture on " + shown(name), error);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return os_error("cannot ask for the link type of " + shown(name), errno);
  }
  return address.sll_hatype;
}

base::Result<void> join_promiscuous(int socket, int index, const std::string& name) {
  packet_mreq membership{};
  membership.mr_ifindex = index;
  membership.mr_type = PACKET_MR_PROMISC;
  if (::setsockopt(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof(membership)) != 0) {
    return os_error("cannot make " + shown(name) + " promiscuous", errno);
  }
  return {};
}

}  // namespace holter::env_linux
