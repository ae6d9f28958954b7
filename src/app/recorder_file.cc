#include "app/recorder_file.h"

namespace holter::app {
namespace {

// "recorder.ring" of the first.
std::string path_of(const std::string& directory, std::size_t number) {
  return directory + "/recorder" + (number == 0 ? "" : '-' + std::to_string(number)) + ".ring";
}

// Of a holter before that had more loops. Their frames are given up.
void remove_others(env::Env env, const std::string& directory, std::size_t from) {
  for (std::size_t number = from; number < config::kMaxCaptureLoops; ++number) {
    const std::string path = path_of(directory, number);
    if (!env.files.remove(path)) continue;
    env.log.warn("holter", "the recorder gives up the frames that the holter before left",
                 {{"why", "it had more workers"}, {"file", path}});
  }
}

// What the memory holds, or an empty ring.
base::Result<recorder::Ring> ring_in(env::Env env, env_linux::MappedFile& file, const recorder::Layout& layout,
                                     base::Duration horizon) {
  const base::PacketTime now = packet_now(env);
  if (file.was_there()) {
    recorder::Adopted adopted;
    auto ring = recorder::Ring::adopt(file.words(), layout, horizon, now, adopted);
    if (ring) {
      const base::Duration span = adopted.latest - adopted.oldest;
      env.log.info("holter", "the recorder adopted the frames that the holter before left",
                   {{"frames", adopted.frames}, {"seconds", span.in_seconds()}, {"damaged", adopted.damaged_blocks}});
      return ring;
    }
    env.log.warn("holter", "the recorder gives up the frames that the holter before left",
                 {{"why", ring.error().message}});
    if (auto cleared = file.clear(); !cleared) return cleared.error();
  }
  return recorder::Ring::make(file.words(), layout, horizon, now);
}

}  // namespace

RecorderFiles::RecorderFiles(env::Env env, const Paths& paths, const config::RecorderSettings& settings,
                             std::size_t loops)
    : env_(env) {
  if (!settings.enabled || loops == 0) return;
  auto opened = open_all(paths.runtime, settings, loops);
  if (opened) return;
  env.log.warn("holter", "the recorder is not in the runtime directory", {{"why", opened.error().message}});
  opened = open_all(paths.data, settings, loops);
  if (opened) return;
  env.log.error("holter", "there is no recorder: the frames of the last seconds are not kept",
                {{"why", opened.error().message}});
}

base::Result<void> RecorderFiles::open_all(const std::string& directory, const config::RecorderSettings& settings,
                                           std::size_t loops) {
  const auto layout = recorder::layout_of(recorder::part_of(settings.ring, loops));
  base::Result<void> opened = layout ? base::Result<void>() : layout.error();
  for (std::size_t number = 0; opened && number < loops; ++number) {
    opened = open(path_of(directory, number), *layout, settings.ring.horizon);
  }
  if (!opened) {
    remove();
    files_.clear();
    rings_.clear();
    return opened;
  }
  remove_others(env_, directory, loops);
  if (!files_.front()->in_memory()) {
    env_.log.warn("holter", "the recorder is on a disk; a runtime directory in memory is better",
                  {{"directory", directory}});
  }
  return {};
}

base::Result<void> RecorderFiles::open(const std::string& path, const recorder::Layout& layout,
                                       base::Duration horizon) {
  auto file = env_linux::MappedFile::open(path, layout.bytes());
  if (!file) return file.error();
  const auto ring = ring_in(env_, **file, layout, horizon);
  if (!ring) return ring.error();
  files_.push_back(std::move(*file));
  rings_.push_back(*ring);
  return {};
}

void RecorderFiles::remove() {
  for (auto& file : files_) {
    if (const auto removed = file->remove(); !removed) {
      env_.log.warn("holter", "the recorder's file stays", {{"why", removed.error().message}});
    }
  }
}

}  // namespace holter::app
