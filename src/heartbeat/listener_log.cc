// What a HeartbeatListener says in the log: what becomes of sessions, who is not let in, and at level debug every
// datagram and every silence.
#include <fmt/format.h>

#include "heartbeat/listener.h"

namespace holter::heartbeat {
namespace {

constexpr std::string_view kComponent = "heartbeat";
constexpr std::size_t kMaxTextSaid = 256;  // bytes of a message in a line of the log
constexpr std::size_t kMaxBytesSaid = 32;  // of what is no pulse

std::string first_bytes(base::Bytes datagram) {
  std::string text;
  for (const std::uint8_t byte : datagram.first(std::min(datagram.size(), kMaxBytesSaid))) {
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

// What the log says of those that are not let in, and what to do.
std::pair<std::string_view, std::string_view> words_of(GateFault fault) {
  switch (fault) {
    case GateFault::no_keys: return {"pulse refused: it has a key, and this holter has made none", "holter key create"};
    case GateFault::wrong_key:
      return {"pulse refused: its key is not the one that was made here for this name, or its bytes were changed",
              "give the client the line that holter key create prints"};
    case GateFault::revoked_key: return {"pulse refused: its key was revoked", "holter key create"};
    case GateFault::unauthenticated:
      return {"pulse without a key refused: there are as many such sessions as may be",
              "holter key create, or raise heartbeat.unauthenticated"};
    case GateFault::unstored:
      return {"what a session without a key says is not taken: all of these say more than is stored of them",
              "holter key create"};
    case GateFault::challenged:
      return {"pulse without a key challenged: it is taken when its sender answers", "holter pulse answers by itself"};
    case GateFault::challenge_withheld:
      return {"pulses of more new senders than can be challenged: not all are answered", "holter key create"};
  }
  return {};
}

bool is_closed(record::SessionState state) {
  return state == record::SessionState::down || state == record::SessionState::admin_down;
}

}  // namespace

void HeartbeatListener::refuse(const Pulse& pulse, GateFault fault, const base::Endpoint& peer) {
  ++counters_.refused[static_cast<std::size_t>(fault)];
  // Those with a key answer by themselves, and may be many after a restart.
  if (fault == GateFault::challenged && pulse.key_id != 0) return;
  const bool stranger = fault == GateFault::challenged || fault == GateFault::challenge_withheld;
  if (!(stranger ? strangers_said_ : refusals_said_).take(env_.clock.now())) return;
  const auto [what, remedy] = words_of(fault);
  env_.log.warn(kComponent, what,
                {{"session", base::UntrustedText(pulse.name)}, {"peer", peer}, {"key", pulse.key_id}, {"do", remedy}});
}

void HeartbeatListener::say_datagram(std::string_view what, const base::Endpoint& peer, std::uint32_t via,
                                     base::Bytes datagram) const {
  if (!env_.log.enabled(env::LogLevel::debug, kComponent)) return;
  const env::LogField with("peer", peer);
  const env::LogField own("local", sockets_[via].socket->local());
  const env::LogField size("bytes", datagram.size());
  const auto view = PulseView::parse(datagram);
  if (!view) {
    env_.log.debug(kComponent, "what is no pulse",
                   {{"way", what}, with, own, size, {"why", to_string(view.error())}, {"data", first_bytes(datagram)}});
    return;
  }
  const Pulse& pulse = view->fields();
  env_.log.debug(kComponent, "datagram",
                 {{"way", what},
                  with,
                  own,
                  size,
                  {"type", to_string(pulse.type)},
                  {"session", base::UntrustedText(pulse.name)},
                  {"sequence", pulse.sequence},
                  {"number", pulse.number},
                  {"interval", pulse.interval},
                  {"multiplier", static_cast<unsigned>(pulse.detect_multiplier)},
                  {"text", base::UntrustedText(pulse.text.substr(0, kMaxTextSaid))},
                  {"key", pulse.key_id}});
}

// While somebody listens at level debug: how long every open session has been silent.
env::Task<void> HeartbeatListener::say_silence() const {
  for (;;) {
    co_await env_.clock.sleep_for(kSayEvery);
    if (!env_.log.enabled(env::LogLevel::debug, kComponent)) continue;
    std::size_t said = 0;
    const auto sessions = table_.snapshot({env_.clock.now(), env_.clock.wall_now()});
    for (const SessionStatus& session : sessions) {
      if (is_closed(session.state)) continue;
      if (++said > kMaxSilentSaid) continue;
      env_.log.debug(kComponent, "session has not been heard",
                     {{"session", session.name},
                      {"for", session.silent_for},
                      {"state", record::to_string(session.state)},
                      {"peer", session.peer}});
    }
    if (said > kMaxSilentSaid) {
      env_.log.debug(kComponent, "more sessions have not been heard", {{"count", said - kMaxSilentSaid}});
    }
  }
}

void HeartbeatListener::say(const record::Record& record) const {
  using record::SessionState;
  if (const auto* message = std::get_if<record::PulseMessage>(&record)) {
    env_.log.info(kComponent, "message", {{"session", message->session}, {"text", message->text}});
    return;
  }
  const auto* change = std::get_if<record::PulseChange>(&record);
  if (change == nullptr) return;
  const env::LogField session("session", change->session);
  const env::LogField silent("silent_for", change->silent_for);
  if (change->diagnostic == record::Diagnostic::moved) {
    env_.log.info(kComponent, "session moved", {session, {"from", change->reason}, {"to", change->peer}});
    return;
  }
  if (change->diagnostic == record::Diagnostic::gave_way) {
    env_.log.info(kComponent, "unauthenticated session that was over gave way to a new one", {session, silent});
    return;
  }
  if (change->diagnostic == record::Diagnostic::failed) {
    env_.log.info(kComponent, "session says that it failed", {session, {"why", change->reason}});
    return;
  }
  if (change->diagnostic == record::Diagnostic::late) {
    env_.log.info(kComponent, "session is late", {session, {"why", change->reason}, silent});
    return;
  }
  switch (change->to) {
    case SessionState::up: {
      const auto why = record::to_string(change->diagnostic);
      if (change->way == record::Way::traffic) {
        env_.log.info(
            kComponent, "session is up, heard by its traffic",
            {session, {"peer", change->peer}, {"on", base::UntrustedText(lookout_.captured())}, {"why", why}});
        return;
      }
      env_.log.info(kComponent, "session is up", {session, {"peer", change->peer}, {"why", why}});
      return;
    }
    case SessionState::pulsing: {
      const std::string step = std::to_string(change->asked) + " of " + std::to_string(change->asks);
      env_.log.info(kComponent, "session is silent, asking", {session, silent, {"ask", step}});
      return;
    }
    case SessionState::down: env_.log.info(kComponent, "gave up on session", {session, silent}); return;
    case SessionState::admin_down:
      if (change->reason.raw().empty()) {
        env_.log.info(kComponent, "session was ended by its beacon", {session});
      } else {
        env_.log.info(kComponent, "session is closed", {session, {"why", change->reason}});
      }
      return;
    case SessionState::init: env_.log.info(kComponent, "session is known from before the restart", {session}); return;
    case SessionState::blind: return;
  }
}

}  // namespace holter::heartbeat
