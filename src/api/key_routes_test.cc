#include "api/key_routes.h"

#include <gtest/gtest.h>

#include <optional>

#include "sim/world.h"

namespace holter::api {
namespace {

class Desk final : public KeyDesk {
 public:
  env::Task<base::Result<MadeKey>> create(std::string name) override {
    asked.push_back("create " + name);
    if (name.empty()) co_return base::Error{base::ErrorKind::invalid, "the name of a session has 1 to 255 bytes"};
    co_return MadeKey{name, 3, "hk1.abc", "192.0.2.1"};
  }
  env::Task<base::Result<std::vector<ListedKeys>>> list() override {
    asked.push_back("list");
    co_return std::vector<ListedKeys>{{"a\x1b", 3, 1, base::WallTime::from_nanoseconds(1'772'368'496'000'000'000)}};
  }
  env::Task<base::Result<std::uint32_t>> revoke(std::string name, RevokedKeys which) override {
    asked.push_back("revoke " + name + (which == RevokedKeys::older ? " older" : " all"));
    co_return 2U;
  }

  std::vector<std::string> asked;
};

class KeyRoutes : public testing::Test {
 protected:
  KeyRoutes() { add_key_routes(router_, desk_); }

  http::Response ask(http::Request request) {
    std::optional<http::Response> response;
    sim::World world(1);
    world.add_host("hub", {}).boot([&](env::Env) { return answer(router_, request, response); });
    world.run_for(base::Duration::seconds(1));
    return std::move(*response);
  }
  static env::Task<void> answer(http::Router& router, http::Request request, std::optional<http::Response>& response) {
    auto answering = router.handle(std::move(request));
    response = co_await std::move(answering);
  }
  static http::Request request(const std::string& method, const std::string& path,
                               std::map<std::string, std::string> query = {}) {
    http::Request made;
    made.method = method;
    made.path = path;
    made.query = std::move(query);
    made.origin = http::Origin::control;
    return made;
  }

  Desk desk_;
  http::Router router_;
};

TEST_F(KeyRoutes, AnswerOverTheControlSocket) {
  EXPECT_EQ(ask(request("POST", "/api/v1/keys/create", {{"name", "n\x01"}})).body,
            R"({"name":"n\u0001","id":3,"key":"hk1.abc","to":"192.0.2.1","ping":"","ping_key":""})");
  EXPECT_EQ(ask(request("GET", "/api/v1/keys")).body,
            R"({"keys":[{"name":"a\u001b","newest":3,"revoked":1,"created":"2026-03-01T12:34:56.000Z"}]})");
  EXPECT_EQ(ask(request("POST", "/api/v1/keys/revoke", {{"name", "db1"}})).body, R"({"revoked":2})");
  ask(request("POST", "/api/v1/keys/revoke", {{"name", "db1"}, {"which", "older"}}));
  EXPECT_EQ(desk_.asked, (std::vector<std::string>{"create n\x01", "list", "revoke db1 all", "revoke db1 older"}));
}

TEST_F(KeyRoutes, AreNotForTheNetwork) {
  for (auto asked : {request("POST", "/api/v1/keys/create", {{"name", "db1"}}), request("GET", "/api/v1/keys"),
                     request("POST", "/api/v1/keys/revoke", {{"name", "db1"}})}) {
    asked.origin = http::Origin::network;
    const auto response = ask(asked);
    EXPECT_EQ(response.status, 403) << asked.path;
    EXPECT_NE(response.body.find("control socket"), std::string::npos);
  }
  EXPECT_TRUE(desk_.asked.empty());
}

TEST_F(KeyRoutes, MistakesAreTold) {
  EXPECT_EQ(ask(request("POST", "/api/v1/keys/create")).status, 400);
  EXPECT_EQ(ask(request("POST", "/api/v1/keys/revoke", {{"name", "x"}, {"which", "some"}})).status, 400);
  EXPECT_EQ(ask(request("POST", "/api/v1/keys/create", {{"nam", "x"}})).status, 400);
}

}  // namespace
}  // namespace holter::api
