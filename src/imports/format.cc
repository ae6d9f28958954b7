#include "imports/format.h"

#include "imports/blackbox.h"
#include "imports/gatus.h"
#include "imports/list.h"
#include "imports/smokeping.h"

namespace holter::imports {
namespace {

using base::Error;
using base::ErrorKind;

base::Result<Imported> with_targets(Imported imported, const std::optional<std::string_view>& targets) {
  if (!targets) return imported;
  const auto prometheus = parse_yaml(*targets);
  if (!prometheus) return Error{ErrorKind::invalid, "the targets: " + prometheus.error().message};
  const std::size_t before = imported.notes.size();
  read_scrape_targets(*prometheus, imported);
  for (std::size_t i = before; i < imported.notes.size(); ++i) imported.notes[i].of_targets = true;
  return imported;
}

}  // namespace

std::string_view to_string(Format format) {
  switch (format) {
    case Format::list: return "list";
    case Format::blackbox: return "blackbox";
    case Format::gatus: return "gatus";
    case Format::smokeping: return "smokeping";
  }
  return "";
}

base::Result<Imported> read(std::optional<Format> format, const Texts& texts) {
  if (format == Format::list || (!format && looks_like_list(texts.text))) return read_list(texts.text);
  if (format == Format::smokeping || (!format && looks_like_smokeping(texts.text))) return read_smokeping(texts.text);
  const auto root = parse_yaml(texts.text);
  if (!root) return root.error();
  if (format.value_or(Format::blackbox) == Format::blackbox && is_blackbox(*root)) {
    return with_targets(read_blackbox(*root), texts.targets);
  }
  if (format.value_or(Format::gatus) == Format::gatus && is_gatus(*root)) return read_gatus(*root);
  return Error{
      ErrorKind::invalid,
      "is neither a list of services nor a configuration of blackbox_exporter (modules:), Gatus (endpoints:) or "
      "SmokePing (*** Targets ***)"};
}

}  // namespace holter::imports
