#include "app/key_words.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/record_cells.h"
#include "base/untrusted_text.h"
#include "heartbeat/pulse_format.h"
#include "term/table.h"

namespace holter::app {
namespace {

using nlohmann::json;
using term::Table;

constexpr const char* kThisHost = "localhost";

bool is_plain(char byte) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-";
  return plain.find(byte) != plain.npos;
}

std::string raw_text(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return "";
  return base::UntrustedText::from_json_text(found->get_ref<const std::string&>()).raw();
}

std::uint64_t number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

// "2 to 4", "3", "none"
std::string good_ids(std::uint64_t newest, std::uint64_t revoked) {
  if (newest <= revoked) return "none";
  if (newest == revoked + 1) return std::to_string(newest);
  return std::to_string(revoked + 1) + " to " + std::to_string(newest);
}

}  // namespace

std::string shell_word(std::string_view text) {
  // A word that begins with a dash would be taken for an option.
  if (!text.empty() && text[0] != '-' && std::ranges::all_of(text, is_plain)) return std::string(text);
  constexpr std::string_view hex = "0123456789abcdef";
  std::string word = "$'";
  for (const char byte : text) {
    const auto value = static_cast<std::uint8_t>(byte);
    if (byte == '\'' || byte == '\\') {
      word += {'\\', byte};
    } else if (byte >= ' ' && byte < 0x7f) {
      word += byte;
    } else {
      // Three octal digits, because a hexadecimal one may go on with the next character.
      word += {'\\', static_cast<char>('0' + (value >> 6)), hex[value >> 3 & 7], hex[value & 7]};
    }
  }
  return word + '\'';
}

std::string pulse_address(const std::vector<base::Endpoint>& listen, const HostFacts& facts) {
  const auto found = std::ranges::find_if(listen, [](const base::Endpoint& at) { return !at.address.is_loopback(); });
  if (found == listen.end()) return kThisHost;
  base::Endpoint reached = *found;
  if (reached.address.is_any()) {
    for (const std::string& text : own_addresses(facts)) {
      const auto own = base::IpAddress::parse(text);
      if (!own || own->is_v4() != found->address.is_v4()) continue;
      reached.address = *own;
      break;
    }
  }
  const bool brief = reached.address.is_v4() && reached.port == heartbeat::kPort;
  return brief ? to_string(reached.address) : to_string(reached);
}

std::optional<PulseLine> pulse_line(const std::string& made) {
  const json answer = json::parse(made, nullptr, false);
  if (!answer.is_object()) return std::nullopt;
  const std::string name = raw_text(answer, "name");
  const std::string key = raw_text(answer, "key");
  const std::string to = raw_text(answer, "to");
  if (name.empty() || key.empty() || to.empty()) return std::nullopt;
  const std::string option = name[0] == '-' ? "--name=" : "--name ";
  return PulseLine{"holter pulse --to " + shell_word(to) + ' ' + option + shell_word(name) + " --key " + key,
                   to == kThisHost, raw_text(answer, "ping"), raw_text(answer, "ping_key")};
}

std::string keys_in_words(const std::string& keys, const term::Screen& screen) {
  const json answer = json::parse(keys, nullptr, false);
  const json rows = answer.is_object() ? answer.value("keys", json::array()) : json::array();
  Table table({{"NAME"}, {"GOOD KEYS"}, {"MADE"}});
  for (const json& row : rows) {
    if (!row.is_object()) continue;
    table.add({{shown_text(row, "name")},
               {good_ids(number(row, "newest"), number(row, "revoked"))},
               {shown_text(row, "created")}});
  }
  return table.empty() ? "" : table.draw(screen);
}

}  // namespace holter::app
