#include "filter/kernel_filter.h"

#include <array>

#include "filter/bpf_assembler.h"
#include "filter/checked_text.h"
#include "filter/kernel_class.h"
#include "wire/numbers.h"

namespace holter::filter {
namespace {

using wire::Protocol;
using Label = BpfAssembler::Label;

constexpr std::uint32_t kMost32 = 0xffff'ffff;
// Behind these ports of UDP there may be another packet. More than holter looks into does no harm.
constexpr std::array<std::uint16_t, 6> kTunnelPorts = {4'789, 8'472, 6'081, 2'152, 4'790, 4'754};

constexpr KernelClass kArp{Protocol::arp, std::nullopt};

class Compiler {
 public:
  explicit Compiler(const Checked& whole) : whole_(whole) {}

  BpfProgram compile() {
    const Label v4 = network(Protocol::ipv4);
    const Label v6 = network(Protocol::ipv6);
    const Label arp = arp_frames();
    if (v4 == out_.accept() && v6 == out_.accept() && arp == out_.accept()) return {};
    out_.if_equal(wire::kEthertypeArp, arp, out_.accept());
    out_.if_equal(wire::kEthertypeIpv6, v6, out_.here());
    out_.if_equal(wire::kEthertypeIp, v4, out_.here());
    out_.load(12, 2);
    out_.if_at_least(kEthernetBytes, out_.here(), out_.accept());
    out_.load_length();
    return out_.overflown() ? BpfProgram() : out_.take();
  }

 private:
  Label network(Protocol network) {
    const bool v4 = network == Protocol::ipv4;
    const Label tcp = transport({network, Protocol::tcp});
    const Label udp = transport({network, Protocol::udp});
    const Label icmp = transport({network, v4 ? Protocol::icmp : Protocol::icmpv6});
    if (tcp == out_.accept() && udp == out_.accept() && icmp == out_.accept()) return out_.accept();
    out_.if_equal(v4 ? wire::kIpprotoIcmp : wire::kIpprotoIcmpv6, icmp, out_.accept());
    out_.if_equal(wire::kIpprotoUdp, udp, out_.here());
    out_.if_equal(wire::kIpprotoTcp, tcp, out_.here());
    out_.load(v4 ? 23 : 20, 1);
    if (v4) {
      out_.if_any_bit(0x3fff, out_.accept(), out_.here());  // a fragment
      out_.load(20, 2);
      out_.if_equal(0x45, out_.here(), out_.accept());
      out_.load(14, 1);
    } else {
      out_.if_equal(6, out_.here(), out_.accept());
      out_.shift_right(4);
      out_.load(14, 1);
    }
    return require_length(v4 ? 34 : 54);
  }

  // Behind it the whole transport header is there, in the frame and in what the network header claims.
  Label transport(const KernelClass& of) {
    const Label tree = decide(of);
    if (tree == out_.accept()) return tree;
    out_.go(tree);
    const std::uint32_t at = of.transport_offset();
    const std::uint32_t claim_at = of.network == Protocol::ipv4 ? 16 : 18;
    const std::uint32_t claimed_before = of.network == Protocol::ipv4 ? 20 : 0;
    const std::uint32_t least = of.transport == Protocol::tcp ? 20 : 8;
    if (of.transport == Protocol::udp) {
      for (const std::uint16_t port : kTunnelPorts) out_.if_equal(port, out_.accept(), out_.here());
      out_.load(at + 2, 2);
    }
    if (of.transport == Protocol::tcp) {  // with its options
      out_.if_at_least_x(out_.here(), out_.accept());
      if (claimed_before != 0) out_.subtract(claimed_before);
      out_.load(claim_at, 2);
      out_.if_at_least_x(out_.here(), out_.accept());
      out_.subtract(at);
      out_.load_length();
      out_.copy_to_x();
      out_.if_at_least(least, out_.here(), out_.accept());
      out_.mask(0x3c);
      out_.shift_right(2);
      out_.load(at + 12, 1);
    }
    out_.if_at_least(claimed_before + least, out_.here(), out_.accept());
    out_.load(claim_at, 2);
    return require_length(at + least);
  }

