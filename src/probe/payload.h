// What a probe sends, from the one text in which somebody wrote it:
//
//   hello\r\n        that text; \r \n \t \0 \\ and \xNN stand for the byte
//   hex:00ff a1      these bytes; spaces between them do not count
//   named:dns        a first message of that protocol, made anew for each probe: its ids are random, so that no answer
//                    to another one is taken for its own and nothing on the way answers from memory
//
//   dns   a question for the name servers of the root (RFC 1035)
//   ntp   what a client asks, version 4 (RFC 5905)
//   snmp  who is there: the discovery of SNMPv3 (RFC 3414, 4), which needs no community and no user
//   sip   OPTIONS (RFC 3261, 11)
//   quic  a version that none has, in the 1,200 bytes that oblige to answer (RFC 9000, 6): a version negotiation comes
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "env/random.h"
#include "probe/option.h"

namespace holter::probe {

enum class NamedPayload : std::uint8_t { dns, ntp, snmp, sip, quic };

// A text of bytes as they are sent, or the message to make.
using Payload = std::variant<std::string, NamedPayload>;

// The error's message is the end of a sentence that begins with the option.
base::Result<Payload> parse_payload(std::string_view text);
Wrong read_value(const std::string& value, Payload& into);

// What a service on this UDP port answers without knowing who asks.
std::optional<NamedPayload> usual_payload(std::uint16_t udp_port);

// `target` is HOST:PORT, as the plan has it and target_mistake() took it.
std::string payload_bytes(const Payload& payload, std::string_view target, env::Random& random);

// For a transcript: "dns, 17 bytes", or the text.
std::string payload_text(const Payload& payload, std::string_view bytes);

// What came back, for a detail: `4 bytes "pong"`, with the beginning of its first line.
std::string reply_text(std::string_view reply);

}  // namespace holter::probe
