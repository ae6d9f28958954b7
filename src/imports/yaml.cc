#include "imports/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/untrusted_text.h"
#include "imports/imported.h"

namespace holter::imports {
namespace {

class Converter {
 public:
  // False when there is too much of it.
  bool convert(const YAML::Node& node, Yaml& into, unsigned depth) {
    if (depth > kMaxYamlDepth || ++nodes_ > kMaxYamlNodes) return false;
    into.line = static_cast<std::uint32_t>(node.Mark().line + 1);
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        into.kind = Yaml::Kind::text;
        into.text = node.Scalar();
        return true;
      case YAML::NodeType::Sequence:
        into.kind = Yaml::Kind::list;
        return std::ranges::all_of(
            node, [&](const YAML::Node& item) { return convert(item, into.items.emplace_back(), depth + 1); });
      case YAML::NodeType::Map: into.kind = Yaml::Kind::table; return members(node, into, depth);
      default: return true;
    }
  }

 private:
  bool members(const YAML::Node& node, Yaml& into, unsigned depth) {
    for (const auto& member : node) {
      Yaml& value = into.members.emplace_back();
      if (!convert(member.second, value, depth + 1)) return false;
      value.key = member.first.IsScalar() ? member.first.Scalar() : "?";
      // An empty value has no place of its own.
      if (member.first.Mark().line >= 0) value.line = static_cast<std::uint32_t>(member.first.Mark().line + 1);
    }
    return true;
  }

  std::size_t nodes_ = 0;
};

}  // namespace

const Yaml* Yaml::find(std::string_view name) const {
  const auto found = std::ranges::find(members, name, &Yaml::key);
  return found == members.end() ? nullptr : &*found;
}

std::string Yaml::text_of(std::string_view name, std::string fallback) const {
  const Yaml* const member = find(name);
  return member != nullptr && member->kind == Kind::text ? member->text : std::move(fallback);
}

std::vector<std::string> Yaml::texts() const {
  std::vector<std::string> all;
  if (kind == Kind::text) all.push_back(text);
  for (const auto& item : items) {
    if (item.kind == Kind::text) all.push_back(item.text);
  }
  return all;
}

base::Result<Yaml> parse_yaml(std::string_view text) {
  using base::Error;
  if (text.size() > kMaxFileBytes) return Error{base::ErrorKind::invalid, "is larger than 1 MiB"};
  // The library tells mistakes by exceptions.
  try {
    Yaml root;
    if (Converter().convert(YAML::Load(std::string(text)), root, 0)) return root;
    return Error{base::ErrorKind::invalid, "is too deep in itself, or has more than 100,000 parts"};
  } catch (const YAML::Exception& error) {
    return Error{base::ErrorKind::invalid,
                 fmt::format("line {}: {}", error.mark.line + 1, base::UntrustedText(error.msg, 200).for_terminal())};
  }
}

}  // namespace holter::imports
