// A Server on a simulated host, a few routes, and clients that speak plain bytes to it: what the server's tests share.
// One thread.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "http/server.h"
#include "sim/world.h"

namespace holter::http {

inline const base::IpAddress kHubAddress = base::IpAddress::v4({192, 0, 2, 1});
inline const base::Endpoint kHub{kHubAddress, 4280};

inline base::Bytes bytes_of(std::string_view text) {
  return base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

// A whole request; `more` are further header lines, each with its line break.
inline std::string get(const std::string& path, const std::string& more = "", const std::string& method = "GET") {
  return method + " " + path + " HTTP/1.1\r\nHost: hub:4280\r\n" + more + "\r\n";
}

struct Talk {
  std::string answer;
  bool connected = false;
  bool ended = false;  // the server closed
  base::Instant ended_at;
};

inline env::Task<void> read_until_end(env::Env env, env::ByteStream& stream, Talk* talk) {
  std::array<std::uint8_t, 4096> chunk;
  for (;;) {
    const auto got = co_await stream.read_some(chunk);
    if (!got) break;
    talk->answer.append(reinterpret_cast<const char*>(chunk.data()), *got);
  }
  talk->ended = true;
  talk->ended_at = env.clock.now();
}

// Sends each part `pause` after the one before and reads to the end.
inline env::Task<void> converse(env::Env env, base::Endpoint hub, std::vector<std::string> parts, base::Duration pause,
                                Talk* talk) {
  auto stream = co_await env.network.connect(hub);
  if (!stream) co_return;
  talk->connected = true;
  env::TaskGroup reading(env.executor);
  reading.spawn(read_until_end(env, **stream, talk));
  for (const auto& part : parts) {
    if (&part != parts.data()) co_await env.clock.sleep_for(pause);
    const auto sent = co_await (*stream)->write_all(bytes_of(part));
    if (!sent) break;
  }
  co_await reading.join();
}

inline env::Task<Response> say_text(Request request) {
  Response response;
  response.body = "this is " + request.path + (request.origin == Origin::control ? " by control" : "");
  co_return response;
}

struct ServerLab {
  explicit ServerLab(ServerOptions o = {}, std::uint64_t seed = 1)
      : options(std::move(o)), world(seed), hub(world.add_host("hub", {.addresses = {kHubAddress}})),
        client(world.add_host("client", {.addresses = {base::IpAddress::v4({192, 0, 2, 2})}})) {
    options.guard = {4280, {"hub"}};
    router.add("GET", "/text", say_text);
    router.add("GET", "/files/*", say_text);
    hub.boot([this](env::Env env) { return run(env, this); });
  }

  static env::Task<void> run(env::Env env, ServerLab* lab) {
    Server server(env, lab->options, lab->router);
    lab->server = &server;
    env::Signal stop(env.executor);
    lab->stop = &stop;
    {
      env::TaskGroup listeners(env.executor);
      listeners.spawn(server.serve(env.network.listen(kHub).value(), Origin::network));
      listeners.spawn(server.serve(env.network.listen_local("/control").value(), Origin::control));
      co_await stop.wait();
      co_await listeners.stop();
    }
    co_await server.stop();
    lab->stopped_at = env.clock.now();
    lab->counters = server.counters();
    lab->server = nullptr;
  }

  // One client that says these parts.
  Talk& talk(std::vector<std::string> parts, base::Duration pause = base::Duration::milliseconds(1)) {
    auto& made = *talks.emplace_back(std::make_unique<Talk>());
    plans.push_back({std::move(parts), pause});
    return made;
  }
  // Starts all clients.
  void start() {
    client.boot([this](env::Env env) { return run_clients(env, this); });
  }
  static env::Task<void> run_clients(env::Env env, ServerLab* lab) {
    env::TaskGroup group(env.executor);
    for (std::size_t i = 0; i < lab->talks.size(); ++i) {
      group.spawn(converse(env, kHub, lab->plans[i].first, lab->plans[i].second, lab->talks[i].get()));
    }
    co_await group.join();
  }
  // What one client hears within `limit`.
  Talk hear(std::vector<std::string> parts, base::Duration limit = base::Duration::seconds(5)) {
    Talk& one = talk(std::move(parts));
    start();
    world.run_for(limit);
    return one;
  }

  ServerOptions options;
  Router router;
  ServerCounters counters;
  Server* server = nullptr;
  env::Signal* stop = nullptr;
  base::Instant stopped_at;
  std::vector<std::unique_ptr<Talk>> talks;
  std::vector<std::pair<std::vector<std::string>, base::Duration>> plans;
  sim::World world;
  sim::Host& hub;
  sim::Host& client;
};

inline std::size_t times(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace holter::http
