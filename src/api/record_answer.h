// Answers a RecordQuestion from the store: one page of JSON, or all that was asked for as lines while they are read.
// Newest first. The store is asked in bounded steps, and a question that finds little ends its page after
// kMaxScannedForPage records with the place to go on from.
//
// A conversation that went on was stored more than once (RFC 7011's active timeout): an answer has its newest record
// only, for the kMaxRememberedConversations newest of them.
#pragma once

#include <string>
#include <unordered_set>

#include "api/record_json.h"
#include "api/record_question.h"
#include "api/record_source.h"
#include "http/message.h"

namespace holter::api {

inline constexpr std::size_t kRecordsAtOnce = 1'000;  // of one step
inline constexpr std::uint64_t kMaxScannedForPage = 2'000'000;
inline constexpr std::uint64_t kMaxScannedForCount = 5'000'000;  // to say how many more there are
inline constexpr std::size_t kMaxRememberedConversations = 65'536;

// `live` are conversations that go on, newest first: what is stored of them may be some seconds old.
env::Task<http::Response> answer_page(RecordSource& source, RecordQuestion question, NameOf name_of,
                                      std::vector<record::NamedRecord> live);
http::Response answer_lines(RecordSource& source, RecordQuestion question, NameOf name_of,
                            std::vector<record::NamedRecord> live);

// The first `limit` of these objects (0: all) as such an answer.
http::Response answer_lines_of(const std::vector<std::string>& objects, std::size_t limit);

// Leaves out what a newer record of the same conversation has replaced. For records that come newest first.
class Replaced {
 public:
  bool contains(const record::NamedRecord& named) const;
  void note(const record::NamedRecord& named);

 private:
  std::unordered_set<std::string> conversations_;
};

}  // namespace holter::api
