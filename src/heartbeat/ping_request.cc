#include "heartbeat/ping_request.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace holter::heartbeat {
namespace {

constexpr std::size_t kUuidBytes = 36;
constexpr std::size_t kMaxParts = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

bool is_dash_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_key_letter(char c) { return is_digit(c) || is_small(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; }

// Between '/'; nothing when there are more than kMaxParts or one is empty. One '/' may end the path.
std::optional<std::vector<std::string_view>> parts_of(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (end == at || parts.size() == kMaxParts) return std::nullopt;
    parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool read_action(std::string_view text, PingRequest& into) {
  using Kind = PingRequest::Kind;
  if (text == "start" || text == "fail" || text == "log") {
    into.kind = text == "start" ? Kind::start : text == "fail" ? Kind::fail : Kind::log;
    return true;
  }
  into.kind = Kind::exit_status;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into.exit_status);
  return error == std::errc() && end == text.data() + text.size();
}

// A slug can be as long as a key: then two parts of which the second says something are a slug without a key.
bool begins_with_key(const std::vector<std::string_view>& parts) {
  const std::string_view first = parts.front();
  if (parts.size() < 2 || first.size() != kPingKeyBytes || !std::ranges::all_of(first, is_key_letter)) return false;
  PingRequest unused;
  return parts.size() > 2 || !is_slug(first) || !read_action(parts[1], unused);
}

base::Error invalid() { return {base::ErrorKind::invalid, "invalid url format"}; }

}  // namespace

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != kUuidBytes) return std::nullopt;
  Uuid uuid{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_place(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    uuid[digits / 2] = static_cast<std::uint8_t>(uuid[digits / 2] << 4 | value);
    ++digits;
  }
  return uuid;
}

std::string to_string(const Uuid& uuid) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : uuid) {
    if (is_dash_place(text.size())) text += '-';
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

bool is_slug(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSlugBytes &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || is_small(c) || c == '-' || c == '_'; });
}

base::Result<PingRequest> parse_ping(std::string_view path, std::optional<std::string_view> rid,
                                     std::optional<std::string_view> create) {
  const auto parts = parts_of(path);
  if (!parts) return invalid();
  PingRequest request;
  std::size_t next = 0;
  request.uuid = parse_uuid(parts->front());
  if (request.uuid) {
    ++next;
  } else {
    if (begins_with_key(*parts)) request.ping_key = (*parts)[next++];
    request.slug = (*parts)[next++];
    if (!is_slug(request.slug)) return invalid();
  }
  if (parts->size() > next + 1) return invalid();
  if (parts->size() > next && !read_action((*parts)[next], request)) return invalid();
  if (rid) {
    const auto run = parse_uuid(*rid);
    if (!run) return base::Error{base::ErrorKind::invalid, "invalid uuid format"};
    request.run = to_string(*run);
  }
  request.create = create == "1";
  return request;
}

}  // namespace holter::heartbeat
