#include "cli/value_kind.h"

#include <algorithm>
#include <charconv>

#include "base/ip.h"
#include "base/nearest.h"
#include "base/units.h"
#include "base/host_and_port.h"

namespace holter::cli {
namespace {

constexpr std::size_t kMaxNameBytes = 255;

bool is_count(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  return failure == std::errc() && end == text.data() + text.size();
}

std::string choice_mistake(std::string_view text, std::span<const std::string> choices) {
  std::string known;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) known += i + 1 == choices.size() ? " or " : ", ";
    known += choices[i];
  }
  return "is not " + known + base::did_you_mean(text, choices);
}

}  // namespace

std::optional<std::string> mistake(Kind kind, std::string_view text, std::span<const std::string> choices) {
  const auto unless = [](bool right, std::string_view words) {
    return right ? std::nullopt : std::optional<std::string>(words);
  };
  switch (kind) {
    case Kind::text:
    case Kind::interface: return std::nullopt;
    case Kind::file:
    case Kind::directory: return unless(!text.empty(), "is no path");
    case Kind::name: return unless(!text.empty() && text.size() <= kMaxNameBytes, "is not a name of 1 to 255 bytes");
    case Kind::count: return unless(is_count(text), "is not a whole number from 0; write it as 10");
    case Kind::duration:
      return unless(base::parse_duration(text).has_value(), "is not a duration; write it as 500ms, 1s, 5m, 2h or 7d");
    case Kind::size: return unless(base::parse_size(text).has_value(), "is not a size; write it as 64MiB or 2GiB");
    case Kind::endpoint:
      return unless(base::parse_endpoint(text).has_value(),
                    "is not an address and port; write it as 127.0.0.1:4280 or [::1]:4280");
    case Kind::host:
      return unless(base::HostAndPort::parse(text).has_value(), "is not a host; write it as HOST or HOST:PORT");
    case Kind::choice: return unless(std::ranges::find(choices, text) != choices.end(), choice_mistake(text, choices));
  }
  return std::nullopt;
}

}  // namespace holter::cli
