// Seeded records of every type for property tests: ordinary values mostly, and the edges of each field often.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "codec/batch.h"
#include "codec/schema.h"

namespace holter::codec {

class RandomRecords {
 public:
  explicit RandomRecords(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

  // A batch's worth: one type, one lane, numbers that sometimes have holes.
  std::vector<record::NamedRecord> batch(std::size_t type, std::size_t count) {
    record::RecordId id;
    for (auto& byte : id.agent.bytes) byte = static_cast<std::uint8_t>(engine_());
    id.epoch = static_cast<std::uint32_t>(engine_());
    id.sequence = 1 + below(1'000'000);
    const bool holes = below(2) == 0;
    std::vector<record::NamedRecord> records;
    for (std::size_t i = 0; i < count; ++i) {
      record::Record body = of_type(type);
      id.lane = record::lane_of(body);
      records.push_back({id, std::move(body)});
      id.sequence += 1 + (holes && below(10) == 0 ? below(1'000) : 0);
    }
    return records;
  }

  template <std::size_t index = 0>
  record::Record of_type(std::size_t type) {
    if constexpr (index + 1 < record::kTypeCount) {
      if (type != index) return of_type<index + 1>(type);
    }
    std::variant_alternative_t<index, record::Record> record{};
    fields(std::type_identity<decltype(record)>(), [&](unsigned, auto field) { fill(std::invoke(field, record)); });
    return record;
  }

 private:
  std::uint64_t number() {
    switch (below(4)) {
      case 0: return below(4);
      case 1: return engine_();
      default: return below(100'000);
    }
  }
  std::string words() {
    static constexpr const char* kCommon[] = {"", "gateway", "192.0.2.1", "2001:db8::1", "eth0"};
    if (below(4) != 0) return kCommon[below(5)];
    std::string text(below(40), '\0');
    for (char& c : text) c = static_cast<char>(engine_());
    return text;
  }

  void fill(bool& value) { value = below(2) == 0; }
  template <class Number>
    requires std::is_unsigned_v<Number>
  void fill(Number& value) {
    value = static_cast<Number>(number());
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void fill(Enum& value) {
    value = static_cast<Enum>(below(kValues<Enum>));
  }
  void fill(std::string& value) { value = words(); }
  void fill(record::Facts& value) {
    for (std::uint64_t i = below(4); i > 0; --i) {
      base::UntrustedText text;
      fill(text);
      switch (below(4)) {
        case 0: add_fact(value, "status", static_cast<std::int64_t>(number())); break;
        case 1: add_fact(value, "open", below(2) == 0); break;
        case 2: add_fact(value, "offset", base::Duration::nanoseconds(static_cast<std::int64_t>(number()))); break;
        default: add_fact(value, "banner", text); break;
      }
    }
  }
  void fill(record::Transcript& value) {
    for (std::uint64_t i = below(4); i > 0; --i) {
      const auto at = base::Duration::nanoseconds(static_cast<std::int64_t>(number()));
      add_line(value, at, static_cast<record::Direction>(below(3)), words());
    }
  }
  void fill(record::Branch& value) {
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(engine_());
    value.address =
        below(2) == 0 ? base::IpAddress::v6(bytes) : base::IpAddress::v4(static_cast<std::uint32_t>(engine_()));
    fill(value.answered);
    for (auto* const rtt : {&value.rtt_min, &value.rtt_avg, &value.rtt_max}) fill(*rtt);
    fill(value.icmp_type);
    fill(value.icmp_code);
    for (std::uint64_t i = below(3); i > 0; --i) {
      value.labels.push_back(static_cast<std::uint32_t>(below(record::kMaxMplsLabel + 1)));
    }
  }
  void fill(record::Path& value) {
    if (below(2) == 0) return;
    value.end = static_cast<record::PathEnd>(1 + below(6));
    for (std::uint64_t i = below(6); i > 0; --i) {
      record::Hop& hop = value.hops.emplace_back();
      fill(hop.ttl);
      fill(hop.sent);
      fill(hop.shared);
      for (std::uint64_t b = below(3); b > 0; --b) fill(hop.branches.emplace_back());
    }
  }
  void fill(base::UntrustedText& value) {
    const std::string text = words();
    value = base::UntrustedText(text, below(5) == 0 ? text.size() / 2 : base::kUntrustedTextLimit);
  }
  template <class Axis>
  void fill(base::TimePoint<Axis>& value) {
    value = base::TimePoint<Axis>::from_nanoseconds(static_cast<std::int64_t>(number()));
  }
  void fill(base::Duration& value) { value = base::Duration::nanoseconds(static_cast<std::int64_t>(number())); }
  void fill(std::optional<base::Duration>& value) {
    value.reset();
    if (below(3) != 0) fill(value.emplace());
  }

  std::mt19937_64 engine_;
};

}  // namespace holter::codec
