#include "store/vfs.h"

#include <cstring>
#include <new>
#include <span>

#include "base/assert.h"

namespace holter::store {
namespace {

constexpr int kSectorBytes = 4'096;
constexpr int kMaxPathBytes = 1'024;

// What SQLite keeps for an open file; it provides the memory and never runs a constructor.
struct OpenFile {
  sqlite3_file base{};
  std::unique_ptr<env::File> file;
  env::Files* files = nullptr;
  std::string directory;
  bool name_unsynced = false;  // a new log or journal counts only once its name survives a power loss
};

OpenFile& as_open(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int code_of(const base::Error& error, int otherwise) {
  return error.kind == base::ErrorKind::full ? SQLITE_FULL : otherwise;
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

int close_file(sqlite3_file* file) {
  as_open(file).~OpenFile();
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  const auto size = static_cast<std::size_t>(amount);
  const std::span bytes(static_cast<std::uint8_t*>(into), size);
  const auto got = as_open(file).file->read_at(static_cast<std::uint64_t>(offset), bytes);
  if (!got) return SQLITE_IOERR_READ;
  if (*got == size) return SQLITE_OK;
  std::memset(bytes.data() + *got, 0, size - *got);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  const base::Bytes bytes(static_cast<const std::uint8_t*>(from), static_cast<std::size_t>(amount));
  const auto done = as_open(file).file->write_at(static_cast<std::uint64_t>(offset), bytes);
  return done ? SQLITE_OK : code_of(done.error(), SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return as_open(file).file->truncate(static_cast<std::uint64_t>(size)) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int sync_file(sqlite3_file* file, int) {
  OpenFile& open = as_open(file);
  if (!open.file->sync()) return SQLITE_IOERR_FSYNC;
  if (!open.name_unsynced) return SQLITE_OK;
  if (!open.files->sync_directory(open.directory)) return SQLITE_IOERR_DIR_FSYNC;
  open.name_unsynced = false;
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  const auto got = as_open(file).file->size();
  if (!got) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(*got);
  return SQLITE_OK;
}

int no_lock(sqlite3_file*, int) { return SQLITE_OK; }
int no_reserved_lock(sqlite3_file*, int* held) {
  *held = 0;
  return SQLITE_OK;
}
int no_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return kSectorBytes; }
int no_characteristics(sqlite3_file*) { return 0; }

// Version 1: no shared memory, no mmap.
sqlite3_io_methods make_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = close_file;
  methods.xRead = read_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  methods.xFileSize = size_of_file;
  methods.xLock = no_lock;
  methods.xUnlock = no_lock;
  methods.xCheckReservedLock = no_reserved_lock;
  methods.xFileControl = no_control;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = no_characteristics;
  return methods;
}

const sqlite3_io_methods kMethods = make_methods();

int full_path(sqlite3_vfs*, const char* name, int size, char* into) {
  if (std::strlen(name) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::strcpy(into, name);
  return SQLITE_OK;
}

int no_sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

// SQLite asks for the time only for its date functions, which the store does not use.
int no_time(sqlite3_vfs*, double* days) {
  *days = 0;
  return SQLITE_OK;
}

}  // namespace

struct VfsCalls {
  static FilesVfs::World& world(sqlite3_vfs* vfs) { return *static_cast<FilesVfs::World*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* into, int flags, int* out_flags) {
    into->pMethods = nullptr;
    if (name == nullptr) return SQLITE_CANTOPEN;
    env::Files& files = world(vfs).files;
    auto file = files.open(name, env::OpenMode::write);
    const bool make = !file && file.error().kind == base::ErrorKind::not_found && (flags & SQLITE_OPEN_CREATE) != 0;
    if (make) file = files.open(name, env::OpenMode::create);
    if (!file) return code_of(file.error(), SQLITE_CANTOPEN);
    auto* open = new (into) OpenFile;
    open->file = std::move(*file);
    open->files = &files;
    open->directory = directory_of(name);
    open->name_unsynced = make;
    open->base.pMethods = &kMethods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    env::Files& files = world(vfs).files;
    const auto done = files.remove(name);
    if (!done) return done.error().kind == base::ErrorKind::not_found ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    if (sync_directory != 0 && !files.sync_directory(directory_of(name))) return SQLITE_IOERR_DIR_FSYNC;
    return SQLITE_OK;
  }

  static int access(sqlite3_vfs* vfs, const char* name, int, int* there) {
    const auto file = world(vfs).files.open(name, env::OpenMode::read);
    *there = file ? 1 : 0;
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int amount, char* into) {
    world(vfs).random.fill(std::span(reinterpret_cast<std::uint8_t*>(into), static_cast<std::size_t>(amount)));
    return amount;
  }
};

FilesVfs::FilesVfs(env::Files& files, env::Random& random)
    : world_{files, random}, name_("holter-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(OpenFile);
  vfs_.mxPathname = kMaxPathBytes;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = &world_;
  vfs_.xOpen = VfsCalls::open;
  vfs_.xDelete = VfsCalls::remove;
  vfs_.xAccess = VfsCalls::access;
  vfs_.xFullPathname = full_path;
  vfs_.xRandomness = VfsCalls::randomness;
  vfs_.xSleep = no_sleep;
  vfs_.xCurrentTime = no_time;
  HOLTER_ASSERT(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK);
}

FilesVfs::~FilesVfs() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace holter::store
