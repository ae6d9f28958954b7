#include "env/line_history.h"

#include <algorithm>
#include <sstream>

namespace holter::env {
namespace {

bool is_kept(const std::string& line) {
  return !line.empty() && line.size() <= kMaxPromptLine && line.find_first_of(std::string("\n\0", 2)) == line.npos;
}

base::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

std::vector<std::string> LineHistory::load() {
  if (path_.empty()) return {};
  const auto text = read_text(*files_, path_, kMaxFileBytes);
  if (!text) return {};
  std::vector<std::string> lines;
  std::istringstream rest(*text);
  std::size_t there = 0;
  for (std::string line; std::getline(rest, line); ++there) {
    if (is_kept(line)) lines.push_back(std::move(line));
  }
  if (lines.size() > kMaxPromptHistory) lines.erase(lines.begin(), lines.end() - kMaxPromptHistory);
  if (there > kMaxLinesInFile) {
    std::string newest;
    for (const auto& line : lines) newest += line + '\n';
    (void)replace_text(*files_, path_, newest);
  }
  return lines;
}

base::Result<void> LineHistory::add(const std::string& line) {
  if (path_.empty() || !is_kept(line)) return {};
  const auto directory = path_.substr(0, path_.rfind('/'));
  if (const auto made = files_->make_directories(directory); !made) return made.error();
  auto file = files_->open(path_, OpenMode::create);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > kMaxFileBytes) return base::Error{base::ErrorKind::too_large, path_ + " is no history"};
  return (*file)->write_at(*size, bytes_of(line + '\n'));
}

}  // namespace holter::env
