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
  for (const auto& [path, status, body] :
       {std::tuple{"/text", 200, "this is /text by control"}, std::tuple{"/nowhere", 404, ""}}) {
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

struct Lines {
  std::optional<base::Error> error;
  int status = 0;
  std::vector<std::string> lines;
  std::vector<base::Instant> at;
  bool ended = false;
  std::string rest;
};

env::Task<void> read_lines(env::Env env, Lines* read) {
  const auto stream = co_await LocalStream::open(env, "/own", "/", Duration::seconds(3));
  if (!stream) {
    read->error = stream.error();
    co_return;
  }
  read->status = (*stream)->status();
  if (read->status != 200) {
    const auto rest = co_await (*stream)->rest();
    read->rest = rest ? *rest : "";
    co_return;
  }
  for (;;) {
    const auto line = co_await (*stream)->next_line();
    if (!line) read->error = line.error();
    if (!line || !*line) break;
    read->lines.push_back(**line);
    read->at.push_back(env.clock.now());
  }
  read->ended = true;
}

env::Task<void> answer_in_parts(env::Env env, env::Listener* listener, std::vector<std::string> parts) {
  auto stream = co_await listener->accept();
  if (!stream) co_return;
  std::array<std::uint8_t, 4096> chunk;
  (void)co_await (*stream)->read_some(chunk);
  for (const auto& part : parts) {
    (void)co_await (*stream)->write_all(bytes_of(part));
    co_await env.clock.sleep_for(Duration::seconds(5));
  }
}

env::Task<void> read_pieces(env::Env env, std::string* read) {
  const auto stream = co_await LocalStream::open(env, "/own", "/", Duration::seconds(3));
  EXPECT_TRUE(stream);
  for (;;) {
    const auto piece = co_await (*stream)->next_piece();
    EXPECT_TRUE(piece);
    if (!piece || piece->empty()) break;
    *read += '[' + *piece + ']';
  }
}

env::Task<void> answer_and_read_pieces(env::Env env, std::vector<std::string> parts, std::string* read) {
  auto listener = env.network.listen_local("/own").value();
  env::TaskGroup group(env.executor);
  group.spawn(answer_in_parts(env, listener.get(), std::move(parts)));
  co_await read_pieces(env, read);
  co_await group.stop();
}

env::Task<void> answer_and_read(env::Env env, std::vector<std::string> parts, Lines* read) {
  auto listener = env.network.listen_local("/own").value();
  env::TaskGroup group(env.executor);
  group.spawn(answer_in_parts(env, listener.get(), std::move(parts)));
  co_await read_lines(env, read);
  co_await group.stop();
}

Lines read_of(std::vector<std::string> parts) {
  Lines read;
  ServerLab lab;
  lab.client.boot([&](env::Env env) { return answer_and_read(env, parts, &read); });
  lab.world.run_for(Duration::minutes(10));
  return read;
}

const std::string kHead = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

TEST(LocalStream, GivesLinesWhileTheyCome) {
  const Lines read = read_of({kHead + "one\ntw", "o\n", "\nfour\nhalf"});
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.lines, (std::vector<std::string>{"one", "two", "", "four"}));
  EXPECT_GE(read.at[1] - read.at[0], Duration::seconds(5));
  EXPECT_TRUE(read.ended);
  EXPECT_FALSE(read.error);
}

TEST(LocalStream, TakesABodyOfKnownLengthToo) {
  const Lines read = read_of({"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\none\ntwo\n"});
  EXPECT_EQ(read.lines, (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(read.ended);
}

TEST(LocalStream, GivesPiecesAsTheyCome) {
  std::string read;
  ServerLab lab;
  std::vector<std::string> parts{kHead, "one\ntw", "o"};
  lab.client.boot([&](env::Env env) { return answer_and_read_pieces(env, parts, &read); });
  lab.world.run_for(Duration::minutes(1));
  EXPECT_TRUE(read.ends_with("[o]")) << "what came later is a piece of its own: " << read;
  std::erase_if(read, [](char c) { return c == '[' || c == ']'; });
  EXPECT_EQ(read, "one\ntwo");
}

TEST(LocalStream, ALineHasALimit) {
  const Lines endless = read_of({kHead, std::string(kMaxLineBytes + (64 << 10), 'x'), "y"});
  ASSERT_TRUE(endless.error);
  EXPECT_EQ(endless.error->kind, ErrorKind::too_large);
}

TEST(LocalStream, AnAnswerThatSaysWhyNotIsReadWhole) {
  const Lines read = read_of({"HTTP/1.1 400 Bad\r\nContent-Length: 5\r\n\r\nwr", "ong"});
  EXPECT_EQ(read.status, 400);
  EXPECT_EQ(read.rest, "wrong");
}

TEST(LocalStream, TellsWhatIsWrongWithTheOtherEnd) {
  EXPECT_EQ(read_of({"junk\r\n\r\n"}).error->kind, ErrorKind::invalid);
  EXPECT_EQ(read_of({""}).error->kind, ErrorKind::timeout);
  EXPECT_EQ(read_of({"HTTP/1.1 200"}).error->kind, ErrorKind::timeout);
}

}  // namespace
}  // namespace holter::http
