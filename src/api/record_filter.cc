#include "api/record_filter.h"

#include "filter/record_filter.h"

namespace holter::api {
namespace {

filter::Subject subject_of_filter(Subject subject) {
  switch (subject) {
    case Subject::results: return filter::Subject::results;
    case Subject::sessions: return filter::Subject::sessions;
    case Subject::packets: return filter::Subject::stored_packets;
    case Subject::conversations: return filter::Subject::conversations;
  }
  return filter::Subject::results;
}

}  // namespace

base::Result<store::Predicate> compile_filter(Subject subject, const std::string& text) {
  const auto compiled = filter::RecordFilter::compile(subject_of_filter(subject), text);
  if (!compiled) return base::Error{base::ErrorKind::invalid, filter::explain_mistake(text, compiled.error())};
  return store::Predicate(
      [wanted = *compiled](const record::NamedRecord& named) { return wanted.matches(named.body); });
}

}  // namespace holter::api
