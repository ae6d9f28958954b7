// A compiled filter over decoded packets, for capture and files. What most filters ask is in the flat Packet: then
// matches() is a few loads and compares, cannot fail and allocates nothing. What else there is to ask needs a full
// decode or what is known of the frame; needs() says so, and may_match() refuses what the Packet alone can refuse.
// frame_match.h does all of it for a frame. Copies share one constant program; any thread may read it.
//
//   const auto filter = PacketFilter::compile("ipv4.src == 10.0.0.0/8 and not vlan");
//   if (!filter) return explain_mistake(text, filter.error());
//   filter->may_match(packet);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "filter/check.h"
#include "filter/full_program.h"
#include "filter/mistake.h"
#include "wire/packet.h"

namespace holter::filter {

class PacketProgram;

// What has to be known beside the flat Packet.
struct Needs {
  bool fields = false;     // the list of a full decode
  bool frame = false;      // the frame's bytes, its link or where it came from
  bool checksums = false;  // sums over payloads, verified

  bool more_than_packet() const { return fields || frame; }
};

Needs needs_of(const Checked& checked);

class PacketFilter {
 public:
  // Of either form of the language.
  static Compiled<PacketFilter> compile(std::string_view text);
  // What Subject::packets checked already.
  PacketFilter(std::string text, Checked checked);

  // Never false when matches() is true.
  bool may_match(const wire::Packet& packet) const;
  // Without a list or a frame their fields are absent.
  bool matches(const Asked& asked) const;
  bool matches(const wire::Packet& packet) const;

  const Needs& needs() const;
  const std::string& text() const;
  const Checked& checked() const;

 private:
  std::shared_ptr<const PacketProgram> program_;
};

// What is wrong with a filter of packets, drawn; nothing when it compiles. For filters in holter.toml.
std::optional<std::string> packet_filter_mistake(std::string_view text);

}  // namespace holter::filter
