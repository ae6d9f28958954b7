// A compiled filter over decoded packets, for capture and files: flat instructions that load a few bytes of the Packet
// and compare. matches() cannot fail, allocates nothing and calls nothing virtual. Copies share one constant program;
// any thread may read it.
//
//   const auto filter = PacketFilter::compile("ipv4.src == 10.0.0.0/8 and not vlan");
//   if (!filter) return explain_mistake(text, filter.error());
//   filter->matches(packet);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "filter/mistake.h"
#include "wire/packet.h"

namespace holter::filter {

class PacketProgram;

class PacketFilter {
 public:
  static Compiled<PacketFilter> compile(std::string_view text);

  bool matches(const wire::Packet& packet) const;
  const std::string& text() const;

 private:
  explicit PacketFilter(std::shared_ptr<const PacketProgram> program) : program_(std::move(program)) {}

  std::shared_ptr<const PacketProgram> program_;
};

// What is wrong with a filter of packets, drawn; nothing when it compiles. For `capture.filter` in holter.toml.
std::optional<std::string> packet_filter_mistake(std::string_view text);

}  // namespace holter::filter
