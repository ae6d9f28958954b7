// The writer on virtual time and a simulated disk.
#include "store/writer.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "sim/seeds.h"
#include "store/test_support.h"

namespace holter::store {
namespace {

using base::Duration;

const Options kOnFiles{.directory = "/data", .disk = Disk::env_files};

// What a scenario sees of the program, which owns the store and dies with its process.
struct View {
  Store* store = nullptr;
  Writer* writer = nullptr;
  std::uint64_t accepted = 0;
  std::optional<std::uint64_t> stored_at_end;
  std::vector<record::Gap> gaps;
};

env::Task<void> record_every(env::Env env, View* view, Duration interval) {
  for (;;) {
    view->writer->sink().accept(result_at(env.clock.wall_now()));
    ++view->accepted;
    co_await env.clock.sleep_for(interval);
  }
}

env::Task<void> run_writer(env::Env env, View* view, Duration interval, std::size_t queue) {
  auto store = Store::open(env.files, env.random, kOnFiles, env.clock.wall_now());
  EXPECT_TRUE(store);
  Writer writer(env, **store, [view](const record::Gap& gap) { view->gaps.push_back(gap); }, queue);
  view->store = store->get();
  view->writer = &writer;
  env::TaskGroup river(env.executor);
  auto recording = record_every(env, view, interval);
  river.spawn(std::move(recording));
  co_await writer.run();
  co_await river.stop();
  view->stored_at_end = (*view->store->reader().counts())[0];
}

class WriterTest : public testing::Test {
 protected:
  void boot(Duration interval, std::size_t queue = kQueueRecords) {
    View* view = &view_;
    host_.boot([view, interval, queue](env::Env env) { return run_writer(env, view, interval, queue); });
  }
  std::uint64_t stored() { return (*view_.store->reader().counts())[0]; }

  View view_;
  sim::World world_{1};
  sim::Host& host_ = world_.add_host("hub", {.addresses = {base::IpAddress::v4(0x0a000001)}});
};

TEST_F(WriterTest, ARecordIsStoredWithinTheCommitInterval) {
  boot(Duration::milliseconds(30));
  world_.run_for(Duration::seconds(10));
  EXPECT_GE(stored() + 4, view_.accepted);
  EXPECT_GT(view_.accepted, 300U);
  world_.run_for(Duration::minutes(3));
  EXPECT_GE(stored() + 4, view_.accepted);
  EXPECT_EQ(world_.failure(), "");
}

TEST_F(WriterTest, ClosingStoresAllThatWasAccepted) {
  boot(Duration::milliseconds(7));
  world_.run_for(Duration::seconds(5));
  const std::uint64_t accepted = view_.accepted;
  view_.writer->close();
  world_.run_for(Duration::seconds(1));
  ASSERT_TRUE(view_.stored_at_end);
  EXPECT_GE(*view_.stored_at_end, accepted);
  EXPECT_EQ(world_.failure(), "");
}

TEST_F(WriterTest, AProcessCrashLosesAtMostTheLastInterval) {
  boot(Duration::milliseconds(10));
  world_.run_for(Duration::seconds(30));
  const std::uint64_t accepted = view_.accepted;
  world_.crash(host_);
  host_.restart();
  world_.run_for(Duration::milliseconds(1));
  EXPECT_GE(stored() + 12, accepted);
  EXPECT_EQ(world_.failure(), "");
}

TEST_F(WriterTest, AFullDiskIsWaitedForAndWhatWasLostIsNamed) {
  boot(Duration::milliseconds(10), 100);
  host_.log().allow_error("cannot write the store");
  world_.run_for(Duration::seconds(5));
  const std::uint64_t before = stored();
  sim::DiskFaults full;
  full.capacity = 1;
  host_.disk().set_faults(full);
  world_.run_for(Duration::seconds(20));
  EXPECT_LE(stored(), before + 20);
  ASSERT_TRUE(view_.writer->counts().failing);
  EXPECT_EQ(view_.writer->counts().failing->kind, base::ErrorKind::full);
  EXPECT_GT(view_.writer->counts().lost, 1'500U) << "counted while it lasts";
  host_.disk().set_faults({});
  world_.run_for(Duration::seconds(5));
  EXPECT_FALSE(view_.writer->counts().failing);
  const auto gaps = view_.store->reader().read({.type = 7});
  ASSERT_EQ(gaps->records.size(), 1U);
  const auto& gap = std::get<record::Gap>(gaps->records.front().body);
  EXPECT_EQ(gap.cause, record::GapCause::queue_full);
  EXPECT_EQ(gap.count, view_.writer->counts().lost);
  ASSERT_EQ(view_.gaps.size(), 1U) << "and told";
  EXPECT_EQ(view_.gaps.front().count, gap.count);
  EXPECT_GE(stored() + gap.count + 12, view_.accepted);
  EXPECT_LE(stored() + gap.count, view_.accepted);
  EXPECT_EQ(world_.failure(), "");
}

TEST(LocalSinkTest, FillingUpShedsPacketsFirstAndIncidentsLast) {
  boost::asio::io_context loop;
  env::Mailbox<record::Record> queue(loop.get_executor(), 160);
  LocalSink sink(queue, 160);
  const auto put = [&](const record::Record& record) {
    for (int i = 0; i < 160; ++i) sink.accept(record);
    return sink.accepted();
  };
  EXPECT_EQ(put(record::PacketRecord()), 80U);
  EXPECT_EQ(put(record::FlowRecord()), 120U);
  EXPECT_EQ(put(record::ProbeResult()), 150U);
  EXPECT_EQ(put(record::PulseChange()), 160U);
  EXPECT_EQ(queue.refused(), 4 * 160U - 160U);
}

}  // namespace
}  // namespace holter::store
