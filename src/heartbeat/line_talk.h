// LineTalk is one connection for lines as a state: bytes, time and the table's replies go in, signs of life and text to
// write come out. Every line has one answer, in the order of the lines; one that says `taken` waits until the table has
// acknowledged. Pure.
//
// A connection may speak for many names. It remembers what each proved and announced, so that a later line need not
// repeat it. An ask is the line PULSE k of N; any line that comes then, also an empty or a wrong one, is a sign of life
// of whoever was asked here. Limits: the constants below and those of line.h; docs/formats/lines.md lists them.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "heartbeat/key_ring.h"
#include "heartbeat/line.h"
#include "heartbeat/line_counters.h"
#include "heartbeat/sign.h"

namespace holter::heartbeat {

// Whether this is the key of the name, as a person carries it.
using VerifyKey = std::function<KeyVerdict(std::string_view name, std::string_view key_text)>;

struct LinePeer {
  bool loopback = false;
  bool encrypted = false;
};

// What a line said of a session.
struct Said {
  std::string name;
  std::string text;
  Sign::Kind kind = Sign::Kind::life;
  record::Authentication authentication = record::Authentication::none;
  Announced announced = {};
  std::uint32_t number = 0;

  // Points in here.
  Sign sign() const {
    return {.kind = kind,
            .way = record::Way::line,
            .authentication = authentication,
            .announced = announced,
            .text = text,
            .number = number};
  }
};

class LineTalk {
 public:
  static constexpr std::size_t kMaxNames = 128;
  static constexpr std::size_t kMaxAnswers = 64;          // waiting to be acknowledged or written; more lines wait
  static constexpr std::size_t kMaxWaitingInAll = 1'024;  // messages of all connections; more lines wait
  static constexpr std::size_t kMaxAskBytes = 4 * 1024;   // of PULSE lines that the peer has not read
  static constexpr std::uint32_t kMaxWrongKeys = 5;
  static constexpr double kLinesPerSecond = 100;
  static constexpr double kLineBurst = 200;
  static constexpr base::Duration kTryAgain = base::Duration::milliseconds(50);
  static constexpr base::Duration kHalfLineWithin = base::Duration::seconds(30);
  static constexpr base::Duration kIdleWithin = base::Duration::seconds(60);  // without an open session
  static constexpr base::Duration kKeptWithin = base::Duration::seconds(10);

  // Both references outlive the talk; `verify` is not called by its destructor.
  LineTalk(LinePeer peer, const VerifyKey& verify, LineCounters& counters, base::Instant now);
  ~LineTalk();
  LineTalk(const LineTalk&) = delete;
  LineTalk& operator=(const LineTalk&) = delete;

  // Reading. More bytes are welcome when wants_bytes(); next() gives what they say.
  void on_bytes(base::Bytes bytes);
  // The peer ended the stream; cut short, what it did not end is not a line.
  void on_end(bool in_order);
  // Nothing: more bytes are wanted, answers have to be written first, or it is not time yet (resume_at()).
  std::optional<Said> next(base::Instant now);
  // There was no room for what next() gave last.
  void refuse(std::string_view why);
  bool wants_bytes() const { return !ending_ && !ended_ && !has_line(); }
  bool heard_all() const { return ending_; }
  std::optional<base::Instant> resume_at() const { return resume_at_; }
  // When the peer has been silent for too long, which on_silence() tells it.
  std::optional<base::Instant> silence_deadline() const;
  void on_silence();
  bool speaks_for_somebody() const;

  // Writing.
  void on_ack(std::uint32_t number);
  void on_ask(const Reply& ask);
  // What is to be written now.
  std::string take_output();
  // When an answer can wait no longer, which on_unconfirmed() tells the peer.
  std::optional<base::Instant> answer_deadline() const;
  void on_unconfirmed(base::Instant now);
  // The peer does not read: nothing more is heard or said.
  void abandon();
  // Nothing comes after what take_output() gave.
  bool over() const { return ending_ && answers_.empty() && asks_.empty(); }

 private:
  struct Speaker {
    std::string name;
    record::Authentication authentication;
    std::string key = {};  // that proved it; looked at again with each line, for it may be revoked
    Announced announced = {};
    bool asked = false;
    bool open = true;  // not terminated
  };
  struct Answer {
    std::string text;
    std::uint32_t number = 0;  // waits for the ack of this; 0: ready
    base::Instant since = {};
  };

  bool has_line() const;
  bool may_go_on(base::Instant now);
  std::optional<std::string> take_line(base::Instant now);
  void on_line(std::string_view text, base::Instant now);
  void on_said(Line line, base::Instant now);
  void on_empty();
  bool is_proved(const Speaker& speaker) const;
  bool take_key(Speaker& speaker);
  void push_life(const Speaker& speaker);
  // A sign of life of those who were asked, but not of `except`: that one speaks for itself.
  void answer_asks(std::string_view except);
  Speaker* find(std::string_view name);
  std::string suffix(const Line& line, const Speaker& speaker) const;
  void answer(std::string text, std::uint32_t number = 0, base::Instant since = {});
  void mistake(std::string_view words);
  void end_with(std::string_view words);
  void drop_answers();

  LinePeer peer_;
  const VerifyKey& verify_;
  LineCounters& counters_;
  std::string buffer_;  // what came and is not a line yet
  std::optional<base::Instant> half_since_;
  base::Instant said_at_;  // something of a session, or the beginning
  double tokens_ = kLineBurst;
  base::Instant tokens_at_;
  std::optional<base::Instant> resume_at_;
  std::uint32_t wrong_keys_ = 0;
  std::uint32_t last_number_ = 0;
  bool first_line_ = true;
  bool ended_ = false;   // by the peer
  bool ending_ = false;  // nothing more is read
  std::vector<Speaker> speakers_;
  std::deque<Said> said_;
  std::deque<Answer> answers_;
  std::string asks_;  // PULSE lines to write
};

}  // namespace holter::heartbeat
