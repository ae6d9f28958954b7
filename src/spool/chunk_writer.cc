#include "spool/chunk_writer.h"

namespace holter::spool {

ChunkWriter::ChunkWriter(env::Files& files, std::string directory, record::Lane lane, std::uint64_t chunk_bytes,
                         std::uint64_t* next_number)
    : files_(files),
      directory_(std::move(directory)),
      lane_(lane),
      chunk_bytes_(chunk_bytes),
      next_number_(next_number) {}

base::Result<void> ChunkWriter::open(std::uint32_t epoch) {
  id_ = {lane_, epoch, (*next_number_)++};
  synced_ = 0;
  auto file = files_.open(directory_ + '/' + file_name(id_), env::OpenMode::create_new);
  if (!file) return file.error();
  if (auto done = files_.sync_directory(directory_); !done) return done;
  file_ = std::move(*file);
  return {};
}

base::Result<void> ChunkWriter::write_once(std::uint32_t epoch, const Frames& frames) {
  if (file_ != nullptr && (synced_ >= chunk_bytes_ || id_.epoch != epoch)) close();
  if (file_ == nullptr) {
    if (auto opened = open(epoch); !opened) return opened;
  }
  if (auto written = file_->write_at(synced_, frames.bytes); !written) return written;
  return file_->sync();
}

void ChunkWriter::condemn() {
  if (file_ == nullptr) return;
  // Should the cut fail too, recovery finds whole frames whose numbers a Gap names as well: said twice, never lost.
  if (file_->truncate(synced_)) static_cast<void>(file_->sync());
  close();
}

base::Result<ChunkWriter::Written> ChunkWriter::write(std::uint32_t epoch, const Frames& frames) {
  Written written;
  auto done = write_once(epoch, frames);
  if (!done) {
    written.condemned = true;
    condemn();
    done = write_once(epoch, frames);
  }
  if (!done) {
    condemn();
    return done.error();
  }
  written.chunk = id_;
  written.entries = frames.entries;
  for (Entry& entry : written.entries) entry.offset += static_cast<std::uint32_t>(synced_);
  synced_ += frames.bytes.size();
  return written;
}

}  // namespace holter::spool
