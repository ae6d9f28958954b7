// Whatever a resolver sends: read or refused, and never an answer to a question it does not repeat.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "probe/dns/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = holter::probe::parse_dns_answer({data, size});
  if (!answer) return 0;
  const holter::probe::DnsQuestion question{"example.org", holter::probe::DnsType::a};
  const bool taken = holter::probe::answers_question(*answer, question, 0x1234);
  HOLTER_ASSERT(!taken || (answer->is_response && answer->id == 0x1234));
  HOLTER_ASSERT(!taken || !answer->has_question || answer->question->name == "example.org.");
  HOLTER_ASSERT(answer->answers.size() <= holter::probe::kMaxDnsAnswers && answer->answers.size() <= answer->count);
  HOLTER_ASSERT(answer->aliases.size() <= holter::probe::kMaxDnsAnswers);
  return 0;
}
