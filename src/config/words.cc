#include "config/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/nearest.h"
#include "base/units.h"
#include "base/untrusted_text.h"

namespace holter::config {
namespace {

constexpr std::size_t kMaxTextBytes = 4'096;
constexpr std::size_t kMaxEndpoints = 16;
constexpr std::size_t kMaxAddresses = 16;
constexpr std::size_t kMaxComponents = 64;
constexpr std::size_t kMaxTexts = 64;

template <class Enum>
struct Word {
  std::string_view word;
  Enum value;
};

constexpr std::array<Word<Targets>, 3> kTargets = {
    {{"found", Targets::found}, {"loopback", Targets::loopback}, {"none", Targets::none}}};
constexpr std::array<Word<RecordDetail>, 3> kRecorded = {
    {{"packets", RecordDetail::packets}, {"flows", RecordDetail::flows}, {"off", RecordDetail::off}}};
constexpr std::string_view kAuto = "auto";
constexpr std::array<Word<env::LogLevel>, 4> kLevels = {{{"debug", env::LogLevel::debug},
                                                         {"info", env::LogLevel::info},
                                                         {"warn", env::LogLevel::warn},
                                                         {"error", env::LogLevel::error}}};
constexpr std::array<Word<record::SessionState>, 6> kStates = {{{"init", record::SessionState::init},
                                                                {"up", record::SessionState::up},
                                                                {"pulsing", record::SessionState::pulsing},
                                                                {"down", record::SessionState::down},
                                                                {"admin_down", record::SessionState::admin_down},
                                                                {"blind", record::SessionState::blind}}};

std::string shown(const std::string& text) { return '\'' + base::UntrustedText(text).for_terminal() + '\''; }

std::string other_type(const Value& value, std::string_view wanted) {
  return std::string(to_string(value.kind)) + " stands here; " + std::string(wanted) + " is wanted";
}

template <class Enum>
Wrong read_word(const Value& value, std::span<const Word<Enum>> words, Enum& into) {
  std::string list;
  std::vector<std::string> known;
  for (const auto& word : words) {
    if (!list.empty()) list += known.size() + 1 == words.size() ? " or " : ", ";
    list += '"' + std::string(word.word) + '"';
    known.emplace_back(word.word);
  }
  if (value.kind != Value::Kind::text) return other_type(value, list);
  const auto found = std::ranges::find(words, value.text, &Word<Enum>::word);
  if (found == words.end()) return shown(value.text) + " is not " + list + base::did_you_mean(value.text, known);
  into = found->value;
  return std::nullopt;
}

template <class Enum>
std::string written_word(std::span<const Word<Enum>> words, Enum value) {
  const auto found = std::ranges::find(words, value, &Word<Enum>::value);
  return found == words.end() ? "" : '"' + std::string(found->word) + '"';
}

// Of UTF-8, by its first byte.
std::size_t sequence_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::uint32_t code_point(std::string_view sequence) {
  if (sequence.size() == 1) {
    const auto byte = static_cast<unsigned char>(sequence[0]);
    return byte < 0x80 ? byte : 0xfffd;  // no UTF-8: TOML cannot hold it
  }
  std::uint32_t point = static_cast<unsigned char>(sequence[0]) & (0x7fU >> sequence.size());
  for (const char c : sequence.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  return point;
}

// Why no other host can send from it.
Wrong unfit_source(const base::IpAddress& address) {
  const auto bytes = address.bytes();
  const bool multicast = address.is_v4() ? bytes[0] >= 224 : bytes[0] == 0xff;
  if (address.is_any() || multicast) return "is not the address of one host";
  if (address.is_loopback()) return "is this host itself, which is not heard over a network";
  const base::Bytes mapped = bytes.first(bytes.size() - 4);  // ::ffff:0:0/96 is never on a wire
  const bool is_mapped = !address.is_v4() && mapped[10] == 0xff && mapped[11] == 0xff &&
                         std::ranges::all_of(mapped.first(10), [](std::uint8_t byte) { return byte == 0; });
  if (is_mapped) return "is an IPv4 address; write it as such";
  if (address.zone() != 0) return "has a zone; leave it out: the interface is the one that is captured";
  return std::nullopt;
}

bool is_label_key(const std::string& key) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (key.empty() || key.size() > record::kMaxLabelBytes || is_digit(key[0])) return false;
  return std::ranges::all_of(key, [&](char c) { return is_letter(c) || is_digit(c); });
}

}  // namespace

Wrong read(const Value& value, bool& into) {
  if (value.kind != Value::Kind::boolean) return other_type(value, "true or false");
  into = value.boolean;
  return std::nullopt;
}

Wrong read(const Value& value, std::string& into) {
  if (value.kind != Value::Kind::text) return other_type(value, "a text as \"eth0\"");
  if (value.text.size() > kMaxTextBytes) return "is longer than " + std::to_string(kMaxTextBytes) + " bytes";
  if (value.text.find('\0') != std::string::npos) return "holds a NUL byte";
  into = value.text;
  return std::nullopt;
}

Wrong read(const Value& value, std::uint32_t& into) {
  constexpr std::int64_t kMost = 1'000'000;
  if (value.kind != Value::Kind::integer) return other_type(value, "a whole number as 3");
  if (value.integer < 0 || value.integer > kMost) return "is not from 0 to " + std::to_string(kMost);
  into = static_cast<std::uint32_t>(value.integer);
  return std::nullopt;
}

Wrong read(const Value& value, std::uint64_t& into) {
  if (value.kind != Value::Kind::text) return other_type(value, "a size as \"512MiB\"");
  const auto size = base::parse_size(value.text);
  if (!size) return shown(value.text) + " is not a size; write it as \"64MiB\" or \"2GiB\"";
  into = *size;
  return std::nullopt;
}

Wrong read(const Value& value, base::Duration& into) {
  if (value.kind != Value::Kind::text) return other_type(value, "a duration with its unit as \"10s\"");
  const auto duration = base::parse_duration(value.text);
  if (!duration)
    return shown(value.text) + " is not a duration; write it as \"500ms\", \"1s\", \"5m\", \"2h\" or \"7d\"";
  into = *duration;
  return std::nullopt;
}

Wrong read(const Value& value, base::Endpoint& into) {
  if (value.kind != Value::Kind::text) return other_type(value, "an address and port as \"127.0.0.1:4280\"");
  const auto endpoint = base::parse_endpoint(value.text);
  if (!endpoint) {
    return shown(value.text) + " is not an address and port; write it as \"127.0.0.1:4280\" or \"[::1]:4280\"";
  }
  into = *endpoint;
  return std::nullopt;
}

Wrong read(const Value& value, base::HostAndPort& into) {
  if (value.kind != Value::Kind::text) return other_type(value, "a host as \"hub.example\" or \"hub.example:4282\"");
  const auto host = base::HostAndPort::parse(value.text);
  if (!host) return shown(value.text) + " is not a host; write it as \"hub.example\" or \"hub.example:4282\"";
  into = *host;
  return std::nullopt;
}

Wrong read(const Value& value, std::vector<base::Endpoint>& into) {
  std::vector<base::Endpoint> endpoints;
  const bool is_list = value.kind == Value::Kind::array;
  const std::span<const Value> items = is_list ? std::span<const Value>(value.items) : std::span(&value, 1);
  if (items.size() > kMaxEndpoints) return "has more than " + std::to_string(kMaxEndpoints) + " entries";
  for (const auto& item : items) {
    endpoints.emplace_back();
    if (auto wrong = read(item, endpoints.back())) return wrong;
  }
  into = std::move(endpoints);
  return std::nullopt;
}

Wrong read(const Value& value, std::vector<base::IpAddress>& into) {
  std::vector<base::IpAddress> addresses;
  const bool is_list = value.kind == Value::Kind::array;
  const std::span<const Value> items = is_list ? std::span<const Value>(value.items) : std::span(&value, 1);
  if (items.size() > kMaxAddresses) return "has more than " + std::to_string(kMaxAddresses) + " entries";
  for (const auto& item : items) {
    if (item.kind != Value::Kind::text) return other_type(item, "an address as \"192.0.2.7\"");
    const auto address = base::IpAddress::parse(item.text);
    if (!address) {
      return shown(item.text) + " is not an address; write it as \"192.0.2.7\" or \"2001:db8::7\", not as a name";
    }
    if (const auto why = unfit_source(*address)) return shown(item.text) + ' ' + *why;
    addresses.push_back(*address);
  }
  into = std::move(addresses);
  return std::nullopt;
}

Wrong read(const Value& value, std::vector<base::IpPrefix>& into) {
  std::vector<base::IpPrefix> prefixes;
  const bool is_list = value.kind == Value::Kind::array;
  const std::span<const Value> items = is_list ? std::span<const Value>(value.items) : std::span(&value, 1);
  if (items.size() > probe::kMaxDenied) return "has more than " + std::to_string(probe::kMaxDenied) + " entries";
  for (const auto& item : items) {
    if (item.kind != Value::Kind::text) return other_type(item, "an address or prefix as \"10.0.0.0/8\"");
    const auto prefix = base::IpPrefix::parse(item.text);
    if (!prefix) return shown(item.text) + " is " + prefix.error().message;
    prefixes.push_back(*prefix);
  }
  into = std::move(prefixes);
  return std::nullopt;
}

Wrong read(const Value& value, Targets& into) { return read_word<Targets>(value, kTargets, into); }
Wrong read(const Value& value, RecordDetail& into) { return read_word<RecordDetail>(value, kRecorded, into); }
Wrong read(const Value& value, Interfaces& into) {
  if (value.kind == Value::Kind::array) return read(value, into.names);
  into.names.resize(1);
  return read(value, into.names.front());
}

Wrong read(const Value& value, Workers& into) {
  std::uint32_t count = 0;
  if (value.kind == Value::Kind::text && value.text == kAuto) {
    into = {};
  } else if (read(value, count) || count == 0 || count > kMaxWorkers) {
    return "is neither \"auto\" nor a number from 1 to " + std::to_string(kMaxWorkers);
  } else {
    into = {count};
  }
  return std::nullopt;
}

Wrong read(const Value& value, env::LogLevel& into) { return read_word<env::LogLevel>(value, kLevels, into); }
Wrong read(const Value& value, record::ProbeKind& into) {
  std::vector<Word<record::ProbeKind>> words;
  for (const auto kind : record::kProbeKinds) words.push_back({to_string(kind), kind});
  return read_word<record::ProbeKind>(value, words, into);
}

Wrong read(const Value& value, Labels& into) {
  if (value.kind != Value::Kind::table) return other_type(value, "labels as {site = \"attic\"}");
  if (value.members.size() > record::kMaxLabels)
    return "has more than " + std::to_string(record::kMaxLabels) + " labels";
  Labels labels;
  for (const auto& member : value.members) {
    if (!is_label_key(member.key)) return shown(member.key) + " is no label: letters, digits and _, no digit first";
    if (member.kind != Value::Kind::text) return "label " + member.key + ": " + other_type(member, "a text");
    if (member.text.size() > record::kMaxLabelBytes) return "label " + member.key + " is longer than 255 bytes";
    labels.emplace_back(member.key, member.text);
  }
  std::ranges::sort(labels);
  into = std::move(labels);
  return std::nullopt;
}

Wrong read(const Value& value, record::Options& into) {
  if (value.kind != Value::Kind::table) return other_type(value, "options as {name = \"value\"}");
  record::Options options;
  const auto take = [&options](const Value& member, const std::string& name) -> Wrong {
    switch (member.kind) {
      case Value::Kind::text: options.push_back({name, member.text}); break;
      case Value::Kind::integer: options.push_back({name, std::to_string(member.integer)}); break;
      case Value::Kind::boolean: options.push_back({name, member.boolean ? "true" : "false"}); break;
      default: return shown(name) + ": " + other_type(member, "a text, a whole number, true or false");
    }
    if (options.back().value.size() > record::kMaxOptionBytes) return shown(name) + " is longer than 4096 bytes";
    return std::nullopt;
  };
  for (const auto& member : value.members) {
    const bool several = member.kind == Value::Kind::array;
    for (const auto& item : several ? member.items : std::vector{member}) {
      if (options.size() == record::kMaxOptions) return "has more than 64 values";
      if (auto wrong = take(item, member.key)) return wrong;
    }
  }
  into = std::move(options);
  return std::nullopt;
}

Wrong read(const Value& value, std::vector<std::string>& into) {
  if (value.kind != Value::Kind::array) return other_type(value, "a list of texts as [\"db*\"]");
  if (value.items.size() > kMaxTexts) return "has more than " + std::to_string(kMaxTexts) + " entries";
  std::vector<std::string> texts(value.items.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (auto wrong = read(value.items[i], texts[i])) return wrong;
  }
  into = std::move(texts);
  return std::nullopt;
}

Wrong read(const Value& value, std::vector<record::SessionState>& into) {
  if (value.kind != Value::Kind::array) return other_type(value, "a list of states as [\"up\", \"down\"]");
  if (value.items.empty() || value.items.size() > kStates.size()) return "one to six states are wanted";
  std::vector<record::SessionState> states(value.items.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (auto wrong = read_word<record::SessionState>(value.items[i], kStates, states[i])) return wrong;
  }
  into = std::move(states);
  return std::nullopt;
}

Wrong read(const Value& value, std::map<std::string, env::LogLevel>& into) {
  if (value.kind != Value::Kind::table) return other_type(value, "levels by component as {heartbeat = \"debug\"}");
  if (value.members.size() > kMaxComponents) return "has more than " + std::to_string(kMaxComponents) + " components";
  std::map<std::string, env::LogLevel> levels;
  for (const auto& member : value.members) {
    if (auto wrong = read(member, levels[member.key])) return shown(member.key) + ": " + *wrong;
  }
  into = std::move(levels);
  return std::nullopt;
}

std::string written(bool value) { return value ? "true" : "false"; }
// A basic string of TOML that is safe for a terminal as well.
std::string written(const std::string& value) {
  std::string text = "\"";
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t length = std::min(sequence_length(value[at]), value.size() - at);
    const std::string letter = value.substr(at, length);
    at += length;
    if (letter == "\\" || letter == "\"") {
      text += '\\' + letter;
    } else if (base::UntrustedText(letter).for_terminal() == letter) {
      text += letter;
    } else {
      text += fmt::format("\\U{:08x}", code_point(letter));
    }
  }
  return text + '"';
}
std::string written(std::uint32_t value) { return std::to_string(value); }

