// What open() does: reads the state, walks the chunks that a crash left, and names what is missing.
#include <algorithm>

#include "spool/spool.h"

namespace holter::spool {
namespace {

constexpr const char* kStateFile = "state";
constexpr const char* kLockFile = "lock";
// A chunk ends with the batch that takes it over its limit.
constexpr std::uint64_t kMaxChunkFile = 256 * 1024 * 1024;

std::uint64_t highest_of(const base::RangeSet& set) { return set.empty() ? 0 : set.ranges().back().last; }

}  // namespace

Spool::Spool(env::Files& files, Options options) : files_(files), options_(std::move(options)) {
  for (std::size_t lane = 0; lane < record::kLaneCount; ++lane) {
    writers_.emplace_back(files_, options_.directory, static_cast<record::Lane>(lane), options_.chunk_bytes,
                          &next_chunk_);
  }
}

base::Result<std::unique_ptr<Spool>> Spool::open(env::Files& files, Options options, base::WallTime now) {
  if (auto made = files.make_directories(options.directory); !made) return made.error();
  std::unique_ptr<Spool> spool(new Spool(files, std::move(options)));
  auto lock = files.lock(spool->path(kLockFile));
  if (!lock) return base::with_context("the spool is in use", lock.error());
  spool->lock_ = std::move(*lock);
  if (auto done = spool->recover(now); !done) return done.error();
  return spool;
}

base::Result<void> Spool::recover(base::WallTime now) {
  std::uint32_t newest_epoch = 0;
  const auto names = files_.list(options_.directory);
  if (!names) return names.error();
  std::vector<ChunkId> chunks;
  for (const std::string& name : *names) {
    const auto id = parse_file_name(name);
    if (!id) continue;
    chunks.push_back(*id);
    newest_epoch = std::max(newest_epoch, id->epoch);
    next_chunk_ = std::max(next_chunk_, id->number + 1);
  }
  const auto text = env::read_text(files_, path(kStateFile), kMaxStateBytes);
  auto state = text ? decode_state(*text) : base::Result<State>(text.error());
  if (state && state->agent != options_.agent) {
    return base::Error{base::ErrorKind::invalid, "the spool in " + options_.directory + " is of agent " +
                                                     base::to_string(state->agent) + ", not of " +
                                                     base::to_string(options_.agent)};
  }
  if (!state && state.error().kind != base::ErrorKind::not_found && state.error().kind != base::ErrorKind::corrupt) {
    return base::with_context("the spool " + options_.directory, state.error());
  }
  found_.new_epoch = !state;
  if (state) {
    state_ = std::move(*state);
  } else {
    state_.agent = options_.agent;
    const auto seconds = static_cast<std::uint32_t>(std::max<std::int64_t>(now.in_nanoseconds() / 1'000'000'000, 1));
    state_.epoch = std::max(seconds, newest_epoch + 1);
    if (!chunks.empty()) lose(record::GapCause::disk_fault, record::Lane::incidents, newest_epoch, {0, 0}, now, now);
  }
  for (const ChunkId& id : chunks) {
    if (auto done = recover_chunk(id); !done) return base::with_context("the spool's " + file_name(id), done.error());
  }
  for (std::size_t i = 0; i < record::kLaneCount; ++i) {
    const auto lane = static_cast<record::Lane>(i);
    next_[i] = 1 + std::max(index_.highest(lane, state_.epoch), highest_of(state_.settled_of(state_.epoch, lane)));
  }
  name_holes(now);
  if (auto saved = save_state(); !saved) return saved;
  found_.records = kept();
  return maintain(now);
}

base::Result<void> Spool::recover_chunk(const ChunkId& id) {
  auto file = files_.open(path(file_name(id)), env::OpenMode::write);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > kMaxChunkFile) return base::Error{base::ErrorKind::too_large, "is larger than any chunk can be"};
  std::vector<std::uint8_t> bytes(*size);
  const auto got = (*file)->read_at(0, bytes);
  if (!got) return got.error();
  const Recovered good = spool::recover(base::Bytes(bytes).first(*got), id, options_.agent);
  found_.damaged_bytes += *size - good.good_bytes + good.damaged_bytes;
  if (good.entries.empty()) return files_.remove(path(file_name(id)));
  if (good.good_bytes < *size) {
    if (auto cut = (*file)->truncate(good.good_bytes); !cut) return cut;
  }
  // A process that crashed may have left bytes that are only in memory: nobody may see them before they are on disk.
  if (auto synced = (*file)->sync(); !synced) return synced;
  for (const Entry& entry : good.entries) index_.add(id, entry);
  return {};
}

void Spool::name_holes(base::WallTime now) {
  for (std::size_t i = 0; i < record::kLaneCount; ++i) {
    const auto lane = static_cast<record::Lane>(i);
    for (const auto& hole : index_.holes(lane, state_.epoch, state_, kMaxHolesNamed)) {
      found_.named_lost += hole.last - hole.first + 1;
      lose(record::GapCause::disk_fault, lane, state_.epoch, hole, now, now);
    }
  }
}

base::Result<void> Spool::save_state() {
  std::erase_if(state_.settled, [this](const auto& entry) {
    const auto [epoch, lane] = entry.first;
    return epoch != state_.epoch && index_.highest(lane, epoch) == 0;
  });
  if (auto done = env::replace_text(files_, path(kStateFile), encode_state(state_)); !done) return done;
  dirty_ = false;
  return {};
}

}  // namespace holter::spool
