// RecorderFiles are where the recorder rings of a running holter are, one for each loop that captures: files in memory
// under the runtime directory, else in the data directory, which is said aloud. What a killed holter left there is
// adopted. A clean end removes them; else they stay for the next holter. One thread opens and removes them; the rings
// are for any.
#pragma once

#include <memory>
#include <vector>

#include "app/paths.h"
#include "config/settings.h"
#include "env/env.h"
#include "env/linux/mapped_file.h"
#include "recorder/ring.h"

namespace holter::app {

// The kernel's stamps are of the wall clock.
inline base::PacketTime packet_now(const env::Env& env) {
  return base::PacketTime::from_nanoseconds(env.clock.wall_now().in_nanoseconds());
}

class RecorderFiles {
 public:
  // Those that could be made: none when it is switched off, or when one cannot be made, which is logged; capturing goes
  // on without them.
  RecorderFiles(env::Env env, const Paths& paths, const config::RecorderSettings& settings, std::size_t loops);

  const std::vector<recorder::Ring>& rings() const { return rings_; }
  // From the directory; the rings stay as long as this does.
  void remove();

 private:
  base::Result<void> open_all(const std::string& directory, const config::RecorderSettings& settings,
                              std::size_t loops);
  base::Result<void> open(const std::string& path, const recorder::Layout& layout, base::Duration horizon);

  env::Env env_;
  std::vector<std::unique_ptr<env_linux::MappedFile>> files_;
  std::vector<recorder::Ring> rings_;
};

}  // namespace holter::app
