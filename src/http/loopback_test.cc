// The Server and the small client over the real kernel's loopback and Unix sockets.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "http/client.h"
#include "http/server_lab_test.h"

namespace holter::http {
namespace {

using base::Duration;

struct Real {
  env::Clock* clock = nullptr;
  std::vector<std::string> requests;
  std::vector<Talk> talks;
  Response controlled;
  std::size_t connections_left = 99;
  bool stream_ended = false;
  bool left_noticed = false;
};

struct Note {
  explicit Note(bool* f) : flag(f) {}
  ~Note() { *flag = true; }
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;
  bool* flag;
};

env::Task<void> wait_for_ever(EventWriter& writer, Real* real) {
  const Note note(&real->stream_ended);
  (void)co_await writer.send("hello", "{}");
  co_await real->clock->sleep_for(Duration::hours(1));
}

env::Task<Response> live(Real* real, Request) {
  Response response;
  response.events = [real](EventWriter& writer) { return wait_for_ever(writer, real); };
  co_return response;
}

// Asks for events, reads the first bytes of them and leaves.
env::Task<void> peek(env::Env env, base::Endpoint hub) {
  auto stream = co_await env.network.connect(hub);
  if (!stream) co_return;
  (void)co_await (*stream)->write_all(bytes_of(get("/live")));
  std::array<std::uint8_t, 64> part{};
  (void)co_await (*stream)->read_some(part);
}

env::Task<void> drive(env::Env env, Real* real, std::string socket_path) {
  real->clock = &env.clock;
  Router router;
  router.add("GET", "/text", say_text);
  router.add("GET", "/live", [real](Request request) { return live(real, std::move(request)); });
  ServerOptions options;
  options.guard = {4280, {"hub"}};
  Server server(env, options, router);
  auto listener = env.network.listen({base::IpAddress::loopback(base::IpAddress::Family::v4), 0}).value();
  const base::Endpoint hub = listener->local();
  env::TaskGroup listeners(env.executor);
  listeners.spawn(server.serve(std::move(listener), Origin::network));
  listeners.spawn(server.serve(env.network.listen_local(socket_path).value(), Origin::control));
  for (const auto& request : real->requests) {
    Talk talk;
    std::vector<std::string> parts{request};
    co_await converse(env, hub, std::move(parts), Duration::zero(), &talk);
    real->talks.push_back(talk);
  }
  auto controlled = co_await get_local(env, socket_path, "/text", Duration::seconds(5));
  if (controlled) real->controlled = std::move(*controlled);
  co_await peek(env, hub);
  for (int i = 0; i < 500 && !real->stream_ended; ++i) co_await env.clock.sleep_for(Duration::milliseconds(10));
  real->left_noticed = real->stream_ended;
  // One idle and one half-sent connection are there when everything stops.
  auto idle = co_await env.network.connect(hub);
  auto half = co_await env.network.connect(hub);
  if (half) (void)co_await (*half)->write_all(bytes_of("GET /te"));
  for (int i = 0; i < 500 && server.connections() != 2; ++i) co_await env.clock.sleep_for(Duration::milliseconds(10));
  EXPECT_EQ(server.connections(), 2U);
  co_await listeners.stop();
  co_await server.stop();
  real->connections_left = server.connections();
}

TEST(Loopback, AnswersRefusesLetsGoAndStops) {
  std::string directory = (std::filesystem::temp_directory_path() / "holter-http-XXXXXX").string();
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  auto loop = env_linux::Loop::create(*log).value();
  Real real;
  real.requests = {get("/text") + get("/text", "Connection: close\r\n"),
                   get("/text", "Content-Length: 17000000\r\n", "POST") + std::string(400'000, 'x'),
                   get("/text", "X: " + std::string(400'000, 'x') + "\r\n"), "nonsense\r\n\r\n"};
  loop->run(drive(loop->env(), &real, directory + "/control"));
  ASSERT_EQ(real.talks.size(), 4U);
  EXPECT_EQ(times(real.talks[0].answer, "this is /text"), 2U) << real.talks[0].answer;
  EXPECT_TRUE(real.talks[1].answer.starts_with("HTTP/1.1 413 ")) << real.talks[1].answer;
  EXPECT_TRUE(real.talks[2].answer.starts_with("HTTP/1.1 413 ")) << real.talks[2].answer;
  EXPECT_TRUE(real.talks[3].answer.starts_with("HTTP/1.1 400 ")) << real.talks[3].answer;
  EXPECT_EQ(real.controlled.body, "this is /text by control");
  EXPECT_TRUE(real.left_noticed);
  EXPECT_EQ(real.connections_left, 0U);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace holter::http
