// The fields of probe results.
#include <array>
#include <vector>

#include "filter/record_field.h"

namespace holter::filter {
namespace {

using record::Phase;
using record::ProbeResult;

const auto kKinds = words_of<record::ProbeKind, 8>();
const auto kOutcomes = words_of<record::Outcome, 9>();
const auto kPhases = words_of<Phase, record::kPhaseCount>();

template <auto read>
constexpr Load kLoad = load_of<ProbeResult, read>;

template <Phase phase>
void load_phase(const ProbeResult& result, Values& out) {
  if (const auto& took = result.phases.at(static_cast<std::size_t>(phase))) out.duration(*took);
}

const std::array kOwnFields = std::to_array<RecordField>({
    {{"probe", Type::text, "the plan's name of the probe"}, kLoad<[](const auto& r, auto& v) { v.text(r.probe); }>},
    {{.name = "kind", .type = Type::word, .description = "how it asks", .words = kKinds},
     kLoad<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.kind)); }>},
    {{"target", Type::text, "what was asked, as the plan wrote it"},
     kLoad<[](const auto& r, auto& v) { v.text(r.target.raw()); }>},
    {{"address", Type::address, "the address that was asked, when it was known"},
     kLoad<[](const auto& r, auto& v) { v.address(r.address); }>},
    {{.name = "outcome", .type = Type::word, .description = "how it ended", .words = kOutcomes},
     kLoad<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.outcome)); }>},
    {{.name = "phase", .type = Type::word, .description = "where it failed; absent when it is ok", .words = kPhases},
     kLoad<[](const auto& r, auto& v) {
       if (r.outcome != record::Outcome::ok) v.number(static_cast<std::uint64_t>(r.failed_in));
     }>},
    {{"rtt", Type::duration, "the round-trip time; absent without an answer"}, kLoad<[](const auto& r, auto& v) {
       if (r.rtt) v.duration(*r.rtt);
     }>},
    {{"kernel_stamped", Type::boolean, "the rtt is between stamps of the kernel"},
     kLoad<[](const auto& r, auto& v) { v.truth(r.kernel_stamped); }>},
    {{"phases.resolve", Type::duration, "what resolving the name took"}, kLoad<load_phase<Phase::resolve>>},
    {{"phases.connect", Type::duration, "what connecting took"}, kLoad<load_phase<Phase::connect>>},
    {{"phases.tls", Type::duration, "what the TLS handshake took"}, kLoad<load_phase<Phase::tls>>},
    {{"phases.first_byte", Type::duration, "from the question to the first byte"},
     kLoad<load_phase<Phase::first_byte>>},
    {{"phases.transfer", Type::duration, "from the first byte to the last"}, kLoad<load_phase<Phase::transfer>>},
    {{"detail", Type::text, "in words: NXDOMAIN, port unreachable from 192.0.2.1"},
     kLoad<[](const auto& r, auto& v) { v.text(r.detail.raw()); }>},
});

std::vector<RecordField> with_facts() {
  std::vector<RecordField> fields(kOwnFields.begin(), kOwnFields.end());
  fields.insert(fields.end(), fact_fields().begin(), fact_fields().end());
  return fields;
}

}  // namespace

std::span<const RecordField> result_fields() {
  static const std::vector<RecordField> fields = with_facts();
  return fields;
}

}  // namespace holter::filter
