// The fields of changes of the network.
#include <array>

#include "filter/record_field.h"

namespace holter::filter {
namespace {

template <auto read>
constexpr Load kLoad = load_of<record::NetworkChange, read>;

const std::array kFields = std::to_array<RecordField>({
    {{"what", Type::text, "the kind of change: `address`, `gateway`, `neighbour`, `spanning_tree`, ..."},
     kLoad<[](const auto& r, auto& v) { v.text(r.what); }>},
    {{"subject", Type::text, "what has changed: an address, a neighbour, a client, ..."},
     kLoad<[](const auto& r, auto& v) { v.text(r.subject.raw()); }>},
    {{"before", Type::text, "how it was"}, kLoad<[](const auto& r, auto& v) { v.text(r.before.raw()); }>},
    {{"after", Type::text, "how it is now"}, kLoad<[](const auto& r, auto& v) { v.text(r.after.raw()); }>},
    {{"interface", Type::text, "where it was seen on the wire; absent of what the host itself knows"},
     [](const Source& source, Values& out) {
       const auto& change = *std::get<const record::NetworkChange*>(source);
       if (!change.interface.empty()) out.text(change.interface);
     }},
});

}  // namespace

std::span<const RecordField> network_fields() { return kFields; }

}  // namespace holter::filter
