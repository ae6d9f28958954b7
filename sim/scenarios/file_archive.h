// FileArchive is a hub's archive for scenarios: one append-only file of batches, each with a length and a checksum in
// front, synced before anything is acked. It can be built with a defect: acknowledging before it syncs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "env/files.h"
#include "uplink/archive.h"

namespace holter::sim {

enum class AckWhen : std::uint8_t { durable, written };  // written: the planted defect

class FileArchive final : public uplink::Archive {
 public:
  static base::Result<std::unique_ptr<FileArchive>> open(env::Files& files, std::string path, AckWhen ack_when);

  base::Result<uplink::AckState> store(const uplink::Agent& agent, std::vector<record::NamedRecord> records) override;
  base::Result<uplink::AckState> acked(const uplink::Agent&) override { return book_.state(); }
  const uplink::AckBook& book() const { return book_; }

  // Every record of the file as it is, in order; what a reader would find after the hub stopped.
  static base::Result<std::vector<record::NamedRecord>> read_all(env::Files& files, const std::string& path);

 private:
  FileArchive(std::unique_ptr<env::File> file, AckWhen ack_when) : file_(std::move(file)), ack_when_(ack_when) {}

  std::unique_ptr<env::File> file_;
  AckWhen ack_when_;
  std::uint64_t size_ = 0;
  bool condemned_ = false;
  uplink::AckBook book_;  // of the one agent that scenarios have
};

}  // namespace holter::sim
