// Event streams of the Server: what a reader gets, and when one that is slow or gone is let go.
#include <gtest/gtest.h>

#include "http/server_lab_test.h"

namespace holter::http {
namespace {

using base::Duration;

// A stream of `count` events of `size` bytes, `pause` apart; says when it ended.
struct Source {
  int count = 3;
  std::size_t size = 1;
  Duration pause = Duration::milliseconds(100);
  int sent = 0;
  int ended = 0;
  env::Env* env = nullptr;
};

struct Ending {
  explicit Ending(Source* s) : source(s) {}
  ~Ending() { ++source->ended; }
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;
  Source* source;
};

env::Task<void> tell(EventWriter& writer, Source* source) {
  const Ending ending(source);
  for (int i = 0; i < source->count; ++i) {
    const auto sent =
        co_await writer.send("tick", "{\"n\":" + std::to_string(i) + std::string(source->size, ' ') + "}");
    if (!sent) co_return;
    ++source->sent;
    co_await source->env->clock.sleep_for(source->pause);
  }
}

env::Task<Response> events(Source* source, Request) {
  Response response;
  response.events = [source](EventWriter& writer) { return tell(writer, source); };
  co_return response;
}

class EventStreamTest : public testing::Test {
 protected:
  EventStreamTest() {
    lab_.router.add("GET", "/live", [this](Request request) { return events(&source_, std::move(request)); });
    // The events' own clock: any process on the hub will do.
    lab_.world.add_host("clock", {}).boot([this](env::Env env) { return lend_clock(env, &source_); });
    lab_.world.run_for(Duration::milliseconds(1));
  }
  static env::Task<void> lend_clock(env::Env env, Source* source) {
    source->env = &env;
    co_await env.clock.sleep_until(base::Instant::max());
  }
  Source source_;
  ServerLab lab_;
};

TEST_F(EventStreamTest, EventsArriveAndTheConnectionEndsWithThem) {
  const auto talk = lab_.hear({get("/live")});
  EXPECT_TRUE(talk.answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")) << talk.answer;
  const std::string body = talk.answer.substr(talk.answer.find("\r\n\r\n") + 4);
  EXPECT_EQ(body,
            "event: tick\ndata: {\"n\":0 }\n\nevent: tick\ndata: {\"n\":1 }\n\nevent: tick\ndata: {\"n\":2 }\n\n");
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(source_.ended, 1);
}

TEST_F(EventStreamTest, HeadHasNoEvents) {
  const auto talk = lab_.hear({get("/live", "Connection: close\r\n", "HEAD")});
  EXPECT_TRUE(talk.answer.starts_with("HTTP/1.1 200 OK\r\n")) << talk.answer;
  EXPECT_EQ(source_.ended, 0);
}

// Connects, asks and never reads.
env::Task<void> ask_and_hang(env::Env env, Duration stay) {
  auto stream = co_await env.network.connect(kHub);
  if (!stream) co_return;
  (void)co_await (*stream)->write_all(bytes_of(get("/live")));
  co_await env.clock.sleep_for(stay);
}

TEST_F(EventStreamTest, AReaderThatDoesNotReadIsCutAfterTheWriteDeadline) {
  source_.count = 1'000'000;
  source_.size = 10'000;
  lab_.client.boot([](env::Env env) { return ask_and_hang(env, Duration::hours(1)); });
  lab_.world.run_for(Duration::seconds(15));
  EXPECT_EQ(source_.ended, 0);
  EXPECT_EQ(source_.sent, 6) << "64 KiB are on their way";
  lab_.world.run_for(Duration::seconds(6));
  EXPECT_EQ(source_.ended, 1);
  EXPECT_EQ(lab_.server->connections(), 0U);
}

TEST_F(EventStreamTest, AReaderThatLeavesIsNoticedWithNothingToTell) {
  source_.pause = Duration::hours(1);
  lab_.client.boot([](env::Env env) { return ask_and_hang(env, Duration::seconds(5)); });
  lab_.world.run_for(Duration::seconds(4));
  EXPECT_EQ(lab_.server->connections(), 1U);
  lab_.world.run_for(Duration::seconds(2));
  EXPECT_EQ(source_.ended, 1);
  EXPECT_EQ(lab_.server->connections(), 0U);
}

TEST_F(EventStreamTest, StopEndsStreamsAtOnce) {
  source_.pause = Duration::hours(1);
  for (int i = 0; i < 10; ++i) lab_.talk({get("/live")});
  lab_.start();
  lab_.world.run_for(Duration::seconds(2));
  const auto asked = lab_.world.now();
  lab_.world.at(asked, [&] { lab_.stop->notify(); });
  lab_.world.run_for(Duration::seconds(1));
  EXPECT_EQ(source_.ended, 10);
  EXPECT_EQ(lab_.stopped_at, asked);
  for (const auto& talk : lab_.talks) EXPECT_TRUE(talk->ended);
}

env::Task<void> write_pieces(BodyWriter& body, Source* source) {
  const Ending ending(source);
  for (int i = 0; i < source->count; ++i) {
    const auto written = co_await body.write(std::string(source->size, 'x') + '\n');
    if (!written) co_return;
    ++source->sent;
  }
}

env::Task<Response> pieces(Source* source, Request) {
  Response response;
  response.content_type = "application/x-ndjson";
  response.stream = [source](BodyWriter& body) { return write_pieces(body, source); };
  response.piece_deadline = Duration::hours(2);
  co_return response;
}

TEST_F(EventStreamTest, ABodyInPiecesEndsWithTheConnection) {
  lab_.router.add("GET", "/pieces", [this](Request request) { return pieces(&source_, std::move(request)); });
  const auto talk = lab_.hear({get("/pieces")});
  EXPECT_TRUE(talk.answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n")) << talk.answer;
  EXPECT_TRUE(talk.answer.ends_with("\r\n\r\nx\nx\nx\n")) << talk.answer;
  EXPECT_TRUE(talk.ended);
}

TEST_F(EventStreamTest, ABodyMayHaveMorePatienceThanTheServer) {
  source_.count = 1'000;
  source_.size = 10'000;
  lab_.router.add("GET", "/live", [this](Request request) { return pieces(&source_, std::move(request)); });
  lab_.client.boot([](env::Env env) { return ask_and_hang(env, Duration::hours(10)); });
  lab_.world.run_for(Duration::minutes(100));
  EXPECT_EQ(source_.ended, 0);
  lab_.world.run_for(Duration::minutes(30));
  EXPECT_EQ(source_.ended, 1);
}

}  // namespace
}  // namespace holter::http
