// FieldInfo names one thing that a protocol's header says: what it is called in JSON, in --fields and in filters
// ("tcp.window" is the field `window` of the layer `tcp`), of what type it is and what it means. Each protocol declares
// its fields once, as a constant struct of FieldInfo beside its view, and lists them by name:
//
//   struct UdpFields {
//     FieldInfo src_port{"src_port", FieldType::number, "the sender's port"};
//     FieldInfo length{"length", FieldType::number, "of header and payload"};
//   };
//   inline constexpr UdpFields kUdpFields;
//
// The address of a FieldInfo is its identity. field_registry.h knows them all. Constants; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace holter::wire {

enum class FieldType : std::uint8_t {
  flag,    // true or false
  number,  // unsigned, up to 64 bits
  signed_number,
  decimal,  // a fraction
  address,  // IPv4 or IPv6
  mac,
  text,   // what a peer wrote, untrusted
  word,   // a word of the program
  bytes,  // shown as hexadecimal digits
  group,  // holds other fields: an option, a record, the packet that an error quotes
};

enum class Occurs : std::uint8_t { once, often };  // in one layer or group; `often` is a list, also of one

// Half a cache line tells how a value is written: JSON needs no more, fifty times a packet.
struct alignas(32) FieldInfo {
  static constexpr std::size_t kMostKey = 29;

  constexpr FieldInfo(std::string_view called, FieldType kind, std::string_view means, Occurs how_often = Occurs::once)
      : type(kind), occurs(how_often), name(called), short_name(called.substr(called.rfind('.') + 1)), meaning(means) {
    put_key("\"");
    put_key(short_name);
    put_key("\":");
  }

  FieldType type;
  Occurs occurs;
  std::uint8_t key_length = 0;
  std::array<char, kMostKey> key{};  // "short_name":
  std::string_view name;             // letters, digits and '_'; a field of a group is "group.name"
  std::string_view short_name;       // what JSON calls it inside its group
  std::string_view meaning;

 private:
  // A name that is too long does not compile.
  constexpr void put_key(std::string_view part) {
    for (const char c : part) key.at(key_length++) = c;
  }
};

}  // namespace holter::wire
