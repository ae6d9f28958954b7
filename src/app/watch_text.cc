#include "app/watch_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/local_time.h"
#include "app/record_cells.h"
#include "term/table.h"

namespace holter::app {
namespace {

using nlohmann::json;

std::vector<term::Table::Column> columns(bool with_agent) {
  std::vector<term::Table::Column> columns = {{"session"},
                                              {"state", false, 14},
                                              {"interval", true, 8},
                                              {"silent", true, 8},
                                              {"suspicion", true, 9},
                                              {"way", false, 8},
                                              {"from"},
                                              {"last message"}};
  if (with_agent) columns.insert(columns.begin() + 1, {"agent"});
  return columns;
}

// How many there are that the answer leaves out.
std::uint64_t left_out(const json& end) {
  const auto more = end.is_object() ? end.find("more") : end.end();
  return end.is_object() && more != end.end() && more->is_number_unsigned() ? more->get<std::uint64_t>() : 0;
}

}  // namespace

std::string watch_text(const std::vector<std::string>& lines, bool with_agent, const term::Screen& screen,
                       base::WallTime now) {
  term::Table table(columns(with_agent));
  std::uint64_t more = 0;
  for (const auto& line : lines) {
    const json record = json::parse(line, nullptr, false);
    if (!record.is_object()) continue;
    if (record.contains("end")) {
      more = left_out(record["end"]);
      continue;
    }
    Cells cells = watched_session_cells(record, now);
    if (with_agent) cells.insert(cells.begin() + 1, {shown_text(record, "agent_name")});
    table.add(std::move(cells));
  }
  std::string text = toned(screen, term::Tone::faint, "sessions at " + local_time(now, now) + ", q ends") + '\n';
  text += table.empty() ? "nobody has sent a pulse, or none matches\n" : table.draw(screen);
  if (more > 0) text += toned(screen, term::Tone::faint, fmt::format("… {} more", more)) + '\n';
  return text;
}

}  // namespace holter::app
