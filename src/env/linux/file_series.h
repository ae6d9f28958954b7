// FileSeries is the files of a rotation: "out.pcapng" becomes "out_00001_20260301T120000Z.pcapng" and so on, by number
// and by the moment from which they hold something (UTC). When only so many are kept, the oldest goes for the newest;
// files that were there before are never touched, and the same name is refused as open_output() refuses it.
//
// They are opened as whoever asked for them, long after the process gave up being that: by a child that was forked
// before, holds the pattern of the names, makes and removes nothing else, reads no packet, and ends with this. Start it
// while there is one thread and nothing is open that it must not hold. Used by one thread at a time; calls block.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>

#include "env/linux/streams.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

struct FileSeriesOptions {
  std::string path;
  std::size_t keep = 0;  // the newest; 0: all
  Existing existing = Existing::refuse;
};

// The name of the file with this number, from 1.
std::string series_name(const std::string& path, std::uint32_t number, base::WallTime first);

class FileSeries final : public env::OutputSeries {
 public:
  static base::Result<std::unique_ptr<FileSeries>> start(FileSeriesOptions options);
  ~FileSeries() override;
  FileSeries(const FileSeries&) = delete;
  FileSeries& operator=(const FileSeries&) = delete;

  base::Result<env::OutputStream*> next(base::WallTime first) override;
  // That were asked for so far. Any thread.
  std::uint32_t files() const { return number_; }

 private:
  FileSeries(FileSeriesOptions options, UniqueFd socket, pid_t pid)
      : options_(std::move(options)), socket_(std::move(socket)), pid_(pid) {}

  FileSeriesOptions options_;
  UniqueFd socket_;
  pid_t pid_;
  std::atomic<std::uint32_t> number_ = 0;
  std::unique_ptr<env::OutputStream> current_;
};

}  // namespace holter::env_linux
