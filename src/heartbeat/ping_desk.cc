#include "heartbeat/ping_desk.h"

#include <algorithm>

namespace holter::heartbeat {
namespace {

using record::Authentication;
using Kind = PingRequest::Kind;

constexpr PingAnswer kSlugNotFound = {404, "not found"};
constexpr PingAnswer kUuidNotFound = {200, "OK (not found)"};
constexpr PingAnswer kRateLimited = {200, "OK (rate limited)"};
constexpr PingAnswer kCreated = {201, "Created"};
constexpr PingAnswer kInvalid = {400, "invalid url format"};
constexpr PingAnswer kNoRoom = {503, "busy, try again"};
constexpr PingAnswer kTooManyNames = {429, "too many slugs"};

constexpr base::Duration kMinute = base::Duration::minutes(1);

Sign::Kind kind_of(const PingRequest& request) {
  if (request.fails()) return Sign::Kind::failure;
  if (request.kind == Kind::start) return Sign::Kind::start;
  return request.kind == Kind::log ? Sign::Kind::note : Sign::Kind::life;
}

std::string reason_of(const PingRequest& request, std::string_view body) {
  if (!request.fails()) return "";
  if (request.kind == Kind::exit_status) return "exit status " + std::to_string(request.exit_status);
  const std::string_view line = body.substr(0, std::min(body.find_first_of("\r\n"), PingDesk::kMaxReasonBytes));
  return std::string(line);
}

}  // namespace

Sign PingSign::sign() const {
  Sign sign;
  sign.kind = kind;
  sign.way = record::Way::ping;
  sign.authentication = authentication;
  sign.text = text;
  sign.reason = reason;
  sign.run = run;
  return sign;
}

PingDesk::Taken PingDesk::take(const PingRequest& request, std::string body, const PingPeer& peer, base::Instant now) {
  auto found = find(request, peer);
  if (const auto* answer = std::get_if<PingAnswer>(&found)) {
    ++(*answer == kTooManyNames ? counters_.refused : counters_.not_found);
    return {*answer, std::nullopt};
  }
  const Found& meant = std::get<Found>(found);
  if (is_too_often(meant, now)) {
    ++counters_.rate_limited;
    return {kRateLimited, std::nullopt};
  }
  ++counters_.taken;
  counters_.created += meant.created;
  PingSign sign{meant.name,  kind_of(request),     {},           reason_of(request, body),
                request.run, meant.authentication, peer.endpoint};
  sign.text = std::move(body);
  return {meant.created ? kCreated : PingAnswer(), std::move(sign)};
}

std::variant<PingDesk::Found, PingAnswer> PingDesk::find(const PingRequest& request, const PingPeer& peer) {
  if (request.uuid) {
    auto name = names_.name_of(*request.uuid);
    if (!name) return kUuidNotFound;
    return Found{std::move(*name)};
  }
  if (request.ping_key.empty()) {
    if (peer.needs_key) return kSlugNotFound;
    return Found{request.slug, Authentication::loopback, false};
  }
  if (!names_.is_ping_key(request.ping_key)) return kSlugNotFound;
  if (names_.is_known(request.slug)) return Found{request.slug};
  if (!request.create) return kSlugNotFound;
  if (!names_.add(request.slug)) return kTooManyNames;
  return Found{request.slug, Authentication::key, true};
}

// Counted by the minute; the table of counts lives no longer.
bool PingDesk::is_too_often(const Found& found, base::Instant now) {
  if (now - minute_ >= kMinute) {
    pings_.clear();
    minute_ = now;
  }
  const std::string who = (found.authentication == Authentication::key ? "+" : "-") + found.name;
  const auto count = pings_.find(who);
  if (count == pings_.end()) {
    if (pings_.size() >= kMaxPingNames) return true;
    pings_.emplace(who, 1);
    return false;
  }
  if (count->second >= kPerMinute) return true;
  ++count->second;
  return false;
}

PingAnswer PingDesk::count_invalid() {
  ++counters_.invalid;
  return kInvalid;
}

PingAnswer PingDesk::count_refused() {
  ++counters_.refused;
  return kNoRoom;
}

void PingDesk::set_known(Names names) {
  for (const std::string& name : known_) {
    if (!names.contains(name)) names_.remove(name);
  }
  for (const std::string& name : names) names_.add(name);
  known_ = std::move(names);
}

void PingDesk::set_secret(std::optional<PingSecret> secret) {
  PingNames again(secret);
  for (const std::string& name : names_.names()) again.add(name);
  names_ = std::move(again);
}

}  // namespace holter::heartbeat
