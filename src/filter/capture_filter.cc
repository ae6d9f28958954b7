#include "filter/capture_filter.h"

#include <algorithm>

namespace holter::filter {

CaptureMatch::CaptureMatch(const CaptureFilter& filter) {
  if (filter.keep) keep_.emplace(*filter.keep);
  for (const PacketFilter& drop : filter.drops) drops_.emplace_back(drop);
}

bool CaptureMatch::needs_checksums() const {
  const auto needs = [](const FrameMatch& match) { return match.filter().needs().checksums; };
  return (keep_ && needs(*keep_)) || std::ranges::any_of(drops_, needs);
}

bool CaptureMatch::wants(const Frame& frame, const wire::Packet& innermost) {
  if (keep_ && !keep_->matches(frame, innermost)) return false;
  return std::ranges::none_of(drops_, [&](FrameMatch& drop) { return drop.matches(frame, innermost); });
}

}  // namespace holter::filter
