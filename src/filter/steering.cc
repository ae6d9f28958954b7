#include "filter/steering.h"

#include "filter/bpf_assembler.h"
#include "wire/numbers.h"

namespace holter::filter {
namespace {

using Label = BpfAssembler::Label;

constexpr std::uint32_t kMultiplier = 0x9e37'79b1;  // Knuth: 2^32 over the golden ratio, the prime next to it
constexpr std::uint32_t kVrrp = 112;                // CARP too
constexpr std::uint32_t kFirstMulticast = 224;      // first byte of IPv4's multicast and broadcast addresses
constexpr std::uint32_t kMulticast6 = 0xff;

// Written from the end, as its assembler wants it.
class Steering {
 public:
  Steering(unsigned workers, const FrameOffsets& at) : workers_(workers), at_(at) {}

  BpfProgram program() {
    const Label end = spread();
    const Label v6 = ipv6(end);
    const Label v4 = ipv4(end);
    out_.if_equal(wire::kEthertypeIpv6, v6, first());
    out_.if_equal(wire::kEthertypeIp, v4, out_.here());
    out_.load(at_.ethertype, 2);
    return out_.take();
  }

 private:
  Label first() const { return out_.reject(); }  // which returns 0
  std::uint32_t network(std::uint32_t offset) const { return at_.network + offset; }

  // The same for both directions: of the exclusive or of the addresses.
  Label spread() {
    out_.return_loaded();
    out_.modulo(workers_);
    out_.shift_right(16);
    out_.multiply(kMultiplier);
    return out_.here();
  }

  Label ipv4(Label end) {
    out_.go(end);
    out_.exclusive_or_x();
    out_.load(network(16), 4);
    out_.copy_to_x();
    out_.load(network(12), 4);
    const Label hash = out_.here();
    ports({67, 68}, hash);
    out_.load_behind_x(network(2), 2);
    ports({67, 68}, out_.here());
    out_.load_behind_x(network(0), 2);
    out_.load_ipv4_header_length_to_x(network(0));
    out_.if_any_bit(0x3fff, hash, out_.here());  // a fragment
    out_.load(network(6), 2);
    out_.if_equal(wire::kIpprotoUdp, out_.here(), hash);
    out_.if_equal(kVrrp, first(), out_.here());
    out_.load(network(9), 1);
    out_.if_at_least(kFirstMulticast, first(), out_.here());
    out_.load(network(16), 1);
    return out_.here();
  }

  Label ipv6(Label end) {
    out_.go(end);
    out_.exclusive_or_x();
    for (std::uint32_t word = 8; word < 36; word += 4) {
      out_.load(network(word), 4);
      out_.copy_to_x();
      if (word != 32) out_.exclusive_or_x();
    }
    out_.load(network(36), 4);
    const Label hash = out_.here();
    ports({546, 547}, hash);
    out_.load(network(42), 2);
    ports({546, 547}, out_.here());
    out_.load(network(40), 2);
    out_.if_equal(wire::kIpprotoUdp, out_.here(), hash);
    out_.if_equal(kVrrp, first(), out_.here());
    out_.if_equal(wire::kIpprotoIcmpv6, first(), out_.here());
    out_.if_equal(0, first(), out_.here());  // options for each hop: multicast listeners
    out_.load(network(6), 1);
    out_.if_equal(kMulticast6, first(), out_.here());
    out_.load(network(24), 1);
    return out_.here();
  }

  // A port of DHCP, else `otherwise`.
  void ports(std::initializer_list<std::uint32_t> dhcp, Label otherwise) {
    Label next = otherwise;
    for (const std::uint32_t port : dhcp) {
      out_.if_equal(port, first(), next);
      next = out_.here();
    }
  }

  BpfAssembler out_;
  unsigned workers_;
  FrameOffsets at_;
};

}  // namespace

BpfProgram steering(unsigned workers, const FrameOffsets& at) { return Steering(workers, at).program(); }

}  // namespace holter::filter
