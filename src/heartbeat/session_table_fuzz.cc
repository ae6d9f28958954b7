// Any run of what can happen to a table: datagrams, signs by other ways, time, links, other settings, restarts. The
// states add up, what was due is judged, nothing is sent to whom there is no way, and everything can be told.
#include <numeric>

#include "base/assert.h"
#include "heartbeat/session_table.h"

namespace {

using namespace holter;
using namespace holter::heartbeat;
using record::Authentication;

constexpr std::size_t kLimit = 5;
constexpr std::size_t kMaxKept = 8;  // changes that a restart knows
const std::array<std::string, 4> kNames = {"a", "db1", std::string(255, 'n'), "\xff\n"};

class Run {
 public:
  Run(const std::uint8_t* data, std::size_t size) : left_(data, size) { renew(); }

  void go() {
    while (!left_.empty()) {
      Outcome out;
      step(out);
      check(out);
    }
  }

 private:
  void renew() {
    SessionTableOptions options;
    options.limit = kLimit;
    options.segments = DetectorOptions{.asks = 1};
    table_.emplace(options, base::Instant());
  }

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t value = left_.front();
    left_ = left_.subspan(1);
    return value;
  }
  const std::string& name() { return kNames.at(byte() % kNames.size()); }
  Authentication authentication() { return static_cast<Authentication>(byte() % 3); }
  Path path(record::Way way) {
    const auto host = static_cast<std::uint8_t>(byte() % 4);
    const auto port = static_cast<std::uint16_t>(byte() % 3);
    return {{base::IpAddress::v4({192, 0, 2, host}), port}, way, byte() % 3U, byte() % 3U};
  }
  Announced announced() {
    const auto interval = base::Duration::milliseconds(byte() * 10);
    return {interval, static_cast<std::uint8_t>(interval == base::Duration::zero() ? 0 : byte() % 4 + 1)};
  }

  void step(Outcome& out) {
    switch (byte() % 9) {
      case 0: return datagram(out);
      case 1: return sign(out);
      case 2: return pass(out);
      case 3: return expect();
      case 4: return link();
      case 5: return table_->on_observer_gap(base::Duration::seconds(byte()), now_, out);
      case 6: return restart(out);
      case 7: return table_->locate([](const base::IpAddress& a) { return LinkIndex{a.bytes().back()}; });
      default: now_.wall = now_.wall + base::Duration::hours(byte() - 128); return;
    }
  }

  void datagram(Outcome& out) {
    Pulse pulse;
    pulse.type = static_cast<PulseType>(byte() % 9 + 1);
    pulse.name = name();
    const bool says = is_said(pulse.type);
    if (says && byte() % 2 == 0) pulse.text = "text";
    pulse.number = says || pulse.type == PulseType::terminate ? byte() % 4 + 1U : 0;
    pulse.leaves = byte() % 2 == 0;
    pulse.incarnation = byte() % 3 + 1U;
    pulse.sequence = byte() + 1U;
    const Announced wanted = announced();
    pulse.interval = wanted.interval;
    pulse.detect_multiplier = wanted.detect_multiplier;
    const auto bytes = pulse.emit(smallest_bytes(pulse.name.size()));
    const auto view = PulseView::parse(bytes);
    HOLTER_ASSERT(view.has_value());
    const Authentication proof = authentication();
    table_->on_datagram(*view, proof, path(record::Way::datagram), now_, out);
  }

  void sign(Outcome& out) {
    Sign sign;
    sign.kind = static_cast<Sign::Kind>(byte() % 7);
    sign.way = static_cast<record::Way>(byte() % 5);
    sign.authentication = authentication();
    sign.announced = announced();
    if (byte() % 2 == 0) sign.text = "text";
    if (byte() % 2 == 0) sign.reason = "reason";
    sign.run = kNames.at(byte() % kNames.size());
    sign.number = byte() % 3;
    const std::string& of = name();
    table_->on_sign(of, sign, path(sign.way), now_, out);
  }

  // As the listener does: first who is due, then they are judged or put off.
  void pass(Outcome& out) {
    const auto span = base::Duration::milliseconds(byte() * (byte() % 2 == 0 ? 10 : 100'000));
    now_ = {now_.instant + span, now_.wall + span};
    table_->due(now_);
    if (byte() % 4 == 0) return table_->defer(now_.instant + base::Duration::milliseconds(1));
    table_->advance(now_, out);
  }

  void expect() {
    std::vector<ExpectedSession> wanted;
    const std::uint8_t which = byte();
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if ((which >> i & 1) == 0) continue;
      ExpectedSession session{kNames.at(i)};
      if (byte() % 3 == 0) session.interval = base::Duration::seconds(byte() + 1);
      if (byte() % 3 == 0) session.asks = byte();
      if (byte() % 3 == 0) session.adaptive = byte() % 2 == 0;
      if (byte() % 3 == 0) {
        session.schedule = Schedule::every(base::Duration::seconds(byte() + 1), base::Duration::seconds(byte()));
      }
      wanted.push_back(std::move(session));
    }
    table_->set_expected(wanted, now_);
  }

  void link() {
    const LinkIndex index = byte() % 4;
    table_->hush(index, now_);
    switch (byte() % 3) {
      case 0: return table_->hold(index, byte() % 2 == 0);
      case 1: return table_->release(index, now_);
      default: return table_->renew(index, base::Duration::seconds(byte()), now_);
    }
  }

  void restart(Outcome& out) {
    renew();
    now_.instant = base::Instant() + base::Duration::seconds(1);
    expect();
    table_->restore(kept_, 0, 1, now_, out);
    kept_.clear();
  }

  void check(const Outcome& out) {
    const auto& states = table_->counters().by_state;
    HOLTER_ASSERT(std::accumulate(states.begin(), states.end(), std::uint64_t{0}) == table_->size());
    HOLTER_ASSERT(table_->size() <= kLimit);
    const auto all = table_->snapshot(now_);
    HOLTER_ASSERT(all.size() == table_->size());
    for (const SessionStatus& session : all) {
      HOLTER_ASSERT(table_->is_up(session.name.raw(), session.authentication) ||
                    session.state != record::SessionState::up);
    }
    for (const Reply& reply : out.replies) HOLTER_ASSERT(!reply.name.empty());
    for (const record::Record& record : out.records) {
      const auto* change = std::get_if<record::PulseChange>(&record);
      if (change == nullptr) continue;
      HOLTER_ASSERT(!change->session.empty());
      if (kept_.size() < kMaxKept) kept_.push_back(*change);
    }
  }

  base::Bytes left_;
  Moment now_{base::Instant() + base::Duration::seconds(1),
              base::WallTime::from_nanoseconds(1'774'699'200'000'000'000)};
  std::optional<SessionTable> table_;
  std::vector<record::PulseChange> kept_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run(data, size).go();
  return 0;
}
