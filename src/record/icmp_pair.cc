#include "record/icmp_pair.h"

#include <array>
#include <span>

namespace holter::record {
namespace {

struct Row {
  std::uint8_t question;
  std::uint8_t answer;
};

constexpr std::array<Row, 5> kIcmp{{{8, 0}, {10, 9}, {13, 14}, {15, 16}, {17, 18}}};
constexpr std::array<Row, 6> kIcmpv6{{{128, 129}, {130, 131}, {133, 134}, {135, 136}, {139, 140}, {144, 145}}};

std::span<const Row> rows_of(std::uint8_t ip_protocol) {
  if (ip_protocol == kIcmpProtocol) return kIcmp;
  if (ip_protocol == kIcmpv6Protocol) return kIcmpv6;
  return {};
}

}  // namespace

std::optional<IcmpPair> icmp_pair(std::uint8_t ip_protocol, std::uint8_t type) {
  for (const Row& row : rows_of(ip_protocol)) {
    if (type == row.question) return IcmpPair{row.answer, true};
    if (type == row.answer) return IcmpPair{row.question, false};
  }
  return std::nullopt;
}

}  // namespace holter::record
