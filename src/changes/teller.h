// Teller keeps what is told within bounds: of one subject kToldOfSubject changes in kSubjectWindow, of all together
// kToldAMinute a minute. What is more is counted: the subject's next change says how many it follows, and a Gap each
// minute names how many were left out, with what the tables had no room for. Pure; one thread.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "changes/limits.h"
#include "record/record.h"

namespace holter::changes {

class Teller {
 public:
  // `before` and `after` may hold what neighbours wrote.
  void tell(base::PacketTime at, std::string_view what, const std::string& subject, const std::string& before,
            std::string after);
  // A table is full: something was not looked at.
  void refuse() { ++left_out_; }
  void advance(base::PacketTime now);

  // What was told since the last call, and Gaps.
  void take(const std::string& interface, std::vector<record::Record>& out);

 private:
  struct Subject {
    base::PacketTime since;
    unsigned told = 0;
    std::uint64_t left_out = 0;
  };

  Subject* find(std::string_view what, const std::string& subject, base::PacketTime at);
  void renew_minute(base::PacketTime at);

  std::map<std::pair<std::string, std::string>, Subject> subjects_;
  std::vector<record::Record> told_;
  base::PacketTime minute_;
  unsigned told_this_minute_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace holter::changes
