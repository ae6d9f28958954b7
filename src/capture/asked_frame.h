// A frame of a capture as filters ask about it, and as the recorder takes it. The bytes stay where they are.
#pragma once

#include <string_view>

#include "env/frames.h"
#include "filter/live_field.h"
#include "recorder/writer.h"

namespace holter::capture {

constexpr wire::DecodeHints hints_of(const env::Frame& frame) {
  return {frame.has_vlan, frame.vlan_tci, frame.checksum_not_ready};
}

constexpr filter::Direction direction_of(env::FrameDirection direction) {
  switch (direction) {
    case env::FrameDirection::host: return filter::Direction::host;
    case env::FrameDirection::broadcast: return filter::Direction::broadcast;
    case env::FrameDirection::multicast: return filter::Direction::multicast;
    case env::FrameDirection::other_host: return filter::Direction::other_host;
    case env::FrameDirection::outgoing: return filter::Direction::outgoing;
  }
  return filter::Direction::unknown;
}

constexpr filter::Frame asked_frame(const env::Frame& frame, wire::LinkType link, std::string_view interface) {
  return {frame.bytes, frame.original_length, link, hints_of(frame), interface, 0, direction_of(frame.direction)};
}

constexpr recorder::Direction recorded_direction(env::FrameDirection direction) {
  switch (direction) {
    case env::FrameDirection::host: return recorder::Direction::host;
    case env::FrameDirection::broadcast: return recorder::Direction::broadcast;
    case env::FrameDirection::multicast: return recorder::Direction::multicast;
    case env::FrameDirection::other_host: return recorder::Direction::other_host;
    case env::FrameDirection::outgoing: return recorder::Direction::outgoing;
  }
  return recorder::Direction::host;
}

constexpr recorder::Frame recorded_frame(const env::Frame& frame) {
  return {
      frame.captured_at, frame.bytes, frame.original_length, frame.vlan_ether_type, recorded_direction(frame.direction),
      hints_of(frame)};
}

}  // namespace holter::capture
