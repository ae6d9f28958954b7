#include "api/record_filter.h"

#include "filter/record_filter.h"

namespace holter::api {
namespace {

filter::Subject in_filter(Subject subject) {
  switch (subject) {
    case Subject::results: return filter::Subject::results;
    case Subject::sessions: return filter::Subject::sessions;
    case Subject::packets: return filter::Subject::packets;
    case Subject::conversations: return filter::Subject::conversations;
    case Subject::network: return filter::Subject::network;
  }
  return filter::Subject::results;
}

}  // namespace

base::Result<store::Predicate> compile_filter(Subject subject, const std::string& text) {
  auto compiled = filter::RecordFilter::compile(in_filter(subject), text);
  if (!compiled) return base::Error{base::ErrorKind::invalid, filter::explain_mistake(text, compiled.error())};
  return store::Predicate(
      [filter = *compiled](const record::NamedRecord& named) { return filter.matches(named.body); });
}

}  // namespace holter::api
