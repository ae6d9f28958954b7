// What a SessionTable knows of sessions that are heard by their traffic: they depend on the capture, beside the link
// that they are heard over.
#include "heartbeat/session_table.h"

namespace holter::heartbeat {

bool SessionTable::depends_on(Row row, std::uint8_t link) const {
  const Session& session = sessions_[row];
  return link == kCaptureNumber ? session.awaited : session.link == link;
}

bool SessionTable::is_deaf_to(Row row) const { return sessions_[row].awaited && links_[kCaptureNumber].held; }

bool SessionTable::is_held(Row row) const { return links_[sessions_[row].link].held || is_deaf_to(row); }

bool SessionTable::is_blind(Row row) const {
  const bool by_capture = sessions_[row].awaited && links_[kCaptureNumber].blind;
  return (by_capture || links_[sessions_[row].link].blind) && !sessions_[row].detector.closed();
}

void SessionTable::await_traffic(Row row, bool awaited) {
  Session& session = sessions_[row];
  session.awaited = awaited;
  if (never_heard(row)) session.way = awaited ? record::Way::traffic : record::Way::datagram;
}

void SessionTable::locate_awaited(LinkIndex link) {
  for (Row row = 0; row < sessions_.size(); ++row) {
    if (sessions_[row].awaited && sessions_[row].link == 0) sessions_[row].link = number_of(link);
  }
}

void SessionTable::close_unawaited(Moment now, Outcome& out) {
  for (Row row = 0; row < sessions_.size(); ++row) {
    Session& session = sessions_[row];
    if (session.way != record::Way::traffic || session.awaited || session.detector.closed()) continue;
    apply(row, session.detector.on_terminate(now.instant), "its traffic is not awaited any more", now, out);
  }
}

}  // namespace holter::heartbeat
