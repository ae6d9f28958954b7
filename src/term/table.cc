#include "term/table.h"

#include <algorithm>

namespace holter::term {
namespace {

constexpr std::size_t kGap = 2;

// At most `width` columns of `text`; a cut is marked.
std::string fitted(const std::string& text, std::size_t width) {
  if (columns(text) <= width) return text;
  std::string out;
  std::size_t used = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    if (begins && used + 1 >= width) break;
    if (begins) ++used;
    out += c;
  }
  return out + "…";
}

}  // namespace

std::string Table::draw(const Screen& screen, Titles titles) const {
  std::vector<std::vector<Cell>> rows;
  if (titles == Titles::shown) {
    rows.emplace_back();
    for (const auto& column : columns_) rows.back().push_back({column.title, Tone::faint});
  }
  rows.insert(rows.end(), rows_.begin(), rows_.end());
  for (auto& row : rows) row.resize(columns_.size());

  std::vector<std::size_t> widths;
  for (const auto& column : columns_) widths.push_back(column.least);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i].text));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    std::size_t used = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      const std::size_t room = screen.width > used ? screen.width - used : 1;
      const std::string text = last ? fitted(row[i].text, room) : row[i].text;
      const std::size_t width = last ? std::min(widths[i], room) : widths[i];
      const std::string padding(width - std::min(width, columns(text)), ' ');
      if (columns_[i].to_the_right) line += padding;
      line += toned(screen, row[i].tone, text);
      if (!last && !columns_[i].to_the_right) line += padding;
      if (!last) line += std::string(kGap, ' ');
      used += widths[i] + kGap;
    }
    out += line + '\n';
  }
  return out;
}

}  // namespace holter::term
