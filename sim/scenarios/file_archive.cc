#include "sim/scenarios/file_archive.h"

#include "base/byte_writer.h"
#include "base/crc32c.h"

namespace holter::sim {
namespace {

struct Contents {
  std::vector<std::uint8_t> bytes;  // whole frames only
  std::vector<record::NamedRecord> records;
};

base::Result<Contents> read(env::Files& files, const std::string& path) {
  auto opened = files.open(path, env::OpenMode::read);
  if (!opened) return opened.error();
  env::File& file = **opened;
  const auto size = file.size();
  if (!size) return size.error();
  Contents whole;
  std::vector<std::uint8_t>& bytes = whole.bytes;
  bytes.resize(*size);
  if (const auto got = file.read_at(0, bytes); !got) return got.error();
  std::size_t good = 0;
  base::ByteReader reader(bytes);
  for (;;) {
    const std::uint32_t length = reader.u32_le();
    const std::uint32_t checksum = reader.u32_le();
    const base::Bytes batch = reader.bytes(length);
    if (reader.failed() || base::crc32c(batch) != checksum) break;
    auto records = codec::decode_batch(batch);
    if (!records) break;
    whole.records.insert(whole.records.end(), records->begin(), records->end());
    good = reader.position();
  }
  bytes.resize(good);
  return whole;
}

std::vector<std::uint8_t> frames_of(std::span<const record::NamedRecord> records) {
  base::ByteWriter out;
  while (!records.empty()) {
    const std::size_t count = codec::fitting(records);
    const auto batch = codec::encode_batch(records.first(count));
    out.u32_le(static_cast<std::uint32_t>(batch.size()));
    out.u32_le(base::crc32c(batch));
    out.bytes(batch);
    records = records.subspan(count);
  }
  return out.take();
}

}  // namespace

// The file is written anew: after a failed sync its bytes can be there to read and still never reach the disk.
base::Result<std::unique_ptr<FileArchive>> FileArchive::open(env::Files& files, std::string path, AckWhen ack_when) {
  auto whole = read(files, path);
  if (!whole && whole.error().kind != base::ErrorKind::not_found) return whole.error();
  const Contents contents = whole ? std::move(*whole) : Contents();
  const auto* text = reinterpret_cast<const char*>(contents.bytes.data());
  if (auto done = env::replace_text(files, path, {text, contents.bytes.size()}); !done) return done.error();
  auto file = files.open(path, env::OpenMode::write);
  if (!file) return file.error();
  std::unique_ptr<FileArchive> archive(new FileArchive(std::move(*file), ack_when));
  archive->size_ = contents.bytes.size();
  for (const auto& record : contents.records) archive->book_.admit(record);
  return archive;
}

base::Result<uplink::AckState> FileArchive::store(const uplink::Agent&, std::vector<record::NamedRecord> records) {
  if (condemned_) return base::Error{base::ErrorKind::io, "the archive's file was condemned"};
  uplink::AckBook after = book_;
  std::vector<record::NamedRecord> fresh;
  for (auto& record : records) {
    if (after.admit(record) == uplink::AckBook::Verdict::fresh) fresh.push_back(std::move(record));
  }
  const auto bytes = frames_of(fresh);
  condemned_ = true;
  if (auto written = file_->write_at(size_, bytes); !written) return written.error();
  if (ack_when_ == AckWhen::durable) {
    if (auto synced = file_->sync(); !synced) return synced.error();
  }
  condemned_ = false;
  size_ += bytes.size();
  book_ = std::move(after);
  return book_.state();
}

base::Result<std::vector<record::NamedRecord>> FileArchive::read_all(env::Files& files, const std::string& path) {
  auto whole = read(files, path);
  if (!whole) return whole.error();
  return std::move(whole->records);
}

}  // namespace holter::sim