  // ARP about IPv4 over Ethernet.
  Label arp_frames() {
    const Label tree = decide(kArp);
    if (tree == out_.accept()) return tree;
    out_.go(tree);
    out_.if_equal(0x0604, out_.here(), out_.accept());
    out_.load(18, 2);
    out_.if_equal(0x0001'0800, out_.here(), out_.accept());
    out_.load(14, 4);
    return require_length(42);
  }

  Label require_length(std::uint32_t bytes) {
    out_.if_at_least(bytes, out_.here(), out_.accept());
    out_.load_length();
    return out_.here();
  }

  Label decide(const KernelClass& of) {
    class_ = of;
    const Checked here = relaxed(whole_, [&](const Condition& condition) { return known_in(of, condition); });
    if (is_true(here)) return out_.accept();
    if (is_false(here)) return out_.reject();
    return put(here, out_.accept(), out_.reject());
  }

  Label put(const Checked& part, Label then, Label otherwise) {
    switch (part.kind) {
      case Expression::Kind::negation: return put(part.operands.front(), otherwise, then);
      case Expression::Kind::comparison: return condition(part.condition, then, otherwise);
      case Expression::Kind::all:
      case Expression::Kind::any: break;
    }
    const bool all = part.kind == Expression::Kind::all;
    Label next = all ? then : otherwise;
    for (auto operand = part.operands.rbegin(); operand != part.operands.rend(); ++operand) {
      next = all ? put(*operand, next, otherwise) : put(*operand, then, next);
    }
    return next;
  }

  Label condition(const Condition& condition, Label then, Label otherwise) {
    const LiveField& field = live_fields()[condition.field];
    const Label none = condition.negated ? then : otherwise;
    const Label one = condition.negated ? otherwise : then;
    Label next = none;
    if (field.load.b.bytes != 0) next = side(field, field.load.b, condition, one, next);
    next = side(field, field.load.a, condition, one, next);
    // A tag's number: only when there is a tag.
    if (field.load.guard != bit_of(Protocol::vlan)) return next;
    out_.if_equal(1, next, otherwise);
    out_.load(kBpfVlanTagPresent, 1);
    return out_.here();
  }

  Label side(const LiveField& field, const Slot& slot, const Condition& condition, Label one, Label none) {
    const KernelLoad load = *kernel_load(class_, slot);
    if (load.bytes == 0) return contains(condition.numbers, load.constant) ? one : none;
    if (condition.test == Condition::Test::addresses) return addresses(load.offset, condition.addresses, one, none);
    if (field.info.type == Type::mac) return macs(load.offset, condition.numbers, one, none);
    Label next = none;
    for (const NumberRange& range : condition.numbers) {
      if (range.low > kMost32) continue;
      in_range(static_cast<std::uint32_t>(range.low),
               static_cast<std::uint32_t>(std::min<std::uint64_t>(range.high, kMost32)), one, next);
      next = out_.here();
    }
    if (next == none) return none;
    if (load.mask != kMost32) out_.mask(load.mask);
    if (load.shift != 0) out_.shift_right(load.shift);
    out_.load(load.offset, load.bytes);
    return out_.here();
  }

  // Of what is loaded.
  void in_range(std::uint32_t low, std::uint32_t high, Label then, Label otherwise) {
    if (low == high) return out_.if_equal(low, then, otherwise);
    if (low == 0) return out_.if_above(high, otherwise, then);
    if (high != kMost32) {
      out_.if_above(high, otherwise, then);
      then = out_.here();
    }
    out_.if_at_least(low, then, otherwise);
  }

  Label addresses(std::uint32_t offset, const AddressSet& set, Label one, Label none) {
    if (class_.network == Protocol::ipv6) return long_addresses(offset, set, one, none);
    Label next = none;
    for (const WideRange& range : set.v4) {
      in_range(static_cast<std::uint32_t>(range.low.low), static_cast<std::uint32_t>(range.high.low), one, next);
      next = out_.here();
    }
    if (next == none) return none;
    out_.load(offset, 4);
    return out_.here();
  }

  Label long_addresses(std::uint32_t offset, const AddressSet& set, Label one, Label none) {
    Label next = none;
    for (const WideRange& range : set.v6) {
      const auto low = words_of(range.low);
      const auto high = words_of(range.high);
      Label matched = one;
      for (std::uint32_t word = 4; word-- > 0;) {
        if (low[word] == 0 && high[word] == kMost32) continue;
        in_range(low[word], high[word], matched, next);
        out_.load(offset + word * 4, 4);
        matched = out_.here();
      }
      next = matched;
    }
    return next;
  }

  Label macs(std::uint32_t offset, const std::vector<NumberRange>& macs, Label one, Label none) {
    Label next = none;
    for (const NumberRange& mac : macs) {
      out_.if_equal(static_cast<std::uint32_t>(mac.low & 0xffff), one, next);
      out_.load(offset + 4, 2);
      out_.if_equal(static_cast<std::uint32_t>(mac.low >> 16), out_.here(), next);
      out_.load(offset, 4);
      next = out_.here();
    }
    return next;
  }

  const Checked& whole_;
  KernelClass class_;
  BpfAssembler out_;
};

// Whether some frame's headers can answer it.
Known in_any_class(const Condition& condition) {
  constexpr std::array kClasses = {KernelClass{Protocol::ipv4, Protocol::tcp},
                                   KernelClass{Protocol::ipv4, Protocol::udp},
                                   KernelClass{Protocol::ipv4, Protocol::icmp},
                                   KernelClass{Protocol::ipv6, Protocol::tcp},
                                   KernelClass{Protocol::ipv6, Protocol::udp},
                                   KernelClass{Protocol::ipv6, Protocol::icmpv6},
                                   kArp};
  for (const KernelClass& one : kClasses) {
    if (known_in(one, condition) == Known::unknown) return Known::unknown;
  }
  return Known::ask;
}

}  // namespace

KernelFilter kernel_filter(const Checked& checked) {
  const Checked asked = relaxed(checked, in_any_class);
  return {Compiler(checked).compile(), is_true(asked) ? "" : checked_text(Subject::packets, asked)};
}

KernelFilter kernel_filter(const CaptureFilter& filter, const std::optional<PacketFilter>& besides) {
  if (filter.takes_everything()) return {};
  Checked whole;
  whole.kind = Expression::Kind::all;
  if (filter.keep) whole.operands.push_back(filter.keep->checked());
  for (const PacketFilter& drop : filter.drops) {
    Checked& negation = whole.operands.emplace_back();
    negation.kind = Expression::Kind::negation;
    negation.operands.push_back(drop.checked());
  }
  if (!besides) return kernel_filter(whole);
  Checked either;
  either.kind = Expression::Kind::any;
  either.operands = {std::move(whole), besides->checked()};
  return kernel_filter(either);
}

}  // namespace holter::filter
