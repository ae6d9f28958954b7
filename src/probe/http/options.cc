#include "probe/http/options.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace holter::probe {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t kMaxMethodBytes = 32;
constexpr std::size_t kMaxUnixPathBytes = 107;  // sockaddr_un(7)
constexpr std::string_view kTokenSigns = "!#$%&'*+-.^_`|~";

constexpr auto kRows = std::to_array<Option<HttpOptions>>({
    option<&HttpOptions::method>({"method", "WORD", "The method (default GET, or POST with a body)"}),
    option<&HttpOptions::header>({"header", "NAME: VALUE", "A header of the request", true}),
    option<&HttpOptions::body>({"body", "TEXT", "The body of the request"}),
    option<&HttpOptions::user>({"user", "NAME:PASSWORD", "Who is asking (basic authentication)"}),
    option<&HttpOptions::bearer>({"bearer", "TOKEN", "Who is asking (bearer token)"}),
    option<&HttpOptions::http_version>({"http_version", "1.1|2", "This version alone (default: what both sides can)"}),
    option<&HttpOptions::redirects>({"redirects", "N", "How many redirects are followed (default 10; 0: none)"}),
    option<&HttpOptions::compressed>({"compressed", "", "Ask for a compressed body: gzip, deflate, br"}),
    option<&HttpOptions::json_path>({"json_path", "PATH", "What of a JSON body becomes the fact json: $.status", true}),
    option<&HttpOptions::proxy>({"proxy", "URL", "Over this proxy: http://HOST:PORT"}),
    option<&HttpOptions::unix_socket>({"unix_socket", "PATH", "Over this Unix socket, not to the URL's host"}),
    option<&HttpOptions::verify>({"verify", "true|false", "Whether the certificate must hold (default true)"}),
    option<&HttpOptions::ca_file>({"ca_file", "FILE", "The only certificates that are trusted, in PEM"}),
    option<&HttpOptions::certificate>({"certificate", "FILE", "The own certificate, in PEM"}),
    option<&HttpOptions::key>({"key", "FILE", "Its key, in PEM (default: it stands in the same file)"}),
});

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || kTokenSigns.find(c) != std::string_view::npos;
  });
}

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return lowered;
}

std::optional<std::pair<std::string, std::string>> header_of(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon)) || !is_plain(line)) return std::nullopt;
  const auto first = line.find_first_not_of(" \t", colon + 1);
  const auto last = line.find_last_not_of(" \t");
  return std::pair(std::string(line.substr(0, colon)),
                   first == line.npos ? std::string() : std::string(line.substr(first, last + 1 - first)));
}

Wrong header_mistake(const std::string& line) {
  const auto header = header_of(line);
  if (!header) return "header is NAME: VALUE, without control characters";
  const std::string name = lower(header->first);
  for (const std::string_view own : {"content-length", "transfer-encoding", "connection", "expect", "upgrade"}) {
    if (name == own) return "header " + name + " is holter's own";
  }
  return std::nullopt;
}

Wrong request_mistake(const HttpOptions& options) {
  const bool method = options.method.empty() || (is_token(options.method) && options.method.size() <= kMaxMethodBytes);
  if (!method || options.method == "CONNECT") return "method is a word such as GET, HEAD, POST or OPTIONS";
  for (const auto& line : options.header) {
    if (const Wrong why = header_mistake(line)) return why;
  }
  if (!is_plain(options.user) || (!options.user.empty() && options.user.find(':') == std::string::npos)) {
    return "user is NAME:PASSWORD, without control characters";
  }
  if (!is_plain(options.bearer) || options.bearer.find(' ') != std::string::npos)
    return "bearer is a token without spaces";
  if (!options.user.empty() && !options.bearer.empty()) return "user and bearer go not together";
  const std::string& version = options.http_version;
  if (!version.empty() && version != "1.1" && version != "2") return "http_version is 1.1 or 2";
  if (options.redirects > kMostRedirects) return "redirects is at most " + std::to_string(kMostRedirects);
  for (const auto& path : options.json_path) {
    if (const auto parsed = parse_json_path(path); !parsed) return "json_path " + parsed.error().message;
  }
  return std::nullopt;
}

