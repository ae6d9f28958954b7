// What a person sees of keys: the line to paste on a client, and the list. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/plan.h"
#include "base/ip.h"
#include "term/screen.h"

namespace holter::app {

// `text` as one word of a POSIX shell with $'…' (bash, zsh, ksh, busybox), in printable ASCII.
std::string shell_word(std::string_view text);

// Where clients on other hosts reach pulses that are heard on `listen`: the first such address, without the usual port.
// "localhost" when there is none.
std::string pulse_address(const std::vector<base::Endpoint>& listen, const HostFacts& facts);

// From the API's answers; absent or empty when they are none.
struct PulseLine {
  std::string text;
  bool on_this_host = false;  // pulses are heard nowhere else
  std::string ping;           // the path of its ping URL
  std::string ping_key;       // of the hub
};
std::optional<PulseLine> pulse_line(const std::string& made);
std::string keys_in_words(const std::string& keys, const term::Screen& screen);

}  // namespace holter::app
