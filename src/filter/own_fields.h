// Which entries of a full decode belong to one packet of a frame: those of the link that carries all of them, and those
// behind the tunnel that it was taken out of. The packet that an ICMP error quotes is nobody's own. Pure.
#pragma once

#include <span>

#include "wire/field_list.h"
#include "wire/field_registry.h"

namespace holter::filter {

class OwnFields {
 public:
  OwnFields() = default;  // nothing
  // Of the packet behind so many tunnels.
  OwnFields(const wire::FieldList& list, unsigned tunnels);

  std::uint32_t anomalies() const { return anomalies_; }

  // Calls `see` with each entry of `what`: its layer marks when it is a layer, the openings of a group, or its values.
  // Ends when `see` says true, and says whether it did.
  template <class See>
  bool any_of(const wire::FieldOfLayer& what, See see) const {
    return any_of(link_, what, see) || any_of(inner_, what, see);
  }

 private:
  using Mark = wire::FieldEntry::Mark;

  template <class See>
  static bool any_of(std::span<const wire::FieldEntry> entries, const wire::FieldOfLayer& what, See see) {
    auto layer = wire::Protocol::frame;
    std::size_t depth = 0;
    std::size_t quoted_at = 0;  // the depth of the group that quotes; 0: none does
    for (const wire::FieldEntry& entry : entries) {
      if (entry.mark == Mark::layer) {
        if (depth == 0) layer = entry.layer;
        if (depth != 0 && quoted_at == 0) quoted_at = depth;
      }
      const bool mine = quoted_at == 0 && layer == what.layer && entry.field == what.field && entry.mark != Mark::close;
      if (mine && see(entry)) return true;
      if (entry.mark == Mark::open) ++depth;
      if (entry.mark == Mark::close) {
        if (depth == quoted_at) quoted_at = 0;
        --depth;
      }
    }
    return false;
  }

  std::span<const wire::FieldEntry> link_;
  std::span<const wire::FieldEntry> inner_;
  std::uint32_t anomalies_ = 0;
};

}  // namespace holter::filter
