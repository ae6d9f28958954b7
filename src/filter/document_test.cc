// docs/filters.md shows every field of every subject, and every name of the ancestor, as the tables have them.
// HOLTER_UPDATE=1 writes them there.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "filter/ancestor_names.h"
#include "filter/packet_fields.h"
#include "filter/packet_filter.h"
#include "filter/record_filter.h"
#include "wire/field_registry.h"

namespace holter::filter {
namespace {

const std::string kDocument = HOLTER_SOURCE_ROOT "/docs/filters.md";

std::string document() {
  std::ostringstream text;
  text << std::ifstream(kDocument).rdbuf();
  return text.str();
}

// Those that a full decode alone finds are on their own page.
bool is_shown(Subject subject, const FieldInfo& field) {
  const bool rare = std::ranges::find(packet_fields(), field.name, [](const auto& row) { return row.info.name; }) ==
                    packet_fields().end();
  return subject != Subject::packets || !rare || !wire::find_field(field.name).found ||
         field.name.starts_with("frame.");
}

std::string table_of(Subject subject) {
  std::string out = "| field | type | |\n|---|---|---|\n";
  for (const FieldInfo& field : fields(subject)) {
    if (!is_shown(subject, field)) continue;
    const std::string words =
        field.words.empty() ? std::string(to_string(field.type)) : fmt::format("`{}`", fmt::join(field.words, "` `"));
    out += fmt::format("| `{}` | {}{} | {} |\n", field.name, words, field.sides == Sides::two ? ", *either*" : "",
                       field.description);
  }
  return out;
}

std::string table_of_ancestor_names() {
  std::string out = "| the ancestor's | field |\n|---|---|\n";
  for (const AncestorName& row : ancestor_names()) {
    std::string ours = fmt::format("`{}`", row.field);
    if (row.field.find(',') != std::string_view::npos) {
      for (std::size_t at = 0; (at = ours.find(',', at)) != std::string::npos; at += 4) ours.replace(at, 1, "`, `");
      ours += ", as one number";
    }
    if (row.scale != 1) ours += fmt::format(", in bytes: 1 was {}", row.scale);
    if (row.only != 0) ours += fmt::format(", by its number `{}`", row.only);
    if (row.field.empty()) ours = fmt::format("none: {}", row.why);
    const std::string dot = row.attribute.empty() ? "" : ".";
    out += fmt::format("| `{}{}{}` | {} |\n", row.layer, dot, row.attribute, ours);
  }
  return out;
}

// Between `begin` and the end of its block stands `wanted`, or it is put there.
void expect_block(std::string& text, const std::string& begin, const std::string& wanted) {
  ASSERT_NE(text.find(begin), std::string::npos) << begin;
  const std::size_t at = text.find(begin) + begin.size();
  const std::size_t end = text.find("<!-- end -->", at);
  ASSERT_NE(end, std::string::npos);
  if (std::getenv("HOLTER_UPDATE") == nullptr) {
    EXPECT_EQ(text.substr(at, end - at), wanted) << "HOLTER_UPDATE=1 writes the table anew";
  }
  text.replace(at, end - at, wanted);
}

TEST(Document, ShowsEveryFieldAndName) {
  std::string text = document();
  for (std::size_t i = 0; i < kSubjectCount; ++i) {
    const auto subject = static_cast<Subject>(i);
    expect_block(text, fmt::format("<!-- fields: {} -->\n", to_string(subject)), table_of(subject));
  }
  expect_block(text, "<!-- ancestor names -->\n", table_of_ancestor_names());
  if (std::getenv("HOLTER_UPDATE") != nullptr) std::ofstream(kDocument) << text;
}

// Every row can be asked for: names are once in their table, spelt as words of the language, and load something.
TEST(Document, EveryFieldCompiles) {
  for (std::size_t i = 0; i < kSubjectCount; ++i) {
    const auto subject = static_cast<Subject>(i);
    std::set<std::string_view> names;
    for (const FieldInfo& field : fields(subject)) {
      EXPECT_TRUE(names.insert(field.name).second) << field.name << " is there twice";
      EXPECT_FALSE(field.description.empty()) << field.name;
      std::string text(field.name);
      switch (field.type) {
        case Type::boolean: break;
        case Type::number:
        case Type::signed_number:
        case Type::decimal:
        case Type::size: text += " == 1"; break;
        case Type::bytes: text += " == 0a:0b"; break;
        case Type::tcpdump: text += ":icmp"; break;
        case Type::address: text += " == ::1"; break;
        case Type::mac: text += " == 02:00:00:00:00:01"; break;
        case Type::text: text += " == x"; break;
        case Type::duration: text += " > 1s"; break;
        case Type::word: text += " == " + std::string(field.words.front()); break;
      }
      const bool compiles = subject == Subject::packets ? PacketFilter::compile(text).has_value()
                                                        : RecordFilter::compile(subject, text).has_value();
      EXPECT_TRUE(compiles) << to_string(subject) << ": " << text;
    }
  }
}

TEST(Document, EveryNameOfTheAncestorIsAField) {
  for (const AncestorName& row : ancestor_names()) {
    EXPECT_EQ(row.field.empty(), !row.why.empty()) << row.layer << ' ' << row.attribute;
    for (std::string_view rest = row.field; !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find(','));
      EXPECT_TRUE(find_field(Subject::packets, name)) << row.layer << ' ' << row.attribute << ": " << name;
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    }
  }
}

// What the page shows in its tables of expressions is not only well written.
TEST(Document, TheExamplesAreRight) {
  EXPECT_TRUE(PacketFilter::compile("not (udp.port == 53 or arp)"));
  EXPECT_TRUE(PacketFilter::compile("port in {443, 8000..8099}"));
  EXPECT_TRUE(RecordFilter::compile(Subject::results, "outcome != ok or rtt > 20ms"));
  EXPECT_TRUE(RecordFilter::compile(Subject::results, "probe ~ '^web-\\d+$'"));
  EXPECT_TRUE(RecordFilter::compile(Subject::conversations, "host == 10.0.0.0/8 and bytes > 1MiB"));
  EXPECT_TRUE(RecordFilter::compile(Subject::packets, "tcp.rst"));
  EXPECT_TRUE(RecordFilter::compile(Subject::sessions, "state == down or message"));
}

}  // namespace
}  // namespace holter::filter
