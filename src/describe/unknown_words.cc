#include "describe/unknown_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace holter::describe {
namespace {

std::string name_of(const wire::UnknownKind& kind) {
  switch (kind.registry) {
    case wire::DecodeEnd::unknown_link: return fmt::format("link type {}", kind.number);
    case wire::DecodeEnd::unknown_ip_protocol: return fmt::format("IP protocol {}", kind.number);
    case wire::DecodeEnd::unknown_llc_sap: return fmt::format("LLC access point {:#04x}", kind.number);
    case wire::DecodeEnd::unknown_snap_protocol: return fmt::format("SNAP protocol {:#06x}", kind.number);
    case wire::DecodeEnd::unknown_ppp_protocol: return fmt::format("PPP protocol {:#06x}", kind.number);
    default: return fmt::format("ether type {:#06x}", kind.number);
  }
}

std::string packets(std::uint64_t n) { return fmt::format("{} {}", n, n == 1 ? "packet" : "packets"); }

void put_sample(std::string& text, const wire::UnknownSample& sample) {
  constexpr std::size_t kBytesALine = 16;
  const base::Bytes bytes = sample.bytes();
  for (std::size_t at = 0; at < bytes.size(); at += kBytesALine) {
    text += fmt::format("    {:04x} ", at);
    for (const std::uint8_t byte : bytes.subspan(at, std::min(kBytesALine, bytes.size() - at))) {
      fmt::format_to(std::back_inserter(text), " {:02x}", byte);
    }
    text += '\n';
  }
  if (bytes.empty()) text += "    no bytes behind the last header\n";
  if (sample.length > bytes.size()) text += fmt::format("    and {} bytes more\n", sample.length - bytes.size());
}

}  // namespace

std::string unknown_words(const wire::UnknownProtocols& unknown) {
  std::vector<const wire::UnknownKind*> kinds;
  for (const wire::UnknownKind& kind : unknown.kinds()) kinds.push_back(&kind);
  // Of equals the one that came first: they lie in that order.
  std::ranges::sort(kinds, [](const auto* a, const auto* b) {
    return a->packets != b->packets ? a->packets > b->packets : a < b;
  });
  std::string text;
  std::uint64_t others = unknown.others();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (i < kUnknownNamed) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", name_of(*kinds[i]), kinds[i]->packets);
    } else {
      others += kinds[i]->packets;
    }
  }
  if (others != 0) text += fmt::format(", others: {}", others);
  return text;
}

std::string unknown_samples(const wire::UnknownProtocols& unknown) {
  std::string text;
  for (const wire::UnknownKind& kind : unknown.kinds()) {
    text += fmt::format("{}, {}:\n", name_of(kind), packets(kind.packets));
    for (const wire::UnknownSample& sample : kind.kept()) {
      text += "  sample:\n";
      put_sample(text, sample);
    }
  }
  if (unknown.others() != 0) text += fmt::format("other kinds, {}\n", packets(unknown.others()));
  return text;
}

}  // namespace holter::describe
