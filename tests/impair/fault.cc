#include "tests/impair/fault.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <vector>

#include "base/units.h"

namespace holter::impair {
namespace {

using Subject = Fault::Subject;
using Transport = FrameFacts::Transport;

// The words of a line, taken one by one; the first thing that is wrong stays.
class Words {
 public:
  explicit Words(std::string_view line) {
    std::istringstream stream{std::string(line)};
    for (std::string word; stream >> word;) words_.push_back(word);
  }

  bool left() const { return !error_ && at_ < words_.size(); }
  std::string peek() const { return at_ < words_.size() ? words_[at_] : ""; }
  std::string take() { return at_ < words_.size() ? words_[at_++] : ""; }
  bool take_if(std::string_view word) { return peek() == word && !take().empty(); }

  Choice choice() {
    const auto parsed = Choice::parse(peek());
    if (!parsed) return fail(parsed.error().message), Choice();
    take();
    return *parsed;
  }
  base::Duration duration() {
    const auto parsed = base::parse_duration(peek());
    if (!parsed) return fail("'" + peek() + "' is no time: give 200us, 5ms or 1s"), base::Duration();
    take();
    return *parsed;
  }
  std::uint64_t number(std::uint64_t most) {
    const std::string word = peek();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    const bool whole = error == std::errc{} && end == word.data() + word.size();
    if (!whole || value == 0 || value > most) fail("'" + word + "' is no number from 1 to " + std::to_string(most));
    take();
    return value;
  }

  void fail(std::string why) {
    if (!error_) error_ = base::Error{base::ErrorKind::invalid, std::move(why)};
  }
  const std::optional<base::Error>& error() const { return error_; }

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
  std::optional<base::Error> error_;
};

constexpr std::uint64_t kMostInARow = 1'000'000;

void read_subject(Words& words, Fault& fault) {
  static const std::map<std::string, Subject, std::less<>> subjects{{"any", Subject::any},   {"ip", Subject::ip},
                                                                    {"icmp", Subject::icmp}, {"echo", Subject::echo},
                                                                    {"tcp", Subject::tcp},   {"udp", Subject::udp}};
  if (words.take_if("a>b")) {
    fault.direction = Direction::a_to_b;
  } else if (words.take_if("b>a")) {
    fault.direction = Direction::b_to_a;
  }
  if (const auto found = subjects.find(words.peek()); found != subjects.end()) {
    fault.subject = found->second;
    words.take();
  }
  if (words.take_if("port")) fault.port = static_cast<std::uint16_t>(words.number(65'535));
  if (words.take_if("syn")) {
    fault.mark = Fault::Mark::syn;
  } else if (words.take_if("data")) {
    fault.mark = Fault::Mark::data;
  }
}

void read_effect(Words& words, Fault& fault) {
  const std::string effect = words.take();
  if (effect == "lose") {
    fault.lose = words.choice();
    if (words.take_if("runs")) fault.lost_in_a_row = words.number(kMostInARow);
  } else if (effect == "double") {
    fault.repeat = words.choice();
  } else if (effect == "hold") {
    fault.hold = words.choice();
    fault.held = words.duration();
  } else if (effect == "corrupt") {
    fault.corrupt = words.choice();
  } else if (effect == "delay") {
    fault.delay = words.duration();
    if (words.take_if("jitter")) fault.jitter = words.duration();
  } else {
    words.fail("'" + effect + "' is no effect: give lose, double, hold, corrupt or delay");
  }
}

bool is_about(Subject subject, const FrameFacts& frame) {
  switch (subject) {
    case Subject::any: return true;
    case Subject::ip: return frame.ip && !frame.housekeeping;
    case Subject::icmp: return frame.transport == Transport::icmp && !frame.housekeeping;
    case Subject::echo: return frame.echo;
    case Subject::tcp: return frame.transport == Transport::tcp;
    case Subject::udp: return frame.transport == Transport::udp;
  }
  return false;
}

}  // namespace

base::Result<Fault> Fault::parse(std::string_view line) {
  Fault fault;
  fault.text = line;
  Words words(line);
  read_subject(words, fault);
  if (!words.left()) words.fail("a fault ends with what happens: lose, double, hold, corrupt or delay");
  while (words.left()) read_effect(words, fault);
  if (words.error()) return *words.error();
  return fault;
}

bool Fault::concerns(Direction towards, const FrameFacts& frame) const {
  if (direction && *direction != towards) return false;
  if (!is_about(subject, frame)) return false;
  if (port && std::ranges::find(frame.ports, *port) == std::end(frame.ports)) return false;
  switch (mark) {
    case Mark::none: return true;
    case Mark::syn: return frame.syn;
    case Mark::data: return frame.payload > 0;
  }
  return false;
}

}  // namespace holter::impair
