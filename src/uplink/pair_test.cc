// Sender and receiver without any network: an outbox and an archive in memory, and a connection that is cut at any
// message, hands out what it carried late or loses it, and is made anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <iostream>
#include <random>
#include <set>

#include "uplink/ack_book.h"
#include "uplink/receiver.h"
#include "uplink/sender.h"

namespace holter::uplink {
namespace {

using base::Duration;
using record::Lane;

std::uint64_t seed() {
  const char* given = std::getenv("HOLTER_SEED");
  const std::uint64_t value = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "HOLTER_SEED=" << value << '\n';
  return value;
}

Hello hello() {
  Hello h;
  h.agent.id.bytes[0] = 1;
  h.agent.name = base::UntrustedText("attic");
  h.epoch = 1;
  return h;
}

// Batches of a few records in two lanes; forgets what was acked.
class MemoryOutbox {
 public:
  void append(Lane lane, std::uint64_t count) {
    codec::Position& tail = tails_[static_cast<std::size_t>(lane)];
    std::vector<record::NamedRecord> records;
    for (std::uint64_t i = 0; i < count; ++i) {
      records.push_back({{hello().agent.id, 1, lane, tail.sequence + 1 + i}, body(lane, tail.sequence + 1 + i)});
    }
    tail = {1, tail.sequence + count};
    auto bytes = codec::encode_batch(records);
    const auto header = *codec::read_batch_header(bytes);
    batches_[{lane, header.first}] = {header, std::move(bytes)};
  }
  static record::Record body(Lane lane, std::uint64_t number) {
    if (lane == Lane::results) {
      record::ProbeResult result;
      result.probe = std::to_string(number);
      return result;
    }
    record::NetworkChange change;
    change.what = std::to_string(number);
    return change;
  }
  std::vector<codec::StoredBatch> next(const Fetch& fetch) const {
    std::vector<codec::StoredBatch> found;
    std::size_t bytes = 0;
    for (const auto& [key, batch] : batches_) {
      if (key.first != fetch.lane || codec::Position{1, batch.header.last} <= fetch.after) continue;
      if (found.size() >= fetch.limit_batches) break;
      if (!found.empty() && bytes + batch.bytes.size() > fetch.limit_bytes) break;
      bytes += batch.bytes.size();
      found.push_back(batch);
    }
    return found;
  }
  void acknowledge(const AckState& acks) {
    for (const auto& [key, ranges] : acks.lanes) {
      std::erase_if(batches_, [&](const auto& entry) {
        return entry.first.first == key.second && ranges.contains(entry.second.header.first, entry.second.header.last);
      });
    }
  }
  codec::Tails tails() const { return tails_; }
  bool empty() const { return batches_.empty(); }

 private:
  std::map<std::pair<Lane, std::uint64_t>, codec::StoredBatch> batches_;
  codec::Tails tails_{};
};

class MemoryArchive {
 public:
  void store(const std::vector<Batch>& batches) {
    for (const Batch& batch : batches) {
      const auto records = codec::decode_batch(batch.bytes);
      ASSERT_TRUE(records);
      for (const auto& record : *records) {
        if (book.admit(record) == AckBook::Verdict::fresh) stored.push_back(record);
      }
    }
  }
  AckBook book;
  std::vector<record::NamedRecord> stored;
};

// One connection: messages in flight both ways, and both ends.
struct Connection {
  Connection(MemoryOutbox& o, MemoryArchive& a, base::Instant& t, SenderOptions options = {})
      : outbox(o), archive(a), now(t), sender(options, hello(), now), receiver(options.liveness, "0.1.0", now) {}

  void run_agent() {
    sender.tick(now);
    for (const AckState& acks : sender.take_acks()) outbox.acknowledge(acks);
    if (sender.accepted()) sender.durable(outbox.tails());
    if (const auto fetch = sender.wants()) sender.fetched(*fetch, outbox.next(*fetch), now);
    for (Message& message : sender.take_messages()) to_hub.push_back(std::move(message));
  }
  void run_hub() {
    receiver.tick(now);
    if (receiver.is_greeting()) receiver.welcome(archive.book.state(), {}, now);
    if (const auto batches = receiver.take_batches(); !batches.empty()) {
      archive.store(batches);
      receiver.stored(batches, archive.book.state(), now);
    }
    for (Message& message : receiver.take_messages()) to_agent.push_back(std::move(message));
  }
  bool deliver_to_hub() {
    if (to_hub.empty()) return false;
    receiver.receive(std::move(to_hub.front()), now);
    to_hub.pop_front();
    return true;
  }
  bool deliver_to_agent() {
    if (to_agent.empty()) return false;
    sender.receive(std::move(to_agent.front()), now);
    to_agent.pop_front();
    return true;
  }
  // Everything that can happen without time passing.
  void settle() {
    for (bool moved = true; moved;) {
      run_agent();
      moved = deliver_to_hub();
      run_hub();
      moved = deliver_to_agent() || moved || sender.wants().has_value();
    }
  }

