// The dns prober over connections: the length before each message, and HTTP.
#include "probe/dns/transport.h"

#include <gtest/gtest.h>

#include "probe/dns/prober.h"
#include "probe/probe_world_test.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;
using Message = std::vector<std::uint8_t>;
using Messages = std::vector<Message>;

constexpr Duration kDelay = Duration::milliseconds(10);

Message answer_to(Message query) {
  query.at(2) = 0x81;
  query.at(3) = 0x80;
  query.at(7) = 1;
  const std::uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 198, 51, 100, 7};
  query.insert(query.end(), std::begin(record), std::end(record));
  return query;
}

Message framed(const Message& message) {
  Message bytes = {static_cast<std::uint8_t>(message.size() >> 8), static_cast<std::uint8_t>(message.size())};
  bytes.insert(bytes.end(), message.begin(), message.end());
  return bytes;
}

Message text(std::string_view words) { return {words.begin(), words.end()}; }

// What the other side writes when it has read the question, a part after the other; then it ends the connection unless
// it waits.
struct Manner {
  std::function<Messages(const Message& question)> parts;
  bool waits = false;
};

Messages whole_answer(const Message& question) { return {framed(answer_to(question))}; }

// The question is what stands at the end of what came: behind its length, or behind the header of HTTP.
env::Task<void> serve(env::Env env, std::uint16_t port, Manner manner, std::string* asked) {
  auto listener = env.network.listen({base::IpAddress::any(base::IpAddress::Family::v4), port}).value();
  for (;;) {
    auto stream = co_await listener->accept();
    if (!stream) co_return;
    Message came(4'096);
    const auto got = co_await (*stream)->read_some(came);
    came.resize(got ? *got : 0);
    asked->assign(came.begin(), came.end());
    const auto header_end = asked->find("\r\n\r\n");
    came.erase(came.begin(),
               came.begin() + static_cast<std::ptrdiff_t>(header_end == asked->npos ? 2 : header_end + 4));
    for (const Message& part : manner.parts(came)) {
      (void)co_await (*stream)->write_all(part);
      co_await env.clock.sleep_for(Duration::milliseconds(1));
    }
    if (manner.waits) co_await env.clock.sleep_for(Duration::seconds(30));
  }
}

env::Task<void> ask(env::Env env, record::ProbePlan plan, std::vector<Done>* done) {
  DnsSockets sockets(env);
  auto result = co_await probe_dns(env, sockets, std::move(plan), kAnything);
  done->push_back({std::move(result), env.clock.now()});
}

class DnsStream : public testing::Test {
 protected:
  record::ProbeResult run(Manner manner, std::string transport, std::string target = "192.0.2.2") {
    ProbeWorld lab;
    lab.fixed_delay(kDelay);
    record::ProbePlan plan;
    plan.name = "resolver";
    plan.kind = record::ProbeKind::dns;
    plan.target = std::move(target);
    plan.query = "www.example.org";
    plan.options = {{"transport", std::move(transport)}};
    const std::uint16_t port = plan.target.starts_with("http") ? 80 : 53;
    lab.target.boot([&](env::Env env) { return serve(env, port, manner, &asked_); });
    lab.agent.boot([&](env::Env env) { return ask(env, plan, &lab.done); });
    lab.world.run_for(Duration::seconds(10));
    EXPECT_EQ(lab.world.failure(), "");
    took_ = lab.done.at(0).at - lab.done[0].result.started_instant;
    return lab.done[0].result;
  }
  std::string asked_;
  Duration took_;
};

class DnsOverTcp : public DnsStream {
 protected:
  record::ProbeResult run(Manner manner) { return DnsStream::run(std::move(manner), "tcp"); }
};

TEST_F(DnsOverTcp, ConnectingIsAPhaseAndTheRttIsThatOfTheQuestion) {
  const auto result = run({whole_answer});
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.detail.raw(), "NOERROR 198.51.100.7");
  EXPECT_EQ(phase_of(result, Phase::connect), kDelay * 2);
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_EQ(phase_of(result, Phase::first_byte), result.rtt);
  EXPECT_FALSE(result.kernel_stamped);
  EXPECT_EQ(took_, kDelay * 4);
}

