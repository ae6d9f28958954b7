#include "api/path_json.h"

#include "env/icmp_words.h"

namespace holter::api {
namespace {

void write_branch(base::JsonWriter& json, const record::Branch& branch) {
  const bool asked = branch.answered > 0;
  const auto ms = [asked](base::Duration rtt) { return base::milliseconds(asked ? std::optional(rtt) : std::nullopt); };
  json.begin_object().member("address", to_string(branch.address)).member("answered", branch.answered);
  json.member("rtt_min_ms", ms(branch.rtt_min)).member("rtt_avg_ms", ms(branch.rtt_avg));
  json.member("rtt_max_ms", ms(branch.rtt_max));
  json.member("says", record::ends_way(branch) ? std::optional(env::icmp_error_words(
                                                     branch.address.family(), branch.icmp_type, branch.icmp_code))
                                               : std::nullopt);
  json.key("labels").begin_array();
  for (const auto label : branch.labels) json.count(label);
  json.end_array().end_object();
}

}  // namespace

void write_path(base::JsonWriter& json, const record::Path& path) {
  if (path.end == record::PathEnd::untraced) {
    json.null();
    return;
  }
  json.begin_object().member("end", to_string(path.end)).key("hops").begin_array();
  for (const auto& hop : path.hops) {
    json.begin_object().member("ttl", hop.ttl).member("sent", hop.sent).member("shared", hop.shared);
    json.key("branches").begin_array();
    for (const auto& branch : hop.branches) write_branch(json, branch);
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

}  // namespace holter::api
