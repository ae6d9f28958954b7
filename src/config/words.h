// Values of the settings as people write them in TOML: reading with words for what is wrong, and writing back. One
// overload a type; key.h puts them behind the rows of the settings' table. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.h"
#include "config/value.h"

namespace holter::config {

// Each takes `value` over and returns nothing, or why it cannot, as a sentence without a full stop.
using Wrong = std::optional<std::string>;

Wrong read(const Value& value, bool& into);
Wrong read(const Value& value, std::string& into);
Wrong read(const Value& value, std::uint32_t& into);  // a count
Wrong read(const Value& value, std::uint64_t& into);  // a size
Wrong read(const Value& value, base::Duration& into);
Wrong read(const Value& value, base::Endpoint& into);
Wrong read(const Value& value, base::HostAndPort& into);
Wrong read(const Value& value, std::vector<base::Endpoint>& into);   // a list, or one
Wrong read(const Value& value, std::vector<base::IpAddress>& into);  // those of other hosts: a list, or one
Wrong read(const Value& value, std::vector<base::IpPrefix>& into);   // a list, or one
Wrong read(const Value& value, Targets& into);
Wrong read(const Value& value, RecordDetail& into);
Wrong read(const Value& value, Interfaces& into);  // a list, or one
Wrong read(const Value& value, Workers& into);
Wrong read(const Value& value, env::LogLevel& into);
Wrong read(const Value& value, record::ProbeKind& into);
Wrong read(const Value& value, Labels& into);
Wrong read(const Value& value, record::Options& into);           // a table; a list is an option several times
Wrong read(const Value& value, std::vector<std::string>& into);  // a list of texts
Wrong read(const Value& value, std::vector<record::SessionState>& into);
Wrong read(const Value& value, std::map<std::string, env::LogLevel>& into);

template <class T>
Wrong read(const Value& value, std::optional<T>& into) {
  T inner = {};
  if (auto wrong = read(value, inner)) return wrong;
  into = std::move(inner);
  return std::nullopt;
}

// As TOML: "\"1s\"", "true", "[\"127.0.0.1:4280\"]".
std::string written(bool value);
std::string written(const std::string& value);
std::string written(std::uint32_t value);
std::string written(std::uint64_t value);
std::string written(base::Duration value);
std::string written(const base::Endpoint& value);
std::string written(const base::HostAndPort& value);
std::string written(const std::vector<base::Endpoint>& value);
std::string written(const std::vector<base::IpAddress>& value);
std::string written(const std::vector<base::IpPrefix>& value);
std::string written(Targets value);
std::string written(RecordDetail value);
std::string written(const Interfaces& value);
std::string written(Workers value);
std::string written(env::LogLevel value);
std::string written(record::ProbeKind value);
std::string written(const Labels& value);
std::string written(const record::Options& value);
std::string written(const std::vector<std::string>& value);
std::string written(const std::vector<record::SessionState>& value);
std::string written(const std::map<std::string, env::LogLevel>& value);

template <class T>
std::string written(const std::optional<T>& value) {
  return value ? written(*value) : "";
}

}  // namespace holter::config
