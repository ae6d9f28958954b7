#include "http/client.h"

#include <gtest/gtest.h>

#include "http/server_lab_test.h"

namespace holter::http {
namespace {

using base::Duration;
using base::ErrorKind;

struct Got {
  std::optional<base::Result<Response>> response;
  base::Instant at;
};

env::Task<void> fetch(env::Env env, std::string socket, std::string path, Got* got) {
  auto response = co_await get_local(env, std::move(socket), std::move(path), Duration::seconds(3));
  got->response = std::move(response);
  got->at = env.clock.now();
}

// Both on one host: control sockets do not leave it.
env::Task<void> serve_and_fetch(env::Env env, ServerLab* lab, std::string path, Got* got) {
  Server server(env, lab->options, lab->router);
  env::TaskGroup group(env.executor);
  group.spawn(server.serve(env.network.listen_local("/own").value(), Origin::control));
  co_await fetch(env, "/own", std::move(path), got);
  co_await group.stop();
  co_await server.stop();
}

TEST(GetLocal, GetsAnAnswerWhateverItsStatus) {
  for (const auto& [path, status, body] : {std::tuple{"/text", 200, "this is /text by control"},
                                           std::tuple{"/nowhere", 404, ""}}) {
    Got got;
    ServerLab lab;
    lab.client.boot([&, where = std::string(path)](env::Env env) { return serve_and_fetch(env, &lab, where, &got); });
    lab.world.run_for(Duration::seconds(5));
    ASSERT_TRUE(got.response && *got.response) << path;
    EXPECT_EQ((*got.response)->status, status);
    if (status == 200) EXPECT_EQ((*got.response)->body, body);
  }
}

env::Task<void> answer_with(env::Listener* listener, std::string text) {
  auto stream = co_await listener->accept();
  if (!stream) co_return;
  std::array<std::uint8_t, 4096> chunk;
  (void)co_await (*stream)->read_some(chunk);
  (void)co_await (*stream)->write_all(bytes_of(text));
}

env::Task<void> answer_and_fetch(env::Env env, std::optional<std::string> text, Got* got) {
  auto listener = env.network.listen_local("/own").value();
  env::TaskGroup group(env.executor);
  if (text) group.spawn(answer_with(listener.get(), *text));
  co_await fetch(env, "/own", "/", got);
  co_await group.stop();
}

Got fetched(std::optional<std::string> answer) {
  Got got;
  ServerLab lab;
  lab.client.boot([&](env::Env env) { return answer_and_fetch(env, answer, &got); });
  lab.world.run_for(Duration::seconds(10));
  EXPECT_TRUE(got.response);
  return got;
}

TEST(GetLocal, TellsWhatIsWrongWithTheOtherEnd) {
  EXPECT_EQ(fetched("junk\r\n\r\n").response->error().kind, ErrorKind::invalid);
  EXPECT_EQ(fetched("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").response->error().kind, ErrorKind::closed);
  EXPECT_EQ(fetched("").response->error().kind, ErrorKind::closed);
  const auto without_length = fetched("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  ASSERT_TRUE(*without_length.response);
  EXPECT_EQ((*without_length.response)->body, "until the end");
  const auto silent = fetched(std::nullopt);
  EXPECT_EQ(silent.response->error().kind, ErrorKind::timeout);
  EXPECT_EQ(silent.at, sim::Timeline::kStart + Duration::seconds(3));
}

TEST(GetLocal, SaysThatNobodyListens) {
  Got got;
  ServerLab lab;
  lab.client.boot([&](env::Env env) { return fetch(env, "/nobody", "/", &got); });
  lab.world.run_for(Duration::seconds(1));
  EXPECT_EQ(got.response->error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace holter::http
