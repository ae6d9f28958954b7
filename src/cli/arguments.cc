#include "cli/arguments.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "base/units.h"

namespace holter::cli {

void Arguments::add(std::string_view name, std::string value) {
  values_[std::string(name)].push_back(std::move(value));
}

const std::vector<std::string>& Arguments::texts(std::string_view name) const {
  static const std::vector<std::string> kNone;
  HOLTER_ASSERT(command_->find(name) != nullptr ||
                std::ranges::find(command_->operands, name, &Operand::name) != command_->operands.end());
  const auto found = values_.find(name);
  return found == values_.end() ? kNone : found->second;
}

std::string Arguments::text(std::string_view name, std::string fallback) const {
  const auto& given = texts(name);
  return given.empty() ? std::move(fallback) : given.back();
}

std::uint64_t Arguments::count(std::string_view name, std::uint64_t fallback) const {
  const auto& given = texts(name);
  if (given.empty()) return fallback;
  std::uint64_t value = 0;
  std::from_chars(given.back().data(), given.back().data() + given.back().size(), value);
  return value;
}

std::optional<base::Duration> Arguments::duration(std::string_view name) const {
  const auto& given = texts(name);
  return given.empty() ? std::nullopt : base::parse_duration(given.back());
}

std::optional<base::Endpoint> Arguments::endpoint(std::string_view name) const {
  const auto& given = texts(name);
  if (given.empty()) return std::nullopt;
  const auto endpoint = base::parse_endpoint(given.back());
  return endpoint ? std::optional(*endpoint) : std::nullopt;
}

std::optional<base::HostAndPort> Arguments::host(std::string_view name) const {
  const auto& given = texts(name);
  return given.empty() ? std::nullopt : base::HostAndPort::parse(given.back());
}

}  // namespace holter::cli
