#include "probe/option.h"

#include <charconv>

#include "base/units.h"

namespace holter::probe {

Wrong read_value(const std::string& value, bool& into) {
  if (value != "true" && value != "false") return "is true or false";
  into = value == "true";
  return std::nullopt;
}

Wrong read_value(const std::string& value, std::uint32_t& into) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), into);
  if (error != std::errc() || end != value.data() + value.size()) return "is a whole number";
  return std::nullopt;
}

Wrong read_value(const std::string& value, base::Duration& into) {
  const auto duration = base::parse_duration(value);
  if (!duration) return "is a duration such as 500ms, 1s or 5m";
  into = *duration;
  return std::nullopt;
}

Wrong read_value(const std::string& value, std::string& into) {
  into = value;
  return std::nullopt;
}

Wrong read_value(const std::string& value, std::vector<std::string>& into) {
  into.push_back(value);
  return std::nullopt;
}

base::Error no_option(record::ProbeKind kind, std::string_view name, const std::vector<std::string>& known) {
  const std::string kind_name(to_string(kind));
  const std::string text = kind_name + " has no option '" + base::UntrustedText(name).for_terminal() + '\'';
  return {base::ErrorKind::invalid, text + base::did_you_mean(std::string(name), known)};
}

base::Error wrong_option(std::string_view name, std::string_view why) {
  return {base::ErrorKind::invalid, base::UntrustedText(name).for_terminal() + ' ' + std::string(why)};
}

}  // namespace holter::probe
