// UnknownProtocols counts what no decoder was there for, by the registry and the number in it, and keeps the first few
// frames of each as samples, from the byte on where decoding ended, so that somebody can write that decoder. At most
// kMaxUnknownKinds kinds are told apart, in the order in which they came; frames of any further kind are counted
// together. Takes memory for each new kind and never for a frame. One thread.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "wire/packet.h"

namespace holter::wire {

inline constexpr std::size_t kMaxUnknownKinds = 64;
inline constexpr std::size_t kUnknownSamples = 3;        // kept of each kind
inline constexpr std::size_t kUnknownSampleBytes = 128;  // kept of each sample

struct UnknownSample {
  std::array<std::uint8_t, kUnknownSampleBytes> data{};
  std::uint32_t length = 0;  // of what was captured behind the last decoded header; at most data.size() of it are here

  base::Bytes bytes() const { return base::Bytes(data).first(length < data.size() ? length : data.size()); }
};

struct UnknownKind {
  DecodeEnd registry = DecodeEnd::unknown_link;
  std::uint32_t number = 0;
  std::uint64_t packets = 0;
  std::array<UnknownSample, kUnknownSamples> samples{};  // the first ones of `packets`
  std::span<const UnknownSample> kept() const {
    return std::span(samples).first(packets < samples.size() ? packets : samples.size());
  }
};

// Decoding ended at a number of a registry that nobody here decodes.
bool ended_unknown(DecodeEnd end);

class UnknownProtocols {
 public:
  // Any packet; only those that ended_unknown() are counted. `captured` is the frame, `linktype` its LINKTYPE.
  void note(const Packet& packet, base::Bytes captured, std::uint32_t linktype);

  std::span<const UnknownKind> kinds() const { return kinds_; }
  std::uint64_t packets() const;                    // of all kinds
  std::uint64_t others() const { return others_; }  // packets of kinds for which there was no room

 private:
  std::vector<UnknownKind> kinds_;
  std::uint64_t others_ = 0;
};

}  // namespace holter::wire
