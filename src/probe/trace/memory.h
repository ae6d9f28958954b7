// PathMemory is the path to one target as it is known: its hops and branches, and who answers each of the first flows
// at each hop, so that one packet can tell whether a piece of it still holds. A path has changed when a router that was
// on the way is no longer, or when it ends elsewhere or otherwise. A branch that was not seen before, or a router that
// falls silent while those behind it answer, is no change: the stopping rule of the enumeration leaves one branch in
// twenty unseen, and routers answer as they like. Pure.
#pragma once

#include <optional>
#include <vector>

#include "probe/trace/course.h"

namespace holter::probe {

// Flows of each hop that are looked at.
inline constexpr std::uint16_t kRememberedFlows = 6;

// A router that was on the way is not, or the end is another. Both were traced to their ends.
bool is_other_path(const record::Path& before, const record::Path& now);

class PathMemory {
 public:
  bool known() const { return path_.end != record::PathEnd::untraced; }
  const record::Path& path() const { return path_; }

  // The path as a course found it, instead of what was known.
  void replace(const TraceCourse& course);
  // A course found the known path again: its new branches are known from now on. A hop where it met others for the same
  // flows is not looked at any more, since its routers choose a way for each packet.
  void confirm(const TraceCourse& course);

  struct Place {
    std::uint8_t ttl = 0;
    std::uint16_t flow = 0;
    base::IpAddress router;
  };
  // The places of which a router is known, in the order to look at them.
  const std::vector<Place>& places() const { return places_; }
  // The one to look at next, round and round.
  std::size_t cursor = 0;

 private:
  void note_places(const TraceCourse& course);

  record::Path path_;
  std::vector<Place> places_;
  std::uint64_t unsteady_ = 0;  // hops, a bit each
};

}  // namespace holter::probe
