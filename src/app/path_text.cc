#include "app/path_text.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "env/icmp_words.h"
#include "term/table.h"

namespace holter::app {
namespace {

std::string ms_text(base::Duration rtt) { return fmt::format("{:.3f} ms", base::milliseconds(rtt)); }

// "MPLS 16001/24", "network unreachable", "from the trace to another target"
std::string remark(const record::Hop& hop, const record::Branch& branch, bool ends) {
  std::string text;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  if (!branch.labels.empty()) {
    std::string labels;
    for (const auto label : branch.labels) labels += (labels.empty() ? "" : "/") + std::to_string(label);
    add("MPLS " + labels);
  }
  if (ends && ends_way(branch)) {
    add(std::string(env::icmp_error_words(branch.address.family(), branch.icmp_type, branch.icmp_code)));
  }
  if (hop.shared && branch.answered == 0) add("known from another trace");
  return text;
}

bool is_end(const record::Path& path, const record::Hop& hop) {
  return path.end == record::PathEnd::unreachable && &hop == &path.hops.back();
}

}  // namespace

std::string path_table(const record::Path& path, const term::Screen& screen) {
  using term::Tone;
  bool remarks = false;
  for (const auto& hop : path.hops) {
    for (const auto& branch : hop.branches) remarks = remarks || !remark(hop, branch, is_end(path, hop)).empty();
  }
  std::vector<term::Table::Column> columns{{"hop", true}, {"address"},   {"min", true},
                                           {"avg", true}, {"max", true}, {"count", true}};
  if (remarks) columns.push_back({""});
  term::Table table(columns);
  for (const auto& hop : path.hops) {
    const std::string ttl = std::to_string(int{hop.ttl});
    if (hop.branches.empty()) {
      table.add({{ttl}, {"*", Tone::faint}, {"*", Tone::faint}, {"*", Tone::faint}, {"*", Tone::faint}, {"0"}});
    }
    for (const auto& branch : hop.branches) {
      const bool first = &branch == &hop.branches.front();
      const auto time = [&](base::Duration rtt) { return branch.answered > 0 ? ms_text(rtt) : "*"; };
      std::vector<term::Cell> row{{first ? ttl : ""},     {to_string(branch.address)},
                                  {time(branch.rtt_min)}, {time(branch.rtt_avg)},
                                  {time(branch.rtt_max)}, {std::to_string(branch.answered)}};
      if (remarks) row.push_back({remark(hop, branch, is_end(path, hop)), Tone::faint});
      table.add(std::move(row));
    }
  }
  return table.empty() ? "" : table.draw(screen);
}

}  // namespace holter::app
