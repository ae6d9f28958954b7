#include "base/url_user.h"

#include <algorithm>

namespace holter::base {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Result<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    const int byte = low < 0 ? -1 : high * 16 + low;
    if (byte < ' ' || byte == 0x7f) {
      return Error{ErrorKind::invalid, "has a user or a password with a wrong %XX; a '%' itself is written %25"};
    }
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

// Where the authority begins: behind "https://".
std::size_t authority_of(std::string_view text) {
  const auto scheme = text.find("://");
  return scheme < text.find_first_of("/?#@") ? scheme + 3 : 0;
}

bool is_port(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<UrlAndUser> take_user(std::string_view text) {
  const auto begin = authority_of(text);
  const std::string_view authority = text.substr(begin, text.find_first_of("/?#", begin) - begin);
  const auto at = authority.rfind('@');
  if (at == authority.npos) return UrlAndUser{std::string(text), std::nullopt};
  const std::string_view user = authority.substr(0, at);
  const auto colon = user.find(':');
  const auto name = decoded(user.substr(0, colon));
  if (!name) return name.error();
  const auto password = decoded(colon == user.npos ? "" : user.substr(colon + 1));
  if (!password) return password.error();
  // RFC 7617: the first colon ends the name.
  if (name->find(':') != name->npos) return Error{ErrorKind::invalid, "has a user name with a colon in it"};
  const std::string bare = std::string(text.substr(0, begin)).append(text.substr(begin + at + 1));
  return UrlAndUser{bare, UrlUser{*name, *password}};
}

std::string masked_url(std::string_view text) {
  const auto begin = authority_of(text);
  const std::string_view authority = text.substr(begin, text.find_first_of("/?#", begin) - begin);
  auto at = authority.rfind('@');
  const auto colon = authority.rfind(':');
  const bool odd = colon != authority.npos && authority.back() != ']' && !is_port(authority.substr(colon + 1));
  if (at == authority.npos && odd) at = text.substr(begin).rfind('@');
  if (at == text.npos) return std::string(text);
  return std::string(text.substr(0, begin)).append("***").append(text.substr(begin + at));
}

}  // namespace holter::base
