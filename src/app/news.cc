#include "app/news.h"

namespace holter::app {

record::Gap news_gap(std::uint64_t count, base::WallTime now) {
  record::Gap gap;
  gap.cause = record::GapCause::queue_full;
  gap.count = count;
  gap.from = gap.to = now;
  gap.where = "main loop";
  return gap;
}

}  // namespace holter::app
