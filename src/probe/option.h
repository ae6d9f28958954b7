// The options of a kind of probe: one table a kind, a row an option, from which reading, the command line, [probe.KIND]
// of holter.toml and the mistakes come. Values arrive as texts, as somebody wrote them. Pure.
//
//   struct UdpOptions : Way { std::string send; ... };
//   inline constexpr auto kUdpOptions = std::to_array<Option<UdpOptions>>({
//       option<&UdpOptions::send>({"send", "TEXT", "What to send: a text, or bytes as hex:00ff"}), ...});
//   const auto options = read_options<UdpOptions>(ProbeKind::udp, kUdpOptions, plan.options);
//
// Every kind has those of Way as well.
#pragma once

#include <algorithm>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/nearest.h"
#include "base/result.h"
#include "base/time.h"
#include "base/untrusted_text.h"
#include "probe/way.h"
#include "record/probe_plan.h"

namespace holter::probe {

// What is wrong with a value, as the end of a sentence that begins with the option; empty: nothing.
using Wrong = std::optional<std::string>;

struct OptionWords {
  std::string_view name;   // "method"; two words with '_': the command line has them with '-'
  std::string_view value;  // how help calls its value: "WORD"; empty: a switch, whose value is "true" or "false"
  std::string_view help;   // one line without a full stop
  bool repeats = false;
  char letter = '\0';  // '4' for -4 on the command line
};

template <class Options>
struct Option {
  using Owner = Options;

  OptionWords words;
  Wrong (*read)(const std::string& value, Options& into);
};

Wrong read_value(const std::string& value, bool& into);
Wrong read_value(const std::string& value, std::uint32_t& into);
Wrong read_value(const std::string& value, base::Duration& into);
Wrong read_value(const std::string& value, std::string& into);
Wrong read_value(const std::string& value, std::vector<std::string>& into);  // one more

template <class T>
Wrong read_value(const std::string& value, std::optional<T>& into) {
  return read_value(value, into.emplace());
}

template <class T, class Options>
Options owner_of(T Options::*);

// A row that reads into a member.
template <auto Member>
constexpr auto option(OptionWords words) {
  using Options = decltype(owner_of(Member));
  return Option<Options>{words,
                         [](const std::string& value, Options& into) { return read_value(value, into.*Member); }};
}

// A whole sentence: there is none of this name, or it is there twice.
base::Error no_option(record::ProbeKind kind, std::string_view name, const std::vector<std::string>& known);
base::Error wrong_option(std::string_view name, std::string_view why);

std::span<const Option<Way>> way_options();

// The row of that name, or null.
template <class Options>
const Option<Options>* row_of(std::span<const Option<Options>> rows, std::string_view name) {
  const auto row = std::ranges::find(rows, name, [](const auto& r) { return r.words.name; });
  return row == rows.end() ? nullptr : &*row;
}

template <std::derived_from<Way> Options>
base::Result<Options> read_options(record::ProbeKind kind, std::span<const Option<Options>> rows,
                                   const record::Options& given) {
  Options options;
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : given) {
    const auto* const row = row_of(rows, name);
    const auto* const way = row_of(way_options(), name);
    if (row == nullptr && way == nullptr) {
      std::vector<std::string> known;
      for (const auto& r : rows) known.emplace_back(r.words.name);
      for (const auto& r : way_options()) known.emplace_back(r.words.name);
      return no_option(kind, name, known);
    }
    const bool repeats = row != nullptr && row->words.repeats;
    if (!repeats && std::ranges::find(seen, name) != seen.end()) return wrong_option(name, "is there twice");
    seen.push_back(name);
    const Wrong why = row != nullptr ? row->read(value, options) : way->read(value, options);
    if (why) return wrong_option(name, *why);
  }
  return options;
}

template <class Options>
std::vector<OptionWords> words_of(std::span<const Option<Options>> rows) {
  std::vector<OptionWords> words;
  for (const auto& row : rows) words.push_back(row.words);
  return words;
}

}  // namespace holter::probe
