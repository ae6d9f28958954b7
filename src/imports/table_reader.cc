#include "imports/table_reader.h"

#include "imports/words.h"

namespace holter::imports {

void TableReader::read(const Yaml& table, const Rows& rows) const {
  for (const auto& member : table.members) {
    const auto row = rows.find(member.key);
    if (row == rows.end()) {
      note(member.line, shown(member.key) + " has no counterpart here");
    } else if (const auto why = row->second(member)) {
      note(member.line, shown(member.key) + ' ' + *why);
    }
  }
}

void TableReader::note(std::uint32_t line, const std::string& text) const {
  imported_.note(line, where_ + ": " + text);
}

}  // namespace holter::imports
