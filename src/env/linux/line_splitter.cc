#include "env/linux/line_splitter.h"

#include <algorithm>

namespace holter::env_linux {

void LineSplitter::add(std::string_view bytes) {
  const std::size_t begin = text_.rfind('\n') + 1;  // of the line that goes on, zero when it is the first
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  text_ += bytes.substr(0, std::min(end, most_ - std::min(text_.size() - begin, most_)));
  text_ += bytes.substr(end);
}

std::optional<std::string> LineSplitter::next() {
  const std::size_t end = text_.find('\n');
  if (end == text_.npos && (!ended_ || text_.empty())) return std::nullopt;
  std::string line = text_.substr(0, std::min(end, most_));
  text_.erase(0, end == text_.npos ? end : end + 1);
  return line;
}

}  // namespace holter::env_linux
