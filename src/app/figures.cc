#include "app/figures.h"

#include <algorithm>

namespace holter::app {
namespace {

constexpr std::array<std::string_view, heartbeat::Lateness::kBounds.size()> kLateWords = {
    "1", "2", "5", "10", "20", "50", "100", "200", "500", "1000"};

}  // namespace

std::vector<api::FigureFamily> pulse_figures(const heartbeat::ListenerCounters& counters) {
  const heartbeat::TableCounters& table = counters.table;
  api::FigureFamily kinds{
      "holter_pulse_datagrams", "Datagrams read on the ports for pulses, by what they were.", "kind", true, {}};
  kinds.samples = {{"fresh", table.pulses},
                   {"seen_before", table.seen_before},
                   {"session_refused", table.refused_full},
                   {"misdirected", table.misdirected},
                   {"unknown_terminated", table.unknown_terminated}};
  for (std::size_t i = 0; i < heartbeat::kPulseFaultCount; ++i) {
    kinds.samples.push_back({to_string(static_cast<heartbeat::PulseFault>(i)), counters.faults[i]});
  }
  api::FigureFamily sessions{"holter_pulse_sessions", "Sessions that this listener holds.", "state", false, {}};
  for (std::size_t i = 0; i < record::kSessionStates; ++i) {
    sessions.samples.push_back({to_string(static_cast<record::SessionState>(i)), table.by_state[i]});
  }
  api::FigureFamily judgements{"holter_pulse_judgements",
                               "Judgements of silent sessions, by how many milliseconds late they came at most.",
                               "late_ms",
                               true,
                               {}};
  for (std::size_t i = 0; i < kLateWords.size(); ++i) {
    judgements.samples.push_back({kLateWords.at(i), table.lateness.within(i)});
  }
  judgements.samples.push_back({"any", table.lateness.total()});
  for (std::size_t i = 0; i < heartbeat::kGateFaultCount; ++i) {
    kinds.samples.push_back({to_string(static_cast<heartbeat::GateFault>(i)), counters.refused[i]});
  }
  return {kinds,
          {"holter_pulse_dropped",
           "Datagrams for pulses that the kernel dropped because its buffer was full.",
           "",
           true,
           {{"", counters.dropped}}},
          {"holter_pulse_replies_withheld",
           "Answers not sent because they would be more than their session has sent.",
           "",
           true,
           {{"", table.replies_withheld}}},
          sessions,
          judgements,
          {"holter_pulse_unauthenticated",
           "Sessions that nothing proves: without a key, and from elsewhere than loopback.",
           "",
           false,
           {{"", counters.unauthenticated}}},
          {"holter_pulse_gave_way",
           "Unauthenticated sessions that were over and were forgotten for a new one.",
           "",
           true,
           {{"", table.gave_way}}},
          {"holter_observer_absences",
           "Times in which the presence river did not run (suspended, stopped, starved).",
           "",
           true,
           {{"", counters.observer_gaps}}},
          {"holter_observer_blind_times",
           "Times in which this host was cut off and judged no session over an interface.",
           "",
           true,
           {{"", counters.blind_times}}},
          {"holter_observer_blind",
           "Interfaces over which no session is judged now.",
           "",
           false,
           {{"", counters.blind_now}}},
          {"holter_pulse_messages", "Messages of sessions, each once.", "", true, {{"", table.messages}}}};
}

std::vector<api::FigureFamily> line_figures(const heartbeat::LineCounters& counters) {
  return {{"holter_line_connections", "Connections for lines.", "", false, {{"", counters.open}}},
          {"holter_line_accepted",
           "Connections for lines since the start, by how they came.",
           "way",
           true,
           {{"plain", counters.connections - counters.encrypted}, {"tls", counters.encrypted}}},
          {"holter_lines",
           "Lines, by what became of them.",
           "outcome",
           true,
           {{"taken", counters.lines - std::min(counters.lines, counters.mistakes)}, {"mistake", counters.mistakes}}},
          {"holter_line_asks",
           "Times that a silent session was to be asked by a line.",
           "outcome",
           true,
           {{"said", counters.asks}, {"unsaid", counters.asks_unsaid}}},
          {"holter_line_troubles",
           "Connections for lines that were refused or ended, and lines that had to wait or were in vain, by why.",
           "why",
           true,
           {{"refused_full", counters.refused_full},
            {"refused_address", counters.refused_address},
            {"made_room", counters.made_room},
            {"idle", counters.idle},
            {"half_line", counters.half_lines},
            {"long_line", counters.long_lines},
            {"foreign", counters.foreign},
            {"unread", counters.unread},
            {"no_tls", counters.no_tls},
            {"wrong_key", counters.wrong_keys},
            {"throttled", counters.throttled},
            {"unconfirmed", counters.unconfirmed}}}};
}

std::vector<api::FigureFamily> ping_figures(const heartbeat::PingCounters& counters) {
  return {{"holter_pings",
           "Ping URLs that were asked for, by what became of them.",
           "answer",
           true,
           {{"taken", counters.taken},
            {"not_found", counters.not_found},
            {"invalid", counters.invalid},
            {"rate_limited", counters.rate_limited},
            {"refused", counters.refused}}},
          {"holter_pings_created", "Sessions that a ping URL made.", "", true, {{"", counters.created}}}};
}

std::vector<api::FigureFamily> segment_figures(const compat::AdapterCounters& counters) {
  return {{"holter_compat_heartbeat_segments",
           "Segments to the port of the heartbeats ancestor, by what they were.",
           "kind",
           true,
           {{"heard", counters.hub.heard},
            {"ignored", counters.hub.ignored},
            {"refused", counters.hub.refused},
            {"damaged", counters.damaged},
            {"dropped", counters.dropped}}},
          {"holter_compat_heartbeat_texts_cut",
           "Texts of the ancestor's clients that were too long to be kept whole.",
           "",
           true,
           {{"", counters.hub.cut}}},
          {"holter_compat_heartbeat_pulses",
           "Pulses for the ancestor's clients.",
           "outcome",
           true,
           {{"sent", counters.pulses_sent}, {"failed", counters.send_failures}}}};
}

std::vector<api::FigureFamily> recorder_figures(std::span<const recorder::Ring> rings, base::PacketTime now) {
  api::FigureFamily covered{
      "holter_recorder_covered_seconds", "How far back the recorder has every frame.", "share", false, {}};
  api::FigureFamily frames{"holter_recorder_frames", "Frames put into the recorder.", "share", true, {}};
  api::FigureFamily bytes{"holter_recorder_bytes", "Bytes of frames put into the recorder.", "share", true, {}};
  api::FigureFamily overwritten{
      "holter_recorder_overwritten", "Frames that gave way before recorder.seconds were over.", "share", true, {}};
  for (const recorder::Share share : recorder::kShares) {
    const recorder::ShareFigures figures = recorder::figures_of(rings, share, now);
    const char* const word = to_string(share);
    covered.samples.push_back({word, static_cast<std::uint64_t>(figures.covers.in_seconds())});
    frames.samples.push_back({word, figures.frames});
    bytes.samples.push_back({word, figures.bytes});
    overwritten.samples.push_back({word, figures.overwritten});
  }
  return {covered, frames, bytes, overwritten};
}

std::vector<api::FigureFamily> own_figures(const capture::OwnFigures& own) {
  return {{"holter_own_sockets",
           "Sockets of this process whose packets are left out of the capture.",
           "kind",
           false,
           {{"listening", own.listening}, {"connection", own.connections}}},
          {"holter_own_sockets_refused",
           "Sockets of this process for which there was no room: they are captured like anybody's.",
           "",
           true,
           {{"", own.refused}}}};
}

std::vector<api::FigureFamily> http_figures(const http::ServerCounters& counters, std::size_t connections) {
  return {
      {"holter_http_connections", "Connections to the page and the control socket.", "", false, {{"", connections}}},
      {"holter_http_requests", "Requests that were answered.", "", true, {{"", counters.requests}}},
      {"holter_http_troubles",
       "Connections and requests that were not served, by why.",
       "why",
       true,
       {{"refused", counters.refused},
        {"overflowed", counters.overflowed},
        {"given_up", counters.given_up},
        {"timed_out", counters.timed_out},
        {"malformed", counters.malformed}}}};
}

}  // namespace holter::app
