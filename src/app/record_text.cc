#include "app/record_text.h"

#include <array>
#include <nlohmann/json.hpp>

#include "app/record_cells.h"
#include "base/assert.h"

namespace holter::app {

using nlohmann::json;
using Column = term::Table::Column;

// `least` is what most rows need, so that what comes later stands under what came before.
struct RecordText::Layout {
  RecordView view;
  std::vector<Column> columns;
  std::size_t agent_at;  // where the agent's column goes
  Cells (*cells)(const json& record, base::WallTime now);
};

namespace {

constexpr std::size_t kTime = 12;
constexpr std::size_t kDatedTime = 23;

std::vector<Column> network_columns() {
  return {{"time", false, kTime}, {"interface", false, 9}, {"what", false, 13},
          {"subject", false, 17}, {"before", false, 17},   {"after"}};
}

}  // namespace

RecordText::RecordText(RecordTextOptions options)
    : options_(options), layout_([&options]() -> const Layout& {
        static const std::array<Layout, 6> layouts = {{
            {RecordView::results,
             {{"time", false, kDatedTime},
              {"probe", false, 12},
              {"kind", false, 5},
              {"result", false, 14},
              {"rtt", true, 9},
              {"address", false, 15},
              {"answer, or why not"}},
             1,
             result_cells},
            {RecordView::sessions,
             {{"session"},
              {"state"},
              {"since"},
              {"interval", true},
              {"silent", true},
              {"detected in", true},
              {"suspicion", true},
              {"from"},
              {"labels"},
              {"last message"}},
             1,
             session_cells},
            {RecordView::changes,
             {{"time", false, kTime},
              {"session", false, 10},
              {"state", false, 10},
              {"before", false, 10},
              {"silent", true, 7},
              {"from", false, 21},
              {"why, or the message"}},
             1,
             change_cells},
            {RecordView::packets,
             {{"time", false, kTime},
              {"interface", false, 9},
              {"protocol", false, 8},
              {"source", false, 21},
              {"destination", false, 21},
              {"bytes", true, 5},
              {"flags"}},
             1,
             packet_cells},
            {RecordView::conversations,
             {{"last", false, kTime},
              {"interface", false, 9},
              {"protocol", false, 8},
              {"initiator", false, 21},
              {"responder", false, 21},
              {"sent", true, 8},
              {"received", true, 8},
              {"packets", true, 7},
              {"ended"}},
             1,
             conversation_cells},
            {RecordView::network, network_columns(), 1, network_cells},
        }};
        const Layout& layout = layouts.at(static_cast<std::size_t>(options.view));
        HOLTER_ASSERT(layout.view == options.view);
        return layout;
      }()) {}

RecordText::~RecordText() = default;

bool RecordText::add(std::string_view line) {
  const json record = json::parse(line, nullptr, false);
  if (!record.is_object()) return false;
  Cells cells = layout_.cells(record, options_.now);
  if (options_.with_agent) {
    cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(layout_.agent_at), {shown_text(record, "agent_name")});
  }
  if (!table_) {
    auto columns = layout_.columns;
    if (options_.with_agent) {
      columns.insert(columns.begin() + static_cast<std::ptrdiff_t>(layout_.agent_at), {"agent", false, 8});
    }
    table_ = std::make_unique<term::Table>(std::move(columns));
  }
  table_->add(std::move(cells));
  return true;
}

bool RecordText::empty() const { return !table_; }

std::string RecordText::take(const term::Screen& screen) {
  if (!table_) return "";
  const auto titles = titled_ ? term::Table::Titles::hidden : term::Table::Titles::shown;
  titled_ = true;
  const auto table = std::exchange(table_, nullptr);
  return table->draw(screen, titles);
}

}  // namespace holter::app
