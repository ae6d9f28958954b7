// The fields of sessions: changes of their states, and messages of their clients, which have some of them only.
#include <array>

#include "filter/record_field.h"

namespace holter::filter {
namespace {

using record::PulseChange;
using record::PulseMessage;

const auto kStates = words_of<record::SessionState, 6>();
const auto kDiagnostics = words_of<record::Diagnostic, 13>();
const auto kWays = words_of<record::Way, 5>();
const auto kAuthentications = words_of<record::Authentication, 3>();

template <auto read>
constexpr Load kOfChange = load_of<PulseChange, read>;
template <auto read>
constexpr Load kOfMessage = load_of<PulseMessage, read>;
template <auto read>
constexpr Load kOfBoth = [](const Source& source, Values& out) {
  load_of<PulseChange, read>(source, out);
  load_of<PulseMessage, read>(source, out);
};

const std::array kFields = std::to_array<RecordField>({
    {{"session", Type::text, "the client's name"}, kOfBoth<[](const auto& r, auto& v) { v.text(r.session.raw()); }>},
    {{"peer", Type::address, "the address it was last heard from"},
     kOfBoth<[](const auto& r, auto& v) { v.address(parts_of_peer(r.peer).address); }>},
    {{.name = "peer.port", .type = Type::number, .description = "and the port", .most = 65'535},
     kOfBoth<[](const auto& r, auto& v) { v.number(parts_of_peer(r.peer).port); }>},
    {{"message", Type::boolean, "a message of the client, not a change of its state"},
     [](const Source& source, Values& out) { out.truth(std::holds_alternative<const PulseMessage*>(source)); }},
    {{"text", Type::text, "what the message says; absent in a change"},
     kOfMessage<[](const auto& r, auto& v) { v.text(r.text.raw()); }>},
    {{.name = "state", .type = Type::word, .description = "the new state; absent in a message", .words = kStates},
     kOfChange<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.to)); }>},
    {{.name = "state_before", .type = Type::word, .description = "the state before", .words = kStates},
     kOfChange<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.from)); }>},
    {{.name = "diagnostic", .type = Type::word, .description = "why it changed", .words = kDiagnostics},
     kOfChange<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.diagnostic)); }>},
    {{"asked", Type::number, "how often it was asked in this silence"},
     kOfChange<[](const auto& r, auto& v) { v.number(r.asked); }>},
    {{"interval", Type::duration, "between two pulses, as announced"},
     kOfChange<[](const auto& r, auto& v) { v.duration(r.interval); }>},
    {{"silent_for", Type::duration, "since the last pulse or message"},
     kOfChange<[](const auto& r, auto& v) { v.duration(r.silent_for); }>},
    {{.name = "way", .type = Type::word, .description = "how it is heard", .words = kWays},
     kOfBoth<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.way)); }>},
    {{.name = "authentication", .type = Type::word, .description = "what proves its name", .words = kAuthentications},
     kOfBoth<[](const auto& r, auto& v) { v.number(static_cast<std::uint64_t>(r.authentication)); }>},
    {{"reason", Type::text,
      "of a failure, in the client's words; of a move, the address before; of lateness, when it was due"},
     kOfChange<[](const auto& r, auto& v) { v.text(r.reason.raw()); }>},
});

}  // namespace

std::span<const RecordField> session_fields() { return kFields; }

}  // namespace holter::filter
