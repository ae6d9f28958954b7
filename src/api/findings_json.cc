#include "api/findings_json.h"

#include <algorithm>

#include "api/path_json.h"

namespace holter::api {
namespace {

struct Write {
  base::JsonWriter& json;

  void operator()(std::int64_t value) const { json.integer(value); }
  void operator()(bool value) const { json.boolean(value); }
  void operator()(base::Duration value) const { json.number(base::milliseconds(value)); }
  void operator()(const base::UntrustedText& value) const { json.text(value); }
};

void write_facts(base::JsonWriter& json, const record::Facts& facts) {
  json.begin_object();
  for (auto fact = facts.begin(); fact != facts.end(); ++fact) {
    const auto is_same = [fact](const record::Fact& other) { return other.name == fact->name; };
    if (std::any_of(facts.begin(), fact, is_same)) continue;
    const bool is_duration = std::holds_alternative<base::Duration>(fact->value);
    json.key(fact->name + (is_duration ? "_ms" : "")).begin_array();
    for (auto same = fact; same != facts.end(); same = std::find_if(same + 1, facts.end(), is_same)) {
      std::visit(Write{json}, same->value);
    }
    json.end_array();
  }
  json.end_object();
}

}  // namespace

void write_findings(base::JsonWriter& json, const record::ProbeResult& result) {
  write_facts(json.key("facts"), result.facts);
  json.key("transcript").begin_array();
  for (const auto& line : result.transcript) {
    json.begin_object().member("at_ms", base::milliseconds(line.at)).member("direction", to_string(line.direction));
    json.member("text", line.text).end_object();
  }
  json.end_array();
  if (result.path.end == record::PathEnd::untraced) return;
  write_path(json.key("path"), result.path);
  write_path(json.key("path_before"), result.path_before);
}

}  // namespace holter::api