std::string written(std::uint64_t value) {
  std::string text = base::size_text(value);
  std::erase(text, ' ');
  const auto exact = base::parse_size(text);
  return '"' + (exact == value ? text : std::to_string(value) + "B") + '"';
}

std::string written(base::Duration value) {
  const std::int64_t count = value.in_nanoseconds();
  if (count % 1'000'000 != 0) return fmt::format("\"{}us\"", static_cast<double>(count) / 1'000);
  return '"' + base::duration_text(value) + '"';
}

std::string written(const base::Endpoint& value) { return '"' + to_string(value) + '"'; }
std::string written(const base::HostAndPort& value) { return written(to_string(value)); }

std::string written(const std::vector<base::Endpoint>& value) {
  std::string text;
  for (const auto& endpoint : value) text += (text.empty() ? "" : ", ") + written(endpoint);
  return '[' + text + ']';
}

std::string written(const std::vector<base::IpAddress>& value) {
  std::string text;
  for (const auto& address : value) text += (text.empty() ? "" : ", ") + written(to_string(address));
  return text.empty() ? "" : '[' + text + ']';
}

std::string written(const std::vector<base::IpPrefix>& value) {
  std::string text;
  for (const auto& prefix : value) text += (text.empty() ? "" : ", ") + written(to_string(prefix));
  return '[' + text + ']';
}

std::string written(Targets value) { return written_word<Targets>(kTargets, value); }
std::string written(RecordDetail value) { return written_word<RecordDetail>(kRecorded, value); }
std::string written(const Interfaces& value) { return written(value.names); }
std::string written(Workers value) { return value.count == 0 ? written(std::string(kAuto)) : written(value.count); }
std::string written(env::LogLevel value) { return written_word<env::LogLevel>(kLevels, value); }
std::string written(record::ProbeKind value) { return written(std::string(to_string(value))); }

std::string written(const Labels& value) {
  std::string text;
  for (const auto& [key, label] : value) text += (text.empty() ? "" : ", ") + key + " = " + written(label);
  return '{' + text + '}';
}

std::string written(const record::Options& value) {
  std::string text;
  for (auto option = value.begin(); option != value.end();) {
    const auto end = std::find_if(option, value.end(), [option](const auto& o) { return o.name != option->name; });
    std::string texts;
    for (auto same = option; same != end; ++same) texts += (same == option ? "" : ", ") + written(same->value);
    text += (text.empty() ? "" : ", ") + option->name + " = " + (end - option == 1 ? texts : '[' + texts + ']');
    option = end;
  }
  return '{' + text + '}';
}

std::string written(const std::vector<std::string>& value) {
  std::string list;
  for (const auto& text : value) list += (list.empty() ? "" : ", ") + written(text);
  return list.empty() ? "" : '[' + list + ']';
}

std::string written(const std::vector<record::SessionState>& value) {
  std::string list;
  for (const auto state : value)
    list += (list.empty() ? "" : ", ") + written_word<record::SessionState>(kStates, state);
  return '[' + list + ']';
}

std::string written(const std::map<std::string, env::LogLevel>& value) {
  std::string text;
  for (const auto& [component, level] : value) text += (text.empty() ? "" : ", ") + component + " = " + written(level);
  return '{' + text + '}';
}

}  // namespace holter::config
