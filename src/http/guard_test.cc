#include "http/guard.h"

#include <gtest/gtest.h>

namespace holter::http {
namespace {

const GuardOptions kOptions{4280, {"holter.lan"}};

Request request_with(std::map<std::string, std::string> headers) {
  Request request;
  request.headers = std::move(headers);
  return request;
}

TEST(Guard, PassesOwnAddressesOnly) {
  for (const char* host : {"127.0.0.1:4280", "LocalHost:4280", "[::1]:4280", "holter.LAN:4280"}) {
    EXPECT_FALSE(refuse(request_with({{"host", host}}), kOptions)) << host;
  }
  for (const char* host : {"", "evil.example:4280", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:4280.evil.example"}) {
    EXPECT_TRUE(refuse(request_with({{"host", host}}), kOptions)) << host;
  }
}

TEST(Guard, RefusesOtherOrigins) {
  const std::string host = "127.0.0.1:4280";
  EXPECT_FALSE(refuse(request_with({{"host", host}, {"origin", "http://127.0.0.1:4280"}}), kOptions));
  EXPECT_TRUE(refuse(request_with({{"host", host}, {"origin", "http://evil.example"}}), kOptions));
  EXPECT_TRUE(refuse(request_with({{"host", host}, {"origin", "null"}}), kOptions));
  EXPECT_TRUE(refuse(request_with({{"host", host}, {"sec-fetch-site", "cross-site"}}), kOptions));
  // Another port of this host is the same site and another program.
  EXPECT_TRUE(refuse(request_with({{"host", host}, {"sec-fetch-site", "same-site"}}), kOptions));
  EXPECT_FALSE(refuse(request_with({{"host", host}, {"sec-fetch-site", "same-origin"}}), kOptions));
  EXPECT_FALSE(refuse(
      request_with({{"host", host}, {"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "navigate"}}), kOptions));
}

TEST(Guard, TrustsTheControlSocket) {
  Request request = request_with({{"host", "whatever"}});
  request.origin = Origin::control;
  EXPECT_FALSE(refuse(request, kOptions));
}

TEST(Guard, WhereAKeyIsWantedWhoeverAsksMay) {
  Request request;
  request.headers = {{"host", "pings.example:4283"}, {"origin", "https://elsewhere.example"}};
  EXPECT_TRUE(refuse(request, kOptions));
  EXPECT_FALSE(refuse(request, {4283, {}, true}));
}

}  // namespace
}  // namespace holter::http
