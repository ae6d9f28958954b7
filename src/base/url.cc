#include "base/url.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/ip.h"

namespace holter::base {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

std::uint16_t usual_port(bool secure) { return secure ? kHttpsPort : kHttpPort; }

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// RFC 6874: the '%' before a zone is written "%25".
std::string with_brackets(const std::string& host) {
  if (host.find(':') == std::string::npos) return host;
  const auto percent = host.find('%');
  if (percent == std::string::npos) return '[' + host + ']';
  return '[' + host.substr(0, percent) + "%25" + host.substr(percent + 1) + ']';
}

bool starts_without_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, [](char c) {
           return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
         });
}

Error wrong(std::string why) { return {ErrorKind::invalid, std::move(why)}; }

Result<HostPort> parse_authority(std::string_view text, bool secure) {
  if (text.empty()) return wrong("has no host");
  if (text.find('@') != text.npos) return wrong("names a user; it would be shown with every result");
  HostPort at{"", usual_port(secure)};
  const auto bracket = text.find(']');
  const auto colon = text.find(':', text.front() == '[' && bracket != text.npos ? bracket : 0);
  if (colon != text.npos) {
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) return wrong("has a port that is no number from 1 to 65535");
    at.port = *port;
  }
  std::string_view host = text.substr(0, colon);
  if (host.empty()) return wrong("has no host");
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  at.host = std::string(host);
  const auto zone = at.host.find("%25");
  if (bracketed && zone != at.host.npos) at.host.erase(zone + 1, 2);
  const bool good = is_host(at.host) && bracketed == (at.host.find(':') != at.host.npos);
  if (!good) return wrong("has a host that is neither a name nor an address");
  return at;
}

bool has_scheme(std::string_view text) {
  const auto end = text.find_first_of(":/?#");
  const auto is_part = [](char c) { return (is_name_character(c) && c != '_') || c == '+'; };
  return end != text.npos && end > 0 && text[end] == ':' && std::ranges::all_of(text.substr(0, end), is_part);
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c != ' ' && byte < 0x80) {
      out += c;
    } else {
      out.append({'%', kDigits[byte >> 4U], kDigits[byte & 0x0fU]});
    }
  }
  return out;
}

// RFC 3986, 5.2.4, of a path that begins with '/'.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool open = false;  // ends with '/'
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    open = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!open) kept.push_back(segment);
  }
  std::string out;
  for (const auto segment : kept) out.append("/").append(segment);
  return open || out.empty() ? out + '/' : out;
}

}  // namespace

bool is_host(std::string_view text) {
  if (text.empty() || text.size() > kMaxHostBytes) return false;
  if (IpAddress::parse(text)) return true;
  const auto percent = text.find('%');
  if (percent != text.npos) {
    const auto address = IpAddress::parse(text.substr(0, percent));
    const auto zone = text.substr(percent + 1);
    return address && !address->is_v4() && !zone.empty() && std::ranges::all_of(zone, is_name_character);
  }
  return text.front() != '-' && text.front() != '.' && std::ranges::all_of(text, is_name_character);
}

std::optional<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  // Without brackets nobody knows which colon is the port's.
  if (!port || !is_host(host) || bracketed != (host.find(':') != host.npos)) return std::nullopt;
  return HostPort{std::string(host), *port};
}

Result<HttpUrl> parse_http_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return wrong("has more than " + std::to_string(kMaxUrlBytes) + " bytes");
  const bool foreign = std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (foreign) return wrong("holds a letter that is not ASCII; write a host's name as xn--..., and the rest as %XX");
  if (!std::ranges::all_of(text, is_visible)) {
    return wrong("holds a space or a control character; write it as %XX");
  }
  HttpUrl url;
  url.secure = starts_without_case(text, "https://");
  if (!url.secure && !starts_without_case(text, "http://")) return wrong("does not begin with http:// or https://");
  text.remove_prefix(url.secure ? 8 : 7);
  text = text.substr(0, text.find('#'));
  const auto end = text.find_first_of("/?");
  auto at = parse_authority(text.substr(0, end), url.secure);
  if (!at) return at.error();
  url.at = std::move(*at);
  if (end == text.npos) return url;
  url.path = std::string(text.substr(end));
  if (url.path.front() == '?') url.path.insert(0, "/");
  return url;
}

Result<HttpUrl> follow(const HttpUrl& from, std::string_view reference) {
  const std::string text = escaped(reference.substr(0, reference.find('#')));
  if (has_scheme(text)) return parse_http_url(text);
  if (text.starts_with("//")) return parse_http_url((from.secure ? "https:" : "http:") + text);
  const std::string_view old_path = std::string_view(from.path).substr(0, from.path.find('?'));
  const auto question = text.find('?');
  const std::string path = text.substr(0, question);
  const std::string query = question == text.npos ? "" : text.substr(question);
  HttpUrl to = from;
  if (text.empty()) return to;
  to.path = path.empty()            ? std::string(old_path)
            : path.starts_with('/') ? without_dots(path)
                                    : without_dots(std::string(old_path.substr(0, old_path.rfind('/') + 1)) + path);
  to.path += query;
  return parse_http_url(to_string(to));  // checks what is new
}

std::string to_string(const HttpUrl& url) {
  const bool usual = url.at.port == usual_port(url.secure);
  return (url.secure ? "https://" : "http://") + with_brackets(url.at.host) +
         (usual ? std::string() : ':' + std::to_string(url.at.port)) + url.path;
}

}  // namespace holter::base
