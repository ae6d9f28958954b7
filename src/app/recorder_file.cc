#include "app/recorder_file.h"

namespace holter::app {
namespace {

constexpr const char* kName = "/recorder.ring";

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

base::Result<std::unique_ptr<RecorderFile>> RecorderFile::open_at(env::Env env, const std::string& directory,
                                                                  const recorder::Layout& layout,
                                                                  base::Duration horizon) {
  auto file = env_linux::MappedFile::open(directory + kName, layout.bytes());
  if (!file) return file.error();
  const auto ring = ring_in(env, **file, layout, horizon);
  if (!ring) return ring.error();
  if (!(*file)->in_memory()) {
    env.log.warn("holter", "the recorder is on a disk; a runtime directory in memory is better",
                 {{"directory", directory}});
  }
  return std::unique_ptr<RecorderFile>(new RecorderFile(env, std::move(*file), *ring));
}

std::unique_ptr<RecorderFile> RecorderFile::open(env::Env env, const Paths& paths,
                                                 const config::RecorderSettings& settings) {
  const auto layout = recorder::layout_of(settings.ring);
  if (!settings.enabled || !layout) return nullptr;
  auto opened = open_at(env, paths.runtime, *layout, settings.ring.horizon);
  if (opened) return std::move(*opened);
  env.log.warn("holter", "the recorder is not in the runtime directory", {{"why", opened.error().message}});
  opened = open_at(env, paths.data, *layout, settings.ring.horizon);
  if (opened) return std::move(*opened);
  env.log.error("holter", "there is no recorder: the frames of the last seconds are not kept",
                {{"why", opened.error().message}});
  return nullptr;
}

void RecorderFile::remove() {
  if (const auto removed = file_->remove(); !removed) {
    env_.log.warn("holter", "the recorder's file stays", {{"why", removed.error().message}});
  }
}

}  // namespace holter::app
