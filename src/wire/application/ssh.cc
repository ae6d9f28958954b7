#include "wire/application/ssh.h"

#include <algorithm>
#include <string_view>

namespace holter::wire {
namespace {

constexpr std::size_t kMaxBanner = 255;

}  // namespace

bool begins_ssh(Bytes bytes) {
  constexpr std::string_view kBegin = "SSH-";
  return bytes.size() >= kBegin.size() && std::equal(kBegin.begin(), kBegin.end(), bytes.begin());
}

Taken take_ssh(Payload payload, StreamMemory&) {
  const Window& window = payload.window;
  Taken taken;
  taken.lost = !begins_ssh(window.captured);
  if (taken.lost) return taken;
  const auto end = std::ranges::find(window.captured, '\n');
  const auto size = static_cast<std::size_t>(end - window.captured.begin());
  const bool whole = end != window.captured.end();
  if (!whole && window.claimed == window.captured.size() && size < kMaxBanner) return taken;
  taken.lost = true;
  taken.done = std::min(size + 1, window.claimed);
  Bytes line = window.captured.first(std::min(size, kMaxBanner));
  line = line.first(static_cast<std::size_t>(std::ranges::find(line, 0) - line.begin()));  // some pad it
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  payload.fields.layer(Protocol::ssh);
  payload.fields.data(kSshFields.banner, line);
  return taken;
}

}  // namespace holter::wire
