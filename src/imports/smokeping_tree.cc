#include "imports/smokeping_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "imports/smokeping.h"
#include "imports/words.h"

namespace holter::imports {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

class TreeParser {
 public:
  explicit TreeParser(Imported& notes) : notes_(notes) {}

  base::Result<std::vector<SmokepingNode>> parse(std::string_view text) {
    while (!text.empty()) {
      const std::string line = next_line(text);
      if (line.empty() || line.front() == '#') continue;
      const auto fine = take(line);
      if (!fine) return fine.error();
    }
    return std::move(sections_);
  }

 private:
  // With those that it goes on in: a backslash stands at the end of each but the last.
  std::string next_line(std::string_view& text) {
    std::string line;
    bool goes_on = true;
    begin_ = line_ + 1;
    while (goes_on && !text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      const std::string_view piece = trimmed(text.substr(0, end));
      text.remove_prefix(std::min(text.size(), end + 1));
      ++line_;
      goes_on = piece.ends_with('\\');
      line += goes_on ? piece.substr(0, piece.size() - 1) : piece;
    }
    return line;
  }

  base::Error wrong(const std::string& why) const {
    return {base::ErrorKind::invalid, fmt::format("line {}: {}", begin_, why)};
  }

  base::Result<void> take(const std::string& line) {
    if (line.starts_with("***")) return section(line);
    if (line.front() == '@') {
      notes_.note(begin_, shown(line) + ": what is there is imported from that file");
      return {};
    }
    if (sections_.empty()) return wrong("no section (*** Targets ***) has begun");
    if (line.front() == '+') return place(line);
    const auto equals = line.find('=');
    if (equals == std::string::npos) {
      notes_.note(begin_, shown(line) + " is no key with a value");
      return {};
    }
    const std::string key(trimmed(std::string_view(line).substr(0, equals)));
    node().keys[key] = {std::string(trimmed(std::string_view(line).substr(equals + 1))), begin_};
    return {};
  }

  base::Result<void> section(const std::string& line) {
    const auto name = trimmed(std::string_view(line).substr(3));
    const auto stars = name.find("***");
    if (stars == std::string_view::npos) return wrong("a section is written *** Targets ***");
    sections_.push_back({std::string(trimmed(name.substr(0, stars))), begin_});
    depth_ = 0;
    return {};
  }

  base::Result<void> place(const std::string& line) {
    const auto depth = line.find_first_not_of('+');
    if (depth == std::string::npos) return wrong("a place in the tree needs a name");
    if (depth > kMaxSmokepingDepth) return wrong("the tree is deeper than 16");
    if (depth > depth_ + 1) return wrong("a place lies more than one level below the one before");
    depth_ = depth - 1;
    node().below.push_back({std::string(trimmed(std::string_view(line).substr(depth))), begin_});
    depth_ = depth;
    return {};
  }

  // The one that is open: the newest at the present depth.
  SmokepingNode& node() {
    SmokepingNode* node = &sections_.back();
    for (std::size_t level = 0; level < depth_; ++level) node = &node->below.back();
    return *node;
  }

  Imported& notes_;
  std::vector<SmokepingNode> sections_;
  std::size_t depth_ = 0;
  std::uint32_t line_ = 0;   // that was read last
  std::uint32_t begin_ = 0;  // of what is looked at
};

}  // namespace

base::Result<std::vector<SmokepingNode>> parse_smokeping(std::string_view text, Imported& notes) {
  if (text.size() > kMaxFileBytes) return base::Error{base::ErrorKind::invalid, "is larger than 1 MiB"};
  return TreeParser(notes).parse(text);
}

}  // namespace holter::imports
