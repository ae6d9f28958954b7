// What an http or https probe can be told: its options, and where its target leads. The user information of a target is
// a secret: it is taken out of the URL here and goes into the request alone. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/url.h"
#include "base/url_user.h"
#include "env/http_client.h"
#include "probe/http/json_path.h"
#include "probe/option.h"

namespace holter::probe {

inline constexpr std::uint32_t kUsualRedirects = 10;
inline constexpr std::uint32_t kMostRedirects = 50;

struct HttpOptions : Way {
  std::string method;  // empty: GET, or POST where there is a body
  std::vector<std::string> header;
  std::optional<std::string> body;
  std::string user;
  std::string bearer;
  std::string http_version;
  std::uint32_t redirects = kUsualRedirects;
  bool compressed = false;
  std::vector<std::string> json_path;
  std::string proxy;
  std::string unix_socket;
  bool verify = true;
  std::string ca_file;
  std::string certificate;
  std::string key;
};

std::vector<OptionWords> http_option_words();
// What is wrong with the plan's, in a sentence; empty: nothing.
Wrong http_options_mistake(const record::ProbePlan& plan);

// A target without a scheme gets that of its kind. The error is the end of a sentence: "has no host".
struct HttpTarget {
  base::HttpUrl url;
  std::optional<base::UrlUser> user;
};
base::Result<HttpTarget> http_target(record::ProbeKind kind, const std::string& target);

// The first request of a plan without mistakes; what holds for all of them. It has no deadline and no limits yet.
struct HttpOrder {
  base::HttpUrl url;
  std::optional<base::HttpUrl> proxy;
  Way way;
  env::HttpRequest request;
  std::uint32_t redirects = 0;
  std::vector<JsonPath> json_paths;
};
base::Result<HttpOrder> http_order(const record::ProbePlan& plan);

}  // namespace holter::probe
