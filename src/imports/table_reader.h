// Reads the keys of one table of somebody else's configuration by name, each with what is done with it; what nobody
// reads becomes a note, and so does what a reader finds wrong. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "imports/imported.h"
#include "imports/yaml.h"

namespace holter::imports {

class TableReader {
 public:
  // Returns why the value is not taken, as the end of a sentence; nothing when it is.
  using Take = std::function<std::optional<std::string>(const Yaml& value)>;
  using Rows = std::map<std::string_view, Take>;

  // `where` names the table in notes: "module 'web': http". Both outlive this.
  TableReader(Imported& imported, std::string where) : imported_(imported), where_(std::move(where)) {}

  void read(const Yaml& table, const Rows& rows) const;
  void note(std::uint32_t line, const std::string& text) const;

 private:
  Imported& imported_;
  std::string where_;
};

}  // namespace holter::imports
