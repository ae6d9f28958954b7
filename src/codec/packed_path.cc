#include "codec/packed_path.h"

#include <algorithm>
#include <array>

#include "codec/column.h"

namespace holter::codec {
namespace {

constexpr std::size_t kV4Bytes = 4;
constexpr std::size_t kV6Bytes = 16;

std::string as_string(const base::ByteWriter& writer) {
  const base::Bytes bytes = writer.view();
  return {bytes.begin(), bytes.end()};
}

void put_duration(base::ByteWriter& to, base::Duration value) { to.varint(zig_zag(value.in_nanoseconds())); }
base::Duration get_duration(base::ByteReader& from) { return base::Duration::nanoseconds(un_zig_zag(from.varint())); }

std::uint32_t get_u32(base::ByteReader& from) {
  const std::uint64_t value = from.varint();
  if (value > UINT32_MAX) from.skip(SIZE_MAX);
  return static_cast<std::uint32_t>(value);
}

// A zone is the name of an interface of this host, and means nothing elsewhere.
void put_address(base::ByteWriter& to, const base::IpAddress& address) {
  to.u8(static_cast<std::uint8_t>(address.bytes().size()));
  to.bytes(address.bytes());
}

base::IpAddress get_address(base::ByteReader& from) {
  const std::size_t size = from.u8();
  if (size != kV4Bytes && size != kV6Bytes) from.skip(SIZE_MAX);
  const base::Bytes bytes = from.bytes(size);
  if (from.failed()) return {};
  if (size == kV4Bytes) return base::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  std::array<std::uint8_t, kV6Bytes> v6{};
  std::ranges::copy(bytes, v6.begin());
  return base::IpAddress::v6(v6);
}

void put_branch(base::ByteWriter& to, const record::Branch& branch) {
  put_address(to, branch.address);
  to.varint(branch.answered);
  for (const auto rtt : {branch.rtt_min, branch.rtt_avg, branch.rtt_max}) put_duration(to, rtt);
  to.u8(branch.icmp_type);
  to.u8(branch.icmp_code);
  const std::size_t labels = std::min(branch.labels.size(), record::kMaxMplsLabels);
  to.varint(labels);
  for (std::size_t i = 0; i < labels; ++i) to.varint(branch.labels[i]);
}

record::Branch get_branch(base::ByteReader& from) {
  record::Branch branch;
  branch.address = get_address(from);
  branch.answered = get_u32(from);
  branch.rtt_min = get_duration(from);
  branch.rtt_avg = get_duration(from);
  branch.rtt_max = get_duration(from);
  branch.icmp_type = from.u8();
  branch.icmp_code = from.u8();
  std::uint64_t labels = from.varint();
  if (labels > record::kMaxMplsLabels) from.skip(SIZE_MAX);
  for (; labels > 0 && !from.failed(); --labels) {
    const std::uint32_t label = get_u32(from);
    if (label > record::kMaxMplsLabel) from.skip(SIZE_MAX);
    branch.labels.push_back(label);
  }
  return branch;
}

void put_hop(base::ByteWriter& to, const record::Hop& hop) {
  to.u8(hop.ttl);
  to.varint(hop.sent);
  to.u8(hop.shared ? 1 : 0);
  const std::size_t branches = std::min(hop.branches.size(), record::kMaxBranches);
  to.varint(branches);
  for (std::size_t i = 0; i < branches; ++i) put_branch(to, hop.branches[i]);
}

record::Hop get_hop(base::ByteReader& from) {
  record::Hop hop;
  hop.ttl = from.u8();
  hop.sent = get_u32(from);
  hop.shared = from.u8() != 0;
  std::uint64_t branches = from.varint();
  if (branches > record::kMaxBranches) from.skip(SIZE_MAX);
  for (; branches > 0 && !from.failed(); --branches) hop.branches.push_back(get_branch(from));
  return hop;
}

}  // namespace

std::size_t most_packed_bytes(const record::Path& path) {
  constexpr std::size_t kOfHop = 16;
  constexpr std::size_t kOfBranch = 56;
  constexpr std::size_t kOfLabel = 5;
  std::size_t bytes = 0;
  for (const auto& hop : path.hops) {
    bytes += kOfHop;
    for (const auto& branch : hop.branches) bytes += kOfBranch + kOfLabel * branch.labels.size();
  }
  return std::min(bytes, kMaxPackedPathBytes + kOfHop);
}

std::string packed(const record::Path& path) {
  if (path == record::Path()) return {};
  base::ByteWriter hops;
  std::size_t count = 0;
  for (; count < std::min(path.hops.size(), record::kMaxHops); ++count) {
    base::ByteWriter hop;
    put_hop(hop, path.hops[count]);
    if (hops.size() + hop.size() > kMaxPackedPathBytes) break;
    hops.bytes(hop.view());
  }
  base::ByteWriter to;
  to.u8(static_cast<std::uint8_t>(path.end));
  to.varint(count);
  to.bytes(hops.view());
  return as_string(to);
}

base::Result<record::Path> unpack_path(std::string_view bytes) {
  record::Path path;
  if (bytes.empty()) return path;
  base::ByteReader from({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  const std::uint8_t end = from.u8();
  if (end >= kValues<record::PathEnd>) return wrong_column("a path with an unknown end");
  path.end = static_cast<record::PathEnd>(end);
  const std::uint64_t hops = from.varint();
  if (hops > record::kMaxHops) return wrong_column("a path that is too long");
  for (std::uint64_t i = 0; i < hops && !from.failed(); ++i) path.hops.push_back(get_hop(from));
  if (from.failed() || from.captured_left() > 0) return wrong_column("a path that is none");
  return path;
}

void Codec<record::Path>::put(std::span<const record::Path* const> values, base::ByteWriter& to) {
  std::vector<std::string> packs;
  packs.reserve(values.size());
  for (const record::Path* value : values) packs.push_back(packed(*value));
  std::vector<Text> texts;
  texts.reserve(packs.size());
  for (const std::string& pack : packs) texts.push_back({pack});
  put_texts(texts, to);
}

base::Result<void> Codec<record::Path>::get(base::ByteReader& from, std::span<record::Path* const> values,
                                            TextBudget& budget) {
  const auto texts = get_texts(from, values.size(), budget);
  if (!texts) return texts.error();
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto path = unpack_path((*texts)[i].bytes);
    if (!path) return path.error();
    *values[i] = std::move(*path);
  }
  return {};
}

}  // namespace holter::codec
