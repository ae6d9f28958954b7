// Session is one row of the SessionTable: what a million of them cost, so every byte is counted. Rarely needed things
// (the last message, own options) are in tables beside it; keys are derived, not kept.
#pragma once

#include "heartbeat/detector.h"
#include "heartbeat/sequence_window.h"

namespace holter::heartbeat {

struct Session {
  explicit Session(base::Instant now) : detector(now) {}

  std::string_view name() const { return {name_bytes, name_length}; }
  base::Endpoint peer() const { return {address, port}; }
  Path path() const { return {peer(), way, via}; }
  void set_path(const Path& path) {
    address = path.peer.address;
    port = path.peer.port;
    way = path.way;
    via = path.via;
  }

  Detector detector;
  SequenceWindow window;
  const char* name_bytes = nullptr;  // the index's
  [[no_unique_address]] base::IpAddress address;  // its padding holds the next
  std::uint8_t link = 0;                          // the table's number of the interface it is heard over
  std::uint32_t via = 0;
  std::uint32_t pulses = 0;  // saturating, as is the next
  std::uint16_t credit = 0;  // bytes that may still be sent to the peer
  std::uint16_t port = 0;
  std::uint8_t name_length = 0;
  record::Way way : 3 = record::Way::datagram;
  record::Authentication authentication : 2 = record::Authentication::none;
  bool heard : 1 = false;    // since this process started
  bool awaited : 1 = false;  // the settings name its traffic
};
static_assert(sizeof(Session) <= 112, "with its timer and its place in the index a session has 144 bytes");

}  // namespace holter::heartbeat
