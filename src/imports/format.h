// Whose configuration a text is, and what is read out of it. Pure; the text is hostile.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "imports/imported.h"

namespace holter::imports {

enum class Format : std::uint8_t { list, blackbox, gatus, smokeping };

// "list", "blackbox", "gatus", "smokeping".
std::string_view to_string(Format format);

// `targets`: the configuration of the Prometheus that asks blackbox_exporter. ErrorKind::invalid: a sentence.
struct Texts {
  std::string_view text;
  std::optional<std::string_view> targets = {};
};
// Without a format it is found by the text.
base::Result<Imported> read(std::optional<Format> format, const Texts& texts);

}  // namespace holter::imports
