// RecorderFile is where the recorder ring of a running holter is: a file in memory under the runtime directory, else in
// the data directory, which is said aloud. What a killed holter left there is adopted. A clean end removes it; else it
// stays for the next holter. One thread opens and removes it; its ring is for any.
#pragma once

#include <memory>

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

class RecorderFile {
 public:
  // Empty when it is switched off, or cannot be made, which is logged: capturing goes on without it.
  static std::unique_ptr<RecorderFile> open(env::Env env, const Paths& paths, const config::RecorderSettings& settings);

  const recorder::Ring& ring() const { return ring_; }
  void remove();

 private:
  RecorderFile(env::Env env, std::unique_ptr<env_linux::MappedFile> file, const recorder::Ring& ring)
      : env_(env), file_(std::move(file)), ring_(ring) {}
  static base::Result<std::unique_ptr<RecorderFile>> open_at(env::Env env, const std::string& directory,
                                                             const recorder::Layout& layout, base::Duration horizon);

  env::Env env_;
  std::unique_ptr<env_linux::MappedFile> file_;
  recorder::Ring ring_;
};

}  // namespace holter::app
