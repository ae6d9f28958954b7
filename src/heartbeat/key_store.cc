#include "heartbeat/key_store.h"

#include <algorithm>

namespace holter::heartbeat {
namespace {

using base::Error;
using base::ErrorKind;

// The whole of a file; not_found when there is none.
base::Result<std::string> contents(env::Files& files, const std::string& path, std::size_t most) {
  const auto file = files.open(path, env::OpenMode::read);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > most) return Error{ErrorKind::too_large, path + " is larger than " + std::to_string(most) + " bytes"};
  std::string text(*size, '\0');
  const auto got = (*file)->read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!got) return got.error();
  text.resize(*got);
  return text;
}

Error torn(const std::string& missing, const std::string& there, const std::string& why) {
  return {ErrorKind::corrupt, missing + " is missing although " + there + " is there: " + why +
                                  "; put it back from a backup, or remove " + there + ", which makes every key void"};
}

}  // namespace

KeyStore::KeyStore(env::Files& files, env::Random& random, const std::string& data_directory)
    : files_(files), random_(random), directory_(data_directory + "/keys") {}

base::Result<Keys> KeyStore::read() const {
  const std::string secret_path = directory_ + "/secret";
  const std::string names_path = directory_ + "/names";
  auto secret = read_secret();
  if (!secret) return secret.error();
  auto names = read_names();
  if (!names && names.error().kind == ErrorKind::not_found) {
    if (*secret) return torn(names_path, secret_path, "nobody knows which keys are revoked");
    return Keys();
  }
  if (!names) return names.error();
  if (!*secret && !names->rows().empty()) return torn(secret_path, names_path, "no key can be verified");
  return Keys{*secret, std::move(*names)};
}

base::Result<std::optional<Secret>> KeyStore::read_secret() const {
  const std::string path = directory_ + "/secret";
  const auto text = contents(files_, path, 2 * sizeof(Secret));
  if (!text && text.error().kind == ErrorKind::not_found) return std::optional<Secret>();
  if (!text) return text.error();
  Secret secret;
  if (text->size() != secret.size()) {
    return Error{ErrorKind::corrupt, path + " has " + std::to_string(text->size()) +
                                         " bytes and not 32; put it back from a backup, or remove the directory " +
                                         directory_ + ", which makes every key void"};
  }
  std::ranges::copy(*text, secret.begin());
  return std::optional(secret);
}

base::Result<KeyNames> KeyStore::read_names() const {
  const std::string path = directory_ + "/names";
  const auto text = contents(files_, path, KeyNames::kMaxFileBytes);
  if (!text) return text.error();
  auto names = KeyNames::parse(*text);
  if (names) return names;
  return Error{ErrorKind::corrupt, path + ", " + names.error().message + "; put it right"};
}

base::Result<ClientKey> KeyStore::create(std::string_view name, base::WallTime now) {
  const auto held = lock();
  if (!held) return held.error();
  auto keys = read_or_make();
  if (!keys) return keys.error();
  const auto id = keys->names.create(name, now);
  if (!id) return id.error();
  if (const auto written = write(keys->names); !written) return written.error();
  return KeyRing(*keys).key(name, *id);
}

// The list is there before the secret, so that whatever is left of a crash is no key at all.
base::Result<Keys> KeyStore::read_or_make() const {
  auto keys = read();
  if (!keys || keys->secret) return keys;
  if (const auto written = write(keys->names); !written) return written.error();
  Secret secret;
  random_.fill(secret);
  const std::string_view bytes(reinterpret_cast<const char*>(secret.data()), secret.size());
  if (const auto written = env::replace_text(files_, directory_ + "/secret", bytes); !written) return written.error();
  keys->secret = secret;
  return keys;
}

base::Result<std::uint32_t> KeyStore::revoke(std::string_view name, KeyNames::Which which) {
  const auto held = lock();
  if (!held) return held.error();
  auto keys = read();
  if (!keys) return keys.error();
  const auto revoked = keys->names.revoke(name, which);
  if (!revoked || *revoked == 0) return revoked;
  if (const auto written = write(keys->names); !written) return written.error();
  return revoked;
}

base::Result<std::unique_ptr<env::FileLock>> KeyStore::lock() const {
  if (const auto made = files_.make_directories(directory_); !made) return made.error();
  auto lock = files_.lock(directory_ + "/lock");
  if (lock || lock.error().kind != ErrorKind::busy) return lock;
  return Error{ErrorKind::busy, "another command is making or revoking a key; try again"};
}

base::Result<void> KeyStore::write(const KeyNames& names) const {
  return env::replace_text(files_, directory_ + "/names", names.text());
}

}  // namespace holter::heartbeat
