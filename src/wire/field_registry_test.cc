// docs/fields.md shows every field of every layer as the registry has them. HOLTER_UPDATE=1 writes it anew.
#include "wire/field_registry.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace holter::wire {
namespace {

const std::string kDocument = HOLTER_SOURCE_ROOT "/docs/fields.md";

std::string_view words_of(FieldType type) {
  switch (type) {
    case FieldType::flag: return "true or false";
    case FieldType::number: return "number";
    case FieldType::signed_number: return "number, may be negative";
    case FieldType::decimal: return "decimal number";
    case FieldType::address: return "IP address";
    case FieldType::mac: return "MAC";
    case FieldType::text: return "text";
    case FieldType::word: return "word";
    case FieldType::bytes: return "bytes, in hexadecimal";
    case FieldType::group: return "group";
  }
  return "";
}

std::string tables() {
  std::string out;
  for (const LayerFields& layer : all_fields()) {
    out += fmt::format("\n## `{}`: {}\n\n", to_string(layer.layer), layer.meaning);
    if (layer.fields.empty()) {
      out += "No fields of its own.\n";
      continue;
    }
    out += "| field | type | |\n|---|---|---|\n";
    for (const FieldInfo& field : layer.fields) {
      out += fmt::format("| `{}` | {}{} | {} |\n", full_name({layer.layer, &field}), words_of(field.type),
                         field.occurs == Occurs::often ? ", *often*" : "", field.meaning);
    }
  }
  return out;
}

TEST(FieldRegistry, TheDocumentShowsEveryField) {
  std::ostringstream read;
  read << std::ifstream(kDocument).rdbuf();
  std::string text = read.str();
  const std::string begin = "<!-- fields -->\n";
  ASSERT_NE(text.find(begin), std::string::npos);
  const std::size_t at = text.find(begin) + begin.size();
  if (std::getenv("HOLTER_UPDATE") == nullptr) {
    EXPECT_EQ(text.substr(at), tables()) << "HOLTER_UPDATE=1 writes the tables anew";
    return;
  }
  std::ofstream(kDocument) << text.substr(0, at) + tables();
}

TEST(FieldRegistry, EveryNameIsOnceAndFound) {
  std::set<std::string> names;
  for (const LayerFields& layer : all_fields()) {
    const std::string own = full_name({layer.layer, nullptr});
    EXPECT_TRUE(names.insert(own).second) << own << " is there twice";
    EXPECT_EQ(find_field(own).what, (FieldOfLayer{layer.layer, nullptr}));
    for (const FieldInfo& field : layer.fields) {
      const std::string name = full_name({layer.layer, &field});
      EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
      EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."), std::string::npos) << name;
      EXPECT_FALSE(field.meaning.empty()) << name;
      const FoundField found = find_field(name);
      EXPECT_TRUE(found.found && found.what == (FieldOfLayer{layer.layer, &field})) << name;
    }
  }
  EXPECT_FALSE(find_field("tcp.windw").found);
  EXPECT_FALSE(find_field("").found);
  EXPECT_FALSE(find_field("tcp.").found);
}

// A member of a group is named behind it, and its group is there.
TEST(FieldRegistry, MembersFollowTheirGroup) {
  for (const LayerFields& layer : all_fields()) {
    for (const FieldInfo& field : layer.fields) {
      const std::size_t dot = field.name.rfind('.');
      if (dot == std::string_view::npos) continue;
      const std::string name = full_name({layer.layer, nullptr}) + '.' + std::string(field.name.substr(0, dot));
      const FoundField group = find_field(name);
      ASSERT_TRUE(group.found) << field.name;
      EXPECT_EQ(group.what.field->type, FieldType::group) << field.name;
    }
  }
}

}  // namespace
}  // namespace holter::wire
