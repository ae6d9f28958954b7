// The meaning of the language over packets written a second time, as simply as possible and sharing nothing with the
// compiler but the parser: a switch over names that reads members of the Packet, and a walk over the tree. With it, a
// maker of random expressions that are well-typed. Tests only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/seed_test.h"
#include "filter/expression.h"
#include "wire/packet.h"

namespace holter::filter::naive {

using Number = unsigned __int128;  // holds every value
using wire::Packet;
using wire::Protocol;

enum class Kind : std::uint8_t { truth, number, mac, address };

// The family is a part of the value, so that equal means equal and no range crosses families.
struct Value {
  int family = 0;
  Number number = 0;
};

struct Field {
  Kind kind;
  std::function<std::vector<Value>(const Packet&)> read;  // nothing: the packet has no such field
};

template <std::size_t N>
Number big_endian(const std::array<std::uint8_t, N>& bytes, std::size_t count = N) {
  Number out = 0;
  for (std::size_t i = 0; i < count; ++i) out = out * 256 + bytes[i];
  return out;
}

inline Value address(const Packet& p, const std::array<std::uint8_t, 16>& bytes) {
  if (p.has(Protocol::ipv6)) return {6, big_endian(bytes)};
  return {4, big_endian(bytes, 4)};
}

inline bool has_any(const Packet& p, std::initializer_list<Protocol> protocols) {
  for (const Protocol protocol : protocols) {
    if (p.has(protocol)) return true;
  }
  return false;
}

inline const std::map<std::string, Field>& fields() {
  using P = const Packet&;
  using Out = std::vector<Value>;
  using enum Protocol;
  const auto truth = [](auto get) { return Field{Kind::truth, [get](P p) { return Out{{0, Number{get(p)}}}; }}; };
  const auto when = [](Kind kind, std::initializer_list<Protocol> needs, auto get) {
    return Field{kind, [needs = std::vector<Protocol>(needs), get](P p) {
                   for (const Protocol need : needs) {
                     if (p.has(need)) return get(p);
                   }
                   return Out{};
                 }};
  };
  static const std::map<std::string, Field> all = {
      {"tcp", truth([](P p) { return p.has(tcp); })},
      {"ip", truth([](P p) { return has_any(p, {ipv4, ipv6}); })},
      {"vlan", truth([](P p) { return p.has(vlan); })},
      {"truncated", truth([](P p) { return p.truncated; })},
      {"anomaly", truth([](P p) { return p.anomalies != 0; })},
      {"anomaly.bad_option", truth([](P p) { return p.has(wire::Anomaly::bad_option); })},
      {"anomaly.zero_hop_limit", truth([](P p) { return p.has(wire::Anomaly::zero_hop_limit); })},
      {"anomaly.over_budget", truth([](P p) { return p.has(wire::Anomaly::over_budget); })},
      {"anomaly.name_loop", truth([](P p) { return p.has(wire::Anomaly::name_loop); })},
      {"anomaly.fragment_overlap", truth([](P p) { return p.has(wire::Anomaly::fragment_overlap); })},
      {"anomaly.empty_frame", truth([](P p) { return p.has(wire::Anomaly::empty_frame); })},
      {"anomaly.malformed_payload", truth([](P p) { return p.has(wire::Anomaly::malformed_payload); })},
      {"fragment", when(Kind::truth, {ipv4, ipv6}, [](P p) { return Out{{0, Number{p.is_fragment()}}}; })},
      {"tcp.syn", when(Kind::truth, {tcp}, [](P p) { return Out{{0, Number{(p.tcp_flags & 2) != 0}}}; })},
      {"tcp.urg", when(Kind::truth, {tcp}, [](P p) { return Out{{0, Number{(p.tcp_flags & 32) != 0}}}; })},
      {"length", Field{Kind::number, [](P p) { return Out{{0, p.original_length}}; }}},
      {"captured_length", Field{Kind::number, [](P p) { return Out{{0, p.captured_length}}; }}},
      {"payload_length", Field{Kind::number, [](P p) { return Out{{0, p.payload_length}}; }}},
      {"ethernet.type", Field{Kind::number, [](P p) { return Out{{0, p.ether_type}}; }}},
      {"vlan.id", when(Kind::number, {vlan}, [](P p) { return Out{{0, p.vlan_tci[0] % 4'096U}}; })},
      {"vlan.priority", when(Kind::number, {vlan}, [](P p) { return Out{{0, p.vlan_tci[0] / 8'192U}}; })},
      {"arp.operation", when(Kind::number, {arp}, [](P p) { return Out{{0, p.arp_operation}}; })},
      {"ip.protocol", when(Kind::number, {ipv4, ipv6}, [](P p) { return Out{{0, p.ip_protocol}}; })},
      {"ip.dscp", when(Kind::number, {ipv4, ipv6}, [](P p) { return Out{{0, p.traffic_class / 4U}}; })},
      {"ipv4.ttl", when(Kind::number, {ipv4}, [](P p) { return Out{{0, p.hop_limit}}; })},
      {"icmp.type", when(Kind::number, {icmp}, [](P p) { return Out{{0, p.icmp_type}}; })},
      {"icmpv6.code", when(Kind::number, {icmpv6}, [](P p) { return Out{{0, p.icmp_code}}; })},
      {"tcp.flags", when(Kind::number, {tcp}, [](P p) { return Out{{0, p.tcp_flags}}; })},
      {"tcp.window", when(Kind::number, {tcp}, [](P p) { return Out{{0, p.tcp_window}}; })},
      {"tcp.sequence", when(Kind::number, {tcp}, [](P p) { return Out{{0, p.tcp_sequence}}; })},
      {"tcp.acknowledgment", when(Kind::number, {tcp}, [](P p) { return Out{{0, p.tcp_acknowledgment}}; })},
      {"tcp.dst_port", when(Kind::number, {tcp}, [](P p) { return Out{{0, p.destination_port}}; })},
      {"src_port", when(Kind::number, {tcp, udp}, [](P p) { return Out{{0, p.source_port}}; })},
      {"udp.port", when(Kind::number, {udp}, [](P p) { return Out{{0, p.source_port}, {0, p.destination_port}}; })},
      {"port", when(Kind::number, {tcp, udp}, [](P p) { return Out{{0, p.source_port}, {0, p.destination_port}}; })},
      {"ethernet.src", when(Kind::mac, {ethernet}, [](P p) { return Out{{0, big_endian(p.source_mac)}}; })},
      {"ethernet.addr",
       when(Kind::mac, {ethernet},
            [](P p) { return Out{{0, big_endian(p.source_mac)}, {0, big_endian(p.destination_mac)}}; })},
      {"ip.src", when(Kind::address, {ipv4, ipv6}, [](P p) { return Out{address(p, p.source)}; })},
      {"ipv4.dst", when(Kind::address, {ipv4}, [](P p) { return Out{address(p, p.destination)}; })},
      {"ipv6.addr",
       when(Kind::address, {ipv6}, [](P p) { return Out{address(p, p.source), address(p, p.destination)}; })},
      {"arp.target", when(Kind::address, {arp}, [](P p) { return Out{address(p, p.destination)}; })},
      {"host", when(Kind::address, {ipv4, ipv6, arp},
                    [](P p) { return Out{address(p, p.source), address(p, p.destination)}; })},
  };
  return all;
}

// low and high of a literal; a prefix is a range.
inline std::pair<Value, Value> bounds(Kind kind, const std::string& text) {
  if (kind == Kind::truth) return {{0, text == "true" ? 1U : 0U}, {0, text == "true" ? 1U : 0U}};
  if (kind == Kind::number) return {{0, std::stoull(text, nullptr, 0)}, {0, std::stoull(text, nullptr, 0)}};
  if (kind == Kind::mac) {
    Number out = 0;
    for (std::size_t at = 0; at < text.size(); at += 3) out = out * 256 + std::stoul(text.substr(at, 2), nullptr, 16);
    return {{0, out}, {0, out}};
  }
  const std::size_t slash = text.find('/');
  const auto parsed = base::IpAddress::parse(text.substr(0, slash)).value();
  Number out = 0;
  for (const std::uint8_t byte : parsed.bytes()) out = out * 256 + byte;
  const int bits = parsed.is_v4() ? 32 : 128;
  const int host = slash == std::string::npos ? 0 : bits - std::stoi(text.substr(slash + 1));
  const Number last = host == 128 ? ~Number{0} : out + ((Number{1} << host) - 1);
  return {{parsed.is_v4() ? 4 : 6, out}, {parsed.is_v4() ? 4 : 6, last}};
}

inline bool holds(const Comparison& comparison, const Packet& packet) {
  const Field& field = fields().at(comparison.field);
  const std::vector<Value> values = field.read(packet);
  if (comparison.op == Operator::present) return !values.empty() && values[0].number != 0;
  if (values.empty()) return false;
  const auto is_one_of = [&](const Value& value) {
    for (const auto& item : comparison.items) {
      const auto [low, to] = bounds(field.kind, item.low.text);
      const Value high = item.high ? bounds(field.kind, item.high->text).second : to;
      if (value.family == low.family && low.number <= value.number && value.number <= high.number) return true;
    }
    return false;
  };
  const auto holds_for = [&](const Value& value) {
    const Number wanted = bounds(field.kind, comparison.items[0].low.text).first.number;
    switch (comparison.op) {
      case Operator::below: return value.number < wanted;
      case Operator::at_most: return value.number <= wanted;
      case Operator::above: return value.number > wanted;
      case Operator::at_least: return value.number >= wanted;
      default: return is_one_of(value);
    }
  };
  bool any = false;
  for (const Value& value : values) any = any || holds_for(value);
  return any != (comparison.op == Operator::unequal || comparison.op == Operator::not_in);
}

inline bool holds(const Expression& expression, const Packet& packet) {
  switch (expression.kind) {
    case Expression::Kind::comparison: return holds(expression.comparison, packet);
    case Expression::Kind::negation: return !holds(expression.operands[0], packet);
    case Expression::Kind::all:
      for (const auto& operand : expression.operands) {
        if (!holds(operand, packet)) return false;
      }
      return true;
    case Expression::Kind::any: break;
  }
  for (const auto& operand : expression.operands) {
    if (holds(operand, packet)) return true;
  }
  return false;
}

inline std::string random_value(std::mt19937_64& random, Kind kind) {
  const std::string few = std::to_string(1 + base::below(random, 5));
  switch (kind) {
    case Kind::truth: return base::below(random, 2) == 0 ? "true" : "false";
    case Kind::number: return few;
    case Kind::mac: return "02:00:00:00:00:0" + few;
    case Kind::address: break;
  }
  switch (base::below(random, 6)) {
    case 0: return "10.0.0.0/8";
    case 1: return "0a00::/16";
    case 2: return "2000::" + few + "00:0:0:" + few;
    case 3: return "::/0";
    default: return "10.0.0." + few;
  }
}

inline std::string random_item(std::mt19937_64& random, Kind kind) {
  const std::uint64_t low = 1 + base::below(random, 4);
  const auto range = [&](const std::string& before) {
    return before + std::to_string(low) + ".." + before + std::to_string(low + base::below(random, 3));
  };
  if (kind == Kind::number && base::below(random, 2) == 0) return range("");
  if (kind == Kind::address && base::below(random, 2) == 0)
    return range(base::below(random, 2) == 0 ? "10.0.0." : "a00::");
  return random_value(random, kind);
}

inline std::string random_comparison(std::mt19937_64& random) {
  auto field = fields().begin();
  std::advance(field, base::below(random, fields().size()));
  const auto& [name, how] = *field;
  if (how.kind == Kind::truth && base::below(random, 2) == 0) return name;
  if (how.kind != Kind::truth && base::below(random, 2) == 0) {
    std::string list;
    for (std::size_t i = 1 + base::below(random, 4); i > 0; --i) list += random_item(random, how.kind) + ", ";
    return name + (base::below(random, 3) == 0 ? " not in {" : " in {") + list + "}";
  }
  constexpr std::array<const char*, 6> ops = {" == ", " != ", " < ", " <= ", " > ", " >= "};
  const std::size_t last = how.kind == Kind::number ? ops.size() : 2;
  return name + ops.at(base::below(random, last)) + random_value(random, how.kind);
}

inline std::string random_expression(std::mt19937_64& random, int depth) {
  const std::uint64_t kind = depth == 0 ? 0 : base::below(random, 4);
  if (kind == 0) return random_comparison(random);
  if (kind == 1) return "not (" + random_expression(random, depth - 1) + ")";
  std::string out = "(" + random_expression(random, depth - 1);
  for (std::size_t i = 1 + base::below(random, 2); i > 0; --i) {
    out += (kind == 2 ? " and " : " or ") + random_expression(random, depth - 1);
  }
  return out + ")";
}

}  // namespace holter::filter::naive
