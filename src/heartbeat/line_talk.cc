#include "heartbeat/line_talk.h"

#include <fmt/format.h>

#include <algorithm>

namespace holter::heartbeat {
namespace {

using record::Authentication;

constexpr std::string_view kError = "error: ";
constexpr std::string_view kHelp =
    "NAME                             I live\n"
    "NAME TEXT                        a message of 1,200 bytes at most\n"
    "NAME interval=10s multiplier=3   I live, and am heard again within 10 s; after 30 s of silence I am asked\n"
    "NAME START                       what I am for begins\n"
    "NAME FAIL REASON                 what I am for failed\n"
    "NAME TERMINATE                   the session ends\n"
    "NAME key=KEY ...                 proves the name; `holter key create NAME` makes a key\n"
    "\"A NAME\" -- TEXT                 a name with spaces; behind -- everything is text\n"
    "an empty line                    all names that were said here live; answers PULSE";

Sign::Kind kind_of(Line::Kind kind) {
  switch (kind) {
    case Line::Kind::message: return Sign::Kind::message;
    case Line::Kind::start: return Sign::Kind::start;
    case Line::Kind::failure: return Sign::Kind::failure;
    case Line::Kind::terminate: return Sign::Kind::terminate;
    case Line::Kind::empty:
    case Line::Kind::help:
    case Line::Kind::life: break;
  }
  return Sign::Kind::life;
}

// Empty: it is not acknowledged.
std::string_view taken_words(Line::Kind kind) {
  switch (kind) {
    case Line::Kind::message: return "ok message taken";
    case Line::Kind::failure: return "ok failure taken";
    case Line::Kind::terminate: return "ok session ended";
    case Line::Kind::empty:
    case Line::Kind::help:
    case Line::Kind::life:
    case Line::Kind::start: break;
  }
  return {};
}

}  // namespace

LineTalk::LineTalk(LinePeer peer, const VerifyKey& verify, LineCounters& counters, base::Instant now)
    : peer_(peer), verify_(verify), counters_(counters), said_at_(now), tokens_at_(now) {}

LineTalk::~LineTalk() { drop_answers(); }

void LineTalk::drop_answers() {
  const auto waits = [](const Answer& answer) { return answer.number != 0; };
  counters_.waiting -= static_cast<std::size_t>(std::ranges::count_if(answers_, waits));
  answers_.clear();
}

void LineTalk::abandon() {
  drop_answers();
  asks_.clear();
  ending_ = true;
}

void LineTalk::on_bytes(base::Bytes bytes) { buffer_.append(bytes.begin(), bytes.end()); }

void LineTalk::on_end(bool in_order) {
  ended_ = true;
  // A stream that was cut may have been cut within a word.
  if (!in_order) buffer_.resize(buffer_.rfind('\n') + 1);
}

std::optional<Said> LineTalk::next(base::Instant now) {
  while (said_.empty()) {
    if (ending_ || !may_go_on(now)) return std::nullopt;
    const auto line = take_line(now);
    if (!line) return std::nullopt;
    on_line(*line, now);
  }
  Said said = std::move(said_.front());
  said_.pop_front();
  return said;
}

bool LineTalk::has_line() const { return buffer_.find('\n') != std::string::npos; }

bool LineTalk::may_go_on(base::Instant now) {
  resume_at_.reset();
  if (answers_.size() >= kMaxAnswers) return false;
  if (!ended_ && !has_line()) return true;
  tokens_ = std::min(kLineBurst, tokens_ + (now - tokens_at_).in_seconds() * kLinesPerSecond);
  tokens_at_ = now;
  if (tokens_ >= 1 && counters_.waiting < kMaxWaitingInAll) return true;
  ++counters_.throttled;
  resume_at_ = now + kTryAgain;
  return false;
}

std::optional<std::string> LineTalk::take_line(base::Instant now) {
  const std::size_t end = buffer_.find('\n');
  std::size_t length = std::min(end, buffer_.size());
  if (length > kMaxLineBytes + 1) {  // one may be a CR
    ++counters_.long_lines;
    end_with(fmt::format("a line has {} bytes at most: the text 1,200, the name 255", kMaxLineBytes));
    return std::nullopt;
  }
  if (end == std::string::npos && (!ended_ || buffer_.empty())) {
    ending_ = ended_;
    if (buffer_.empty()) half_since_.reset();
    if (!buffer_.empty() && !half_since_) half_since_ = now;
    return std::nullopt;
  }
  half_since_.reset();
  const std::size_t next_line = end == std::string::npos ? length : length + 1;
  if (length > 0 && buffer_[length - 1] == '\r') --length;
  std::string line = buffer_.substr(0, length);
  buffer_.erase(0, next_line);
  return line;
}

void LineTalk::on_line(std::string_view text, base::Instant now) {
  ++counters_.lines;
  tokens_ -= 1;
  if (std::exchange(first_line_, false) && is_http_request(text)) {
    ++counters_.foreign;
    return end_with("this is no HTTP: the page has another port; lines are NAME TEXT, and help says more");
  }
  auto line = parse_line(text);
  answer_asks(line ? line->name : std::string_view());
  if (!line) return mistake(line.error().message);
  switch (line->kind) {
    case Line::Kind::help: return answer(std::string(kHelp));
    case Line::Kind::empty: return on_empty();
    case Line::Kind::life:
    case Line::Kind::message:
    case Line::Kind::start:
    case Line::Kind::failure:
    case Line::Kind::terminate: return on_said(std::move(*line), now);
  }
}

void LineTalk::on_empty() {
  if (!speaks_for_somebody()) return mistake("whose sign of life? say NAME, or NAME TEXT; help says more");
  if (said_.empty()) {
    for (const Speaker& speaker : speakers_) {
      if (!speaker.open) continue;
      push_life(speaker);
      tokens_ -= 1;  // the line has paid for one
    }
    tokens_ += 1;
  }
  answer("ok");
}

void LineTalk::on_said(Line line, base::Instant now) {
  Speaker* speaker = find(line.name);
  if (speaker == nullptr && speakers_.size() >= kMaxNames) {
    return mistake(fmt::format("this connection speaks for {} names already: open another one", kMaxNames));
  }
  Speaker changed = speaker != nullptr ? *speaker : Speaker{line.name, Authentication::none};
  if (speaker == nullptr && peer_.loopback) changed.authentication = Authentication::loopback;
  if (!line.key.empty()) changed.key = line.key;
  if (!changed.key.empty() && !take_key(changed)) return;
  if (line.interval > base::Duration::zero()) changed.announced = {line.interval, line.detect_multiplier};
  changed.asked = false;
  changed.open = line.kind != Line::Kind::terminate;
  if (speaker == nullptr) speaker = &speakers_.emplace_back();
  *speaker = std::move(changed);
  said_at_ = now;

  const std::string_view taken = taken_words(line.kind);
  const std::uint32_t number = taken.empty() ? 0 : ++last_number_;
  said_.push_back(
      {line.name, std::move(line.text), kind_of(line.kind), speaker->authentication, speaker->announced, number});
  answer(std::string(taken.empty() ? "ok" : taken) + suffix(line, *speaker), number, now);
}

bool LineTalk::is_proved(const Speaker& speaker) const {
  return speaker.authentication != Authentication::key || verify_(speaker.name, speaker.key) == KeyVerdict::good;
}

void LineTalk::push_life(const Speaker& speaker) {
  if (!is_proved(speaker)) return;
  said_.push_back({speaker.name, {}, Sign::Kind::life, speaker.authentication, speaker.announced});
}

bool LineTalk::take_key(Speaker& speaker) {
  const KeyVerdict verdict = verify_(speaker.name, speaker.key);
  if (verdict == KeyVerdict::good) {
    speaker.authentication = Authentication::key;
    return true;
  }
  ++counters_.wrong_keys;
  if (++wrong_keys_ >= kMaxWrongKeys) {
    ++counters_.mistakes;
    end_with("too many wrong keys");
    return false;
  }
  switch (verdict) {
    case KeyVerdict::good: break;
    case KeyVerdict::none: mistake("there are no keys here: `holter key create NAME` makes one"); break;
    case KeyVerdict::wrong: mistake("this is not the key of that name: `holter key create NAME` makes it"); break;
    case KeyVerdict::revoked: mistake("that key is revoked: `holter key create NAME` makes another"); break;
  }
  return false;
}

std::string LineTalk::suffix(const Line& line, const Speaker& speaker) const {
  if (speaker.authentication == Authentication::none) return ", unauthenticated";
  if (!line.key.empty() && !peer_.encrypted && !peer_.loopback) {
    return ", but the key could be read on its way: use TLS";
  }
  return {};
}

void LineTalk::answer_asks(std::string_view except) {
  for (Speaker& speaker : speakers_) {
    if (std::exchange(speaker.asked, false) && speaker.name != except) push_life(speaker);
  }
}

LineTalk::Speaker* LineTalk::find(std::string_view name) {
  const auto found = std::ranges::find(speakers_, name, &Speaker::name);
  return found == speakers_.end() ? nullptr : &*found;
}

bool LineTalk::speaks_for_somebody() const { return std::ranges::any_of(speakers_, &Speaker::open); }

void LineTalk::refuse(std::string_view why) {
  // Only the sign of the line itself, the last of those it led to, can be that of a new session.
  if (!said_.empty() || answers_.empty()) return;
  Answer& answer = answers_.back();
  if (std::exchange(answer.number, 0) != 0) --counters_.waiting;
  answer.text = std::string(kError) + std::string(why);
  ++counters_.mistakes;
}

std::optional<base::Instant> LineTalk::silence_deadline() const {
  if (half_since_) return *half_since_ + kHalfLineWithin;
  if (speaks_for_somebody()) return std::nullopt;
  return said_at_ + kIdleWithin;
}

void LineTalk::on_silence() {
  ++(half_since_ ? counters_.half_lines : counters_.idle);
  end_with(half_since_ ? "the line was not ended within 30 s: end it with a newline"
                       : "no session was said within 60 s: say NAME, or NAME TEXT; help says more");
}

void LineTalk::on_ack(std::uint32_t number) {
  const auto found = std::ranges::find(answers_, number, &Answer::number);
  if (number == 0 || found == answers_.end()) return;
  found->number = 0;
  --counters_.waiting;
}

void LineTalk::on_ask(const Reply& ask) {
  Speaker* speaker = find(ask.name);
  if (speaker == nullptr || ending_ || ended_ || asks_.size() >= kMaxAskBytes) {
    ++counters_.asks_unsaid;
    return;
  }
  ++counters_.asks;
  speaker->asked = true;
  asks_ += fmt::format("PULSE {} of {}", ask.number, ask.asks);
  if (speakers_.size() > 1) asks_ += " for " + base::UntrustedText(ask.name).for_log();
  asks_ += '\n';
}

std::string LineTalk::take_output() {
  std::string output;
  while (!answers_.empty() && answers_.front().number == 0) {
    output += answers_.front().text + '\n';
    answers_.pop_front();
  }
  return output + std::exchange(asks_, {});
}

std::optional<base::Instant> LineTalk::answer_deadline() const {
  if (answers_.empty() || answers_.front().number == 0) return std::nullopt;
  return answers_.front().since + kKeptWithin;
}

void LineTalk::on_unconfirmed(base::Instant now) {
  for (Answer& answer : answers_) {
    if (answer.number == 0 || answer.since + kKeptWithin > now) continue;
    answer.number = 0;
    answer.text = std::string(kError) + "it is not certain that this is kept: say it again";
    ++counters_.unconfirmed;
    --counters_.waiting;
  }
}

void LineTalk::answer(std::string text, std::uint32_t number, base::Instant since) {
  if (number != 0) ++counters_.waiting;
  answers_.push_back({std::move(text), number, since});
}

void LineTalk::mistake(std::string_view words) {
  ++counters_.mistakes;
  answer(std::string(kError) + std::string(words));
}

void LineTalk::end_with(std::string_view words) {
  answer(std::string(kError) + std::string(words));
  ending_ = true;
}

}  // namespace holter::heartbeat
