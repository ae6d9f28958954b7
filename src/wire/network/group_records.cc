#include "wire/network/group_records.h"

#include <algorithm>

namespace holter::wire {
namespace {

Window behind(Window window, std::size_t n) {
  return {window.captured.subspan(std::min(n, window.captured.size())), window.claimed - n};
}

}  // namespace

bool list_sources(Window list, std::size_t count, std::size_t size, const FieldInfo& field, Steps& steps,
                  FieldList& out) {
  const std::size_t captured = std::min(count, list.captured.size() / size);
  for (std::size_t i = 0; i < captured && steps.take(); ++i) out.data(field, list.captured.subspan(i * size, size));
  return count * size <= list.claimed;
}

bool list_group_records(Window list, std::size_t count, std::size_t size, const GroupRecordFields& fields, Steps& steps,
                        FieldList& out) {
  const std::size_t head = 4 + size;
  for (std::size_t i = 0; i < count && steps.take(); ++i) {
    if (list.captured.size() < head) return list.fault_of(head) == ParseFault::truncated;
    const std::size_t sources = load_u16(list.captured, 2);
    const std::size_t aux = list.captured[1] * std::size_t{4};
    out.open(fields.record);
    out.number(fields.type, list.captured[0]);
    out.number(fields.aux_length, aux);
    out.data(fields.group, list.captured.subspan(4, size));
    out.number(fields.source_count, sources);
    list_sources(behind(list, head), sources, size, fields.source, steps, out);
    out.close();
    const std::size_t whole = head + sources * size + aux;
    if (whole > list.claimed) return false;
    list = behind(list, whole);
  }
  return true;
}

}  // namespace holter::wire
