#include "http/router.h"

#include <gtest/gtest.h>

#include "sim/world.h"

namespace holter::http {
namespace {

env::Task<Response> say(std::string text, Request request) {
  Response response;
  response.body = text + " " + request.path;
  co_return response;
}

Router::Handler saying(const std::string& text) {
  return [text](Request request) { return say(text, std::move(request)); };
}

env::Task<void> handle(const Router& router, Request request, Response* into) {
  *into = co_await router.handle(std::move(request));
}

Response answer(const Router& router, const std::string& method, const std::string& path) {
  Response response;
  sim::World world(1);
  Request request;
  request.method = method;
  request.path = path;
  world.add_host("hub", {}).boot([&](env::Env) { return handle(router, request, &response); });
  world.run_for(base::Duration::seconds(1));
  return response;
}

TEST(Router, TakesTheExactPathThenTheLongestPrefix) {
  Router router;
  router.add("GET", "/a/*", saying("short"));
  router.add("GET", "/a/b/*", saying("long"));
  router.add("GET", "/a/b/c", saying("exact"));
  router.add("GET", "/", saying("root"));
  EXPECT_EQ(answer(router, "GET", "/a/b/c").body, "exact /a/b/c");
  EXPECT_EQ(answer(router, "GET", "/a/b/d").body, "long /a/b/d");
  EXPECT_EQ(answer(router, "GET", "/a/b/").body, "long /a/b/");
  EXPECT_EQ(answer(router, "GET", "/a/z").body, "short /a/z");
  EXPECT_EQ(answer(router, "GET", "/").body, "root /");
  for (const char* path : {"/a", "/b/c", "/a.b", ""}) EXPECT_EQ(answer(router, "GET", path).status, 404) << path;
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  Router router;
  router.add("GET", "/both", saying("get"));
  router.add("POST", "/both", saying("post"));
  EXPECT_EQ(answer(router, "POST", "/both").body, "post /both");
  const Response refused = answer(router, "DELETE", "/both");
  EXPECT_EQ(refused.status, 405);
  ASSERT_EQ(refused.headers.size(), 1U);
  EXPECT_EQ(refused.headers[0], (std::pair<std::string, std::string>("Allow", "GET, HEAD, POST")));
  EXPECT_EQ(answer(router, "get", "/both").status, 405);
}

TEST(Router, HeadIsGetWithoutTheBodyAndWithoutEvents) {
  Router router;
  router.add("GET", "/x", saying("get"));
  const Response head = answer(router, "HEAD", "/x");
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.head_only);
  EXPECT_FALSE(head.events);
}

}  // namespace
}  // namespace holter::http
