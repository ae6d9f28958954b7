#include "app/freeze_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/parameters.h"
#include "app/recorder_file.h"
#include "app/version.h"
#include "base/units.h"

namespace holter::app {
namespace {

// A frame is in the ring so long after its stamp at the latest, unless the capture falls behind: then it comes with a
// later piece, out of its order but not lost.
constexpr base::Duration kSettled = base::Duration::milliseconds(250);
constexpr base::Duration kRound = base::Duration::milliseconds(250);

std::vector<base::IpAddress> hosts_in(api::Parameters& parameters) {
  std::vector<base::IpAddress> hosts;
  const std::string text = parameters.text("hosts");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const auto host = base::IpAddress::parse(text.substr(at, end - at));
    if (!host) {
      parameters.refuse("hosts", "one of them is no address");
      return {};
    }
    hosts.push_back(*host);
    at = end + 1;
  }
  if (hosts.size() > recorder::kMaxFreezeHosts) parameters.refuse("hosts", "more than 64 of them");
  return hosts;
}

base::Duration duration_in(api::Parameters& parameters, const char* name, base::Duration fallback,
                           base::Duration longest) {
  const std::string text = parameters.text(name);
  if (text.empty()) return fallback;
  const auto duration = base::parse_duration(text);
  if (!duration || *duration < base::Duration::zero() || *duration > longest) {
    parameters.refuse(name,
                      "is not a duration up to " + std::to_string(longest.in_nanoseconds() / 1'000'000'000) + "s");
  }
  return duration.value_or(fallback);
}

// Counts one that goes on, to the end of its coroutine.
class Seat {
 public:
  explicit Seat(unsigned& taken) : taken_(taken) { ++taken_; }
  ~Seat() { --taken_; }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  unsigned& taken_;
};

}  // namespace

FreezeDesk::FreezeDesk(env::Env env, std::vector<recorder::Ring> rings, std::string off)
    : env_(env), rings_(std::move(rings)), off_(std::move(off)) {}

void FreezeDesk::add_routes(http::Router& router) {
  router.add("GET", "/api/v1/freeze", [this](http::Request request) { return answer(std::move(request)); });
}

env::Task<http::Response> FreezeDesk::answer(http::Request request) {
  if (request.origin != http::Origin::control) {
    co_return http::error_response({base::ErrorKind::permission,
                                    "frames are told over holter's control socket only: use holter freeze on that "
                                    "host"});
  }
  if (rings_.empty())
    co_return http::error_response({base::ErrorKind::unsupported, "this holter keeps no frames: " + off_});
  api::Parameters parameters(request.query);
  recorder::FreezeWish wish;
  wish.hosts = hosts_in(parameters);
  const base::PacketTime now = packet_now(env_);
  wish.from = now - duration_in(parameters, "last", kDefaultLast, recorder::kLongestHorizon);
  wish.to = now + duration_in(parameters, "next", base::Duration::zero(), kLongestNext);
  if (const auto mistakes = parameters.mistakes()) co_return http::error_response(*mistakes);
  if (going_ >= kMaxFreezes) {
    co_return http::error_response({base::ErrorKind::busy, "four freezes go on already; wait for one of them"});
  }
  http::Response response;
  response.content_type = "application/x-pcapng";
  response.stream = [this, wish](http::BodyWriter& body) { return send(wish, body); };
  co_return response;
}

std::string FreezeDesk::coverage() const {
  const base::PacketTime now = packet_now(env_);
  std::string text = "holter's recorder; it had every frame of the last";
  for (const recorder::Share share : recorder::kShares) {
    text += fmt::format("{}{:.3f} s ({})", share == recorder::Share::usual ? " " : ", ",
                        recorder::figures_of(rings_, share, now).covers.in_seconds(), to_string(share));
  }
  return text;
}

env::Task<void> FreezeDesk::send(recorder::FreezeWish wish, http::BodyWriter& body) {
  const Seat seat(going_);
  const base::PacketTime to = wish.to;
  recorder::Freeze freeze(std::move(wish));
  base::ByteWriter out;
  freeze.begin(out, std::string("holter ") + kVersion, coverage());
  for (bool last = false; !last;) {
    const base::PacketTime now = packet_now(env_);
    last = now >= to + kSettled;
    std::function<void()> collect = [this, &freeze, now] { freeze.collect(rings_, now); };
    co_await env_.offload.run_blocking(std::move(collect));
    for (bool more = true; more;) {
      freeze.set_comment(comments_());
      more = freeze.write(last ? base::PacketTime::max() : now - kSettled, out);
      if (last && !more) freeze.end(out);
      if (out.size() == 0) continue;
      const auto bytes = out.view();
      std::string piece(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      out.clear();
      const auto sent = co_await body.write(std::move(piece));
      if (!sent) co_return;
    }
    // What was sent took its time too.
    if (!last) co_await env_.clock.sleep_for(std::min(kRound, to + kSettled - packet_now(env_)));
  }
}

}  // namespace holter::app
