#include "heartbeat/client_key.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/byte_writer.h"

namespace holter::heartbeat {
namespace {

constexpr std::string_view kPrefix = "hk1.";
constexpr std::size_t kCheckBytes = 6;
constexpr std::size_t kBytes = 4 + sizeof(Secret) + kCheckBytes;
constexpr std::size_t kCharacters = kBytes / 3 * 4;
static_assert(kBytes % 3 == 0, "base64 without padding");
static_assert(kPrefix.size() + kCharacters == kKeyTextBytes);

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::vector<std::uint8_t> packed(const ClientKey& key, std::string_view name) {
  base::ByteWriter writer;
  writer.u32_le(key.id);
  writer.bytes(key.secret);
  const Mac check = Hmac()(key.secret, {bytes_of("holter key text"), writer.view().first(4), bytes_of(name)});
  writer.bytes(base::Bytes(check).first(kCheckBytes));
  return writer.take();
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

base::Error wrong(std::string what) { return {base::ErrorKind::invalid, std::move(what)}; }

}  // namespace

std::string key_text(const ClientKey& key, std::string_view name) {
  const auto bytes = packed(key, name);
  std::array<unsigned char, kCharacters + 1> characters;
  EVP_EncodeBlock(characters.data(), bytes.data(), static_cast<int>(bytes.size()));
  std::string text(kPrefix);
  text.append(reinterpret_cast<const char*>(characters.data()), kCharacters);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

base::Result<ClientKey> parse_key(std::string_view text, std::string_view name) {
  text = trimmed(text);
  if (!text.starts_with(kPrefix))
    return wrong("this is no key: one begins with hk1., as `holter key create` prints it");
  if (text.size() != kKeyTextBytes) {
    return wrong("a key has " + std::to_string(kKeyTextBytes) + " characters, this one has " +
                 std::to_string(text.size()) + "; paste all of it");
  }
  std::string characters(text.substr(kPrefix.size()));
  std::ranges::replace(characters, '-', '+');
  std::ranges::replace(characters, '_', '/');
  std::array<std::uint8_t, kBytes> bytes;
  const int decoded = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(characters.data()),
                                      static_cast<int>(characters.size()));
  if (decoded != static_cast<int>(kBytes)) return wrong("a character in this key belongs to none; paste all of it");
  base::ByteReader reader(bytes);
  ClientKey key;
  key.id = reader.u32_le();
  std::ranges::copy(reader.bytes(sizeof(Secret)), key.secret.begin());
  // Whole: what is written again is the text that was read.
  if (key.id == 0 || key_text(key, name) != text) {
    return wrong("this key is not the key of this name, or a character of it is wrong");
  }
  return key;
}

}  // namespace holter::heartbeat
