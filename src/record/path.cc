#include "record/path.h"

namespace holter::record {

bool ends_way(const Branch& branch) {
  constexpr std::uint8_t kUnreachable4 = 3;
  constexpr std::uint8_t kUnreachable6 = 1;
  return branch.icmp_type == (branch.address.is_v4() ? kUnreachable4 : kUnreachable6);
}

}  // namespace holter::record