  MemoryOutbox& outbox;
  MemoryArchive& archive;
  base::Instant& now;
  Sender sender;
  Receiver receiver;
  std::deque<Message> to_hub;
  std::deque<Message> to_agent;
};

TEST(Pair, WhatTheOutboxHasIsStoredAndAcked) {
  MemoryOutbox outbox;
  MemoryArchive archive;
  base::Instant now;
  outbox.append(Lane::results, 3);
  outbox.append(Lane::incidents, 1);
  Connection connection(outbox, archive, now);
  connection.settle();
  outbox.append(Lane::results, 2);
  connection.settle();
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(archive.stored.size(), 6U);
  EXPECT_EQ(connection.sender.in_flight(), 0U);
}

TEST(Pair, LiveDataOvertakesABacklogWithoutStarvingIt) {
  MemoryOutbox outbox;
  MemoryArchive archive;
  base::Instant now;
  for (int i = 0; i < 100; ++i) outbox.append(Lane::results, 10);
  SenderOptions options;
  options.window_batches = 1;
  Connection connection(outbox, archive, now, options);
  connection.run_agent();
  connection.deliver_to_hub();
  connection.run_hub();
  connection.deliver_to_agent();
  connection.deliver_to_agent();
  connection.run_agent();
  for (int i = 0; i < 40; ++i) outbox.append(Lane::results, 1);
  std::size_t live = 0;
  std::size_t drained = 0;
  for (int i = 0; i < 40; ++i) {
    while (connection.to_hub.empty()) connection.run_agent();
    const auto& batch = std::get<Batch>(connection.to_hub.front());
    (batch.header.first > 1'000 ? live : drained) += 1;
    connection.deliver_to_hub();
    connection.run_hub();
    connection.deliver_to_agent();
    connection.run_agent();
  }
  EXPECT_GE(live, 25U);
  EXPECT_GE(drained, 8U);
  connection.settle();
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(archive.stored.size(), 1'040U);
}

TEST(Pair, TheWindowIsKept) {
  MemoryOutbox outbox;
  MemoryArchive archive;
  base::Instant now;
  for (int i = 0; i < 500; ++i) outbox.append(Lane::results, 1);
  SenderOptions options;
  options.window_batches = 16;
  Connection connection(outbox, archive, now, options);
  for (int i = 0; i < 3; ++i) {
    connection.run_agent();
    connection.deliver_to_hub();
    connection.run_hub();
    while (connection.deliver_to_agent()) continue;
  }
  for (int i = 0; i < 100; ++i) connection.run_agent();
  EXPECT_EQ(connection.sender.in_flight(), 16U);
  EXPECT_FALSE(connection.sender.wants());
}

TEST(Pair, ADeadPeerIsNoticedByBothEnds) {
  MemoryOutbox outbox;
  MemoryArchive archive;
  base::Instant now;
  Connection connection(outbox, archive, now);
  connection.settle();
  for (int i = 0; i < 60; ++i) {
    now += Duration::seconds(1);
    connection.settle();
    ASSERT_FALSE(connection.sender.over()) << "pings keep an idle connection";
  }
  const base::Instant cut = now;
  while (!connection.sender.over() || !connection.receiver.over()) {
    now = std::min(connection.sender.next_deadline(), connection.receiver.next_deadline());
    connection.run_agent();
    connection.run_hub();
    ASSERT_LE(now, cut + Duration::seconds(16));
  }
  EXPECT_EQ(connection.sender.reason().raw(), "nothing was heard of the hub for 15 s");
}

TEST(Pair, AHubThatTakesButNeverAcksIsLeft) {
  MemoryOutbox outbox;
  MemoryArchive archive;
  base::Instant now;
  Connection connection(outbox, archive, now);
  connection.settle();
  outbox.append(Lane::results, 1);
  connection.run_agent();
  connection.to_hub.clear();
  while (!connection.sender.over()) {
    now += Duration::seconds(1);
    connection.settle();
    ASSERT_LE(now, base::Instant() + Duration::seconds(61));
  }
  EXPECT_EQ(connection.sender.reason().raw(), "the hub did not acknowledge within 1 min 0 s");
}

TEST(Pair, ANewerProtocolIsRefusedInWordsByBothEnds) {
  base::Instant now;
  Receiver hub({}, "0.1.0", now);
  Hello newer = hello();
  newer.protocol = 9;
  newer.oldest_protocol = 8;
  hub.receive(newer, now);
  EXPECT_FALSE(hub.is_greeting());
  const auto answer = hub.take_messages();
  ASSERT_EQ(answer.size(), 1U);
  Sender agent({}, newer, now);
  agent.receive(answer[0], now);
  EXPECT_TRUE(agent.refused());
  EXPECT_EQ(agent.reason().raw(), "the agent speaks version 9 of the protocol, this hub up to 1: update the hub");

  Sender old({}, hello(), now);
  old.receive(Welcome{.protocol = 9, .version = {}, .acks = {}, .plan_version = 0}, now);
  EXPECT_TRUE(old.refused());
  EXPECT_EQ(old.reason().raw(),
            "the hub wants to speak version 9 of the protocol, this agent speaks up to 1: update this agent");

  Receiver reaching_back({}, "0.1.0", now);
  newer.oldest_protocol = 1;
  reaching_back.receive(newer, now);
  reaching_back.welcome({}, {}, now);
  EXPECT_EQ(std::get<Welcome>(reaching_back.take_messages()[0]).protocol, 1U);
}

TEST(Pair, BatchesBeforeHelloOrOfAnotherAgentAreRefused) {
  MemoryOutbox outbox;
  base::Instant now;
  outbox.append(Lane::results, 1);
  const auto stored = outbox.next({Lane::results, true, {}, 1'000'000, 10});
  const Batch batch{stored[0].header, stored[0].bytes};
  Receiver early({}, "", now);
  early.receive(batch, now);
  EXPECT_TRUE(early.over());
  Receiver other({}, "", now);
  Hello stranger = hello();
  stranger.agent.id.bytes[0] = 2;
  other.receive(stranger, now);
  other.welcome({}, {}, now);
  other.receive(batch, now);
  EXPECT_TRUE(other.over());
  EXPECT_EQ(other.reason().raw(), "a batch is of another agent");
}

TEST(AckBook, AGapLetsThePrefixGoOn) {
  AckBook book;
  const base::AgentId agent;
  EXPECT_EQ(book.admit({{agent, 1, Lane::results, 1}, record::ProbeResult{}}), AckBook::Verdict::fresh);
  EXPECT_EQ(book.admit({{agent, 1, Lane::results, 1}, record::ProbeResult{}}), AckBook::Verdict::known);
  EXPECT_EQ(book.admit({{agent, 1, Lane::results, 5}, record::ProbeResult{}}), AckBook::Verdict::fresh);
  record::Gap gap;
  gap.lane = Lane::results;
  gap.epoch = 1;
  gap.first = 2;
  gap.last = 4;
  EXPECT_EQ(book.admit({{agent, 1, Lane::incidents, 1}, gap}), AckBook::Verdict::fresh);
  EXPECT_EQ(book.state().lanes.at({1, Lane::results}).prefix(), 5U);
}

// Connections that end anywhere, with messages in flight lost: everything is stored exactly once, what is acked is
// stored, and when the trouble stops all is delivered.
TEST(Pair, CutConnectionsLoseAndDoubleNothing) {
  std::mt19937_64 random(seed());
  for (int round = 0; round < 20; ++round) {
    MemoryOutbox outbox;
    MemoryArchive archive;
    base::Instant now;
    std::uint64_t appended = 0;
    for (int life = 0; life < 30; ++life) {
      SenderOptions options;
      options.window_batches = 1 + random() % 8;
      Connection connection(outbox, archive, now, options);
      for (std::uint64_t steps = random() % 120; steps > 0 && !connection.sender.over(); --steps) {
        now += Duration::milliseconds(static_cast<std::int64_t>(random() % 500));
        switch (random() % 6) {
          case 0: {
            const std::uint64_t count = 1 + random() % 5;
            outbox.append(random() % 2 == 0 ? Lane::results : Lane::incidents, count);
            appended += count;
            break;
          }
          case 1: connection.run_agent(); break;
          case 2: connection.run_hub(); break;
          case 3: connection.deliver_to_hub(); break;
          case 4: connection.deliver_to_agent(); break;
          default:
            connection.run_agent();
            connection.deliver_to_hub();
            break;
        }
      }
    }
    Connection last(outbox, archive, now);
    last.settle();
    EXPECT_TRUE(outbox.empty());
    ASSERT_EQ(archive.stored.size(), appended) << "round " << round;
    std::set<record::RecordId> ids;
    for (const auto& record : archive.stored) {
      EXPECT_TRUE(ids.insert(record.id).second);
      EXPECT_EQ(record.body, MemoryOutbox::body(record.id.lane, record.id.sequence));
    }
  }
}

}  // namespace
}  // namespace holter::uplink