Wrong way_mistake(const HttpOptions& options) {
  if (!options.proxy.empty()) {
    const auto taken = base::take_user(options.proxy);
    if (!taken) return "proxy " + taken.error().message;
    const auto url = base::parse_http_url(taken->url);
    if (!url) return "proxy " + url.error().message;
    if (url->secure) return "proxy begins with http://; https is not spoken with proxies";
  }
  const std::string& path = options.unix_socket;
  if (!path.empty() && (path.front() != '/' || path.size() > kMaxUnixPathBytes)) {
    return "unix_socket is an absolute path of at most " + std::to_string(kMaxUnixPathBytes) + " bytes";
  }
  if (!path.empty() && !options.proxy.empty()) return "unix_socket and proxy go not together";
  if (options.certificate.empty() && !options.key.empty()) return "key belongs to a certificate";
  return std::nullopt;
}

std::string base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock adds a zero
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

void authorize(env::HttpRequest& request, const HttpOptions& options, const std::optional<base::UrlUser>& user) {
  if (!options.bearer.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + options.bearer);
  } else if (!options.user.empty() || user) {
    const std::string who = options.user.empty() ? user->name + ':' + user->password : options.user;
    request.headers.emplace_back("Authorization", "Basic " + base64(who));
  }
}

env::HttpVersion version_of(const std::string& word) {
  if (word.empty()) return env::HttpVersion::any;
  return word == "2" ? env::HttpVersion::http2 : env::HttpVersion::http1;
}

}  // namespace

std::vector<OptionWords> http_option_words() { return words_of<HttpOptions>(kRows); }

Wrong http_options_mistake(const record::ProbePlan& plan) {
  const auto options = read_options<HttpOptions>(plan.kind, kRows, plan.options);
  if (!options) return options.error().message;
  const Wrong why = request_mistake(*options);
  return why ? why : way_mistake(*options);
}

base::Result<HttpTarget> http_target(record::ProbeKind kind, const std::string& target) {
  auto taken = base::take_user(target);
  if (!taken) return taken.error();
  const bool secure = kind == record::ProbeKind::https;
  const auto scheme = taken->url.find("://");
  if (scheme == std::string::npos) taken->url.insert(0, secure ? "https://" : "http://");
  auto url = base::parse_http_url(taken->url);
  if (!url) return url.error();
  if (secure && !url->secure) return Error{ErrorKind::invalid, "is plain http; that is the kind http"};
  return HttpTarget{std::move(*url), std::move(taken->user)};
}

base::Result<HttpOrder> http_order(const record::ProbePlan& plan) {
  auto options = read_options<HttpOptions>(plan.kind, kRows, plan.options);
  if (!options) return options.error();
  auto target = http_target(plan.kind, plan.target);
  if (!target) return target.error();
  HttpOrder order;
  order.url = std::move(target->url);
  order.way = *options;
  order.redirects = options->redirects;
  env::HttpRequest& request = order.request;
  request.method = options->method.empty() ? (options->body ? "POST" : "GET") : options->method;
  for (const auto& line : options->header) {
    if (auto header = header_of(line)) request.headers.push_back(std::move(*header));
  }
  if (options->compressed) request.headers.emplace_back("Accept-Encoding", "gzip, deflate, br");
  authorize(request, *options, target->user);
  request.body = std::move(options->body);
  request.version = version_of(options->http_version);
  request.trust = {options->verify, options->ca_file, options->certificate, options->key};
  request.proxy = options->proxy;
  request.egress = *options;
  if (const auto proxy = base::take_user(options->proxy); proxy && !options->proxy.empty()) {
    order.proxy = base::parse_http_url(proxy->url).value();
  }
  request.unix_socket = options->unix_socket;
  for (const auto& path : options->json_path) {
    if (auto parsed = parse_json_path(path)) order.json_paths.push_back(std::move(*parsed));
  }
  return order;
}

}  // namespace holter::probe
