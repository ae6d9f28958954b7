#include "probe/hearing.h"

#include <algorithm>
#include <array>

namespace holter::probe {
namespace {

constexpr std::size_t kChunk = 4 * 1024;
// Each look may cost as much as the text is long: a peer that sends byte by byte is not looked at each time.
constexpr std::size_t kFreeLooks = 64;

class Judge {
 public:
  explicit Judge(IsEnough enough) : enough_(std::move(enough)) {}

  bool by_pause() const { return !enough_; }
  bool is_enough(const std::string& text) {
    if (!enough_) return text.find('\n') != text.npos;
    if (++looks_ > kFreeLooks && text.size() < next_size_) return false;
    next_size_ = text.size() + text.size() / 8;
    return enough_(text);
  }

 private:
  IsEnough enough_;
  std::size_t looks_ = 0;
  std::size_t next_size_ = 0;
};

}  // namespace

env::Task<void> hear(env::Env env, env::ByteStream& stream, base::Instant deadline, IsEnough enough, Heard& heard) {
  Judge judge(std::move(enough));
  std::array<std::uint8_t, kChunk> chunk;
  while (heard.text.size() < kMaxHeardBytes) {
    const bool began = !heard.text.empty();
    const base::Instant until = began && judge.by_pause() ? std::min(deadline, heard.last_at + kPause) : deadline;
    const std::size_t room = std::min(chunk.size(), kMaxHeardBytes - heard.text.size());
    auto reading = stream.read_some(std::span(chunk).first(room));
    const auto got = co_await env::with_deadline<std::size_t>(env.clock, until, std::move(reading));
    if (!got) {
      heard.end = got.error();
      co_return;
    }
    heard.last_at = env.clock.now();
    if (!heard.first_at) heard.first_at = heard.last_at;
    heard.text.append(chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(*got));
    if (judge.is_enough(heard.text)) co_return;
  }
}

}  // namespace holter::probe