TEST_F(DnsOverTcp, AnAnswerMayComeInPiecesAndBehindOthers) {
  const auto pieces = [](const Message& question) {
    Message other = answer_to(question);
    other.at(1) ^= 1;
    Message all = framed(other);
    const Message good = framed(answer_to(question));
    all.insert(all.end(), good.begin(), good.end());
    Messages parts;
    for (auto rest = std::span(all); !rest.empty(); rest = rest.subspan(std::min<std::size_t>(rest.size(), 5))) {
      parts.emplace_back(rest.begin(), rest.begin() + std::min<std::ptrdiff_t>(std::ssize(rest), 5));
    }
    return parts;
  };
  const auto result = run({pieces});
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw() << to_string(result.transcript);
}

TEST_F(DnsOverTcp, AConnectionThatEndsBeforeTheAnswerIsABadAnswer) {
  const auto cut = [](const Message& question) {
    Message half = framed(answer_to(question));
    half.resize(20);
    return Messages{half};
  };
  for (const Manner& manner : {Manner{cut}, Manner{[](const Message&) { return Messages(); }}}) {
    const auto result = run(manner);
    EXPECT_EQ(result.outcome, Outcome::bad_answer);
    EXPECT_EQ(result.failed_in, Phase::first_byte);
    EXPECT_EQ(result.detail.raw(), "the resolver ended the connection before its answer");
  }
}

TEST_F(DnsOverTcp, JunkIsWaitedOverUntilTheDeadline) {
  const auto junk = [](const Message&) { return Messages{framed({1, 2, 3}), framed({}), Message{0xff, 0xff, 1}}; };
  const auto result = run({junk, true});
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.detail.raw(), "no answer to the question within 1 s, but 2 messages that are none");
  EXPECT_EQ(took_, Duration::seconds(1));
}

TEST_F(DnsOverTcp, ManyMessagesThatAreNoneAreNotReadForLong) {
  const auto flood = [](const Message&) {
    Message all;
    for (int i = 0; i < 100; ++i) {
      const Message one = framed({1, 2, 3});
      all.insert(all.end(), one.begin(), one.end());
    }
    return Messages{all};
  };
  const auto result = run({flood, true});
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.detail.raw(), "none of 16 messages answers the question");
  EXPECT_LT(took_, Duration::seconds(1));
}

TEST_F(DnsOverTcp, SilenceIsATimeout) {
  const auto result = run({[](const Message&) { return Messages(); }, true});
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(phase_of(result, Phase::connect), kDelay * 2);
}

class DnsOverHttp : public DnsStream {
 protected:
  record::ProbeResult run(const std::string& head, Message (*body)(Message), bool waits = false) {
    const auto parts = [=](const Message& question) {
      const Message message = body(question);
      Message all = text(head + "Content-Length: " + std::to_string(message.size()) + "\r\n\r\n");
      all.insert(all.end(), message.begin(), message.end());
      return Messages{all};
    };
    return DnsStream::run({parts, waits}, "doh", "http://192.0.2.2/dns-query");
  }
};

const std::string kGood = "HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\n";

TEST_F(DnsOverHttp, TheQuestionIsAPostWithoutAnId) {
  const auto result = run(kGood, answer_to);
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.detail.raw(), "NOERROR 198.51.100.7");
  EXPECT_EQ(result.address, "192.0.2.2");
  EXPECT_EQ(phase_of(result, Phase::connect), kDelay * 2);
  EXPECT_GE(*result.rtt, kDelay * 2);
  EXPECT_LT(*result.rtt, kDelay * 3);
  EXPECT_TRUE(asked_.starts_with("POST /dns-query HTTP/1.1\r\n")) << asked_;
  EXPECT_NE(asked_.find("application/dns-message"), asked_.npos);
  EXPECT_EQ(asked_.substr(asked_.find("\r\n\r\n") + 4, 2), std::string(2, '\0'));
}

TEST_F(DnsOverHttp, WhatIsNoAnswerIsABadOne) {
  const auto same = [](Message query) { return query; };
  EXPECT_EQ(run("HTTP/1.1 503 Gone\r\n", answer_to).detail.raw(), "HTTP status 503");
  EXPECT_EQ(run("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", answer_to).detail.raw(),
            "the body is not called application/dns-message");
  const auto echoed = run(kGood, same);
  EXPECT_EQ(echoed.detail.raw(), "the body is no answer to the question");
  EXPECT_EQ(echoed.outcome, Outcome::bad_answer);
  EXPECT_EQ(echoed.failed_in, Phase::first_byte);
  const auto large = run(kGood, [](Message) { return Message(70'000); });
  EXPECT_EQ(large.outcome, Outcome::bad_answer) << large.detail.raw();
}

}  // namespace
}  // namespace holter::probe
