#include "env/linux/tls_grounds.h"

#include "env/linux/files.h"

namespace holter::env_linux {
namespace {

using base::ErrorKind;

using Identity = std::shared_ptr<const TlsIdentity>;

base::Result<Identity> read_identity(const std::string& certificate, const std::string& key) {
  Files files;
  env::TlsPem pem;
  for (const auto& [path, text] : {std::pair(&certificate, &pem.certificate), std::pair(&key, &pem.private_key)}) {
    auto read = env::read_text(files, *path, kMaxTlsFileBytes);
    if (!read) return base::Error{ErrorKind::unsupported, read.error().message};
    *text = std::move(*read);
  }
  auto identity = TlsIdentity::create(pem);
  if (!identity)
    return base::Error{ErrorKind::unsupported, "the certificate " + certificate + ": " + identity.error().message};
  return std::move(*identity);
}

base::Error too_many() {
  return {ErrorKind::full, "more than " + std::to_string(kMaxTlsFiles) + " different files of certificates are in use"};
}

}  // namespace

env::Task<base::Result<TrustStore>> TlsGrounds::trusted(std::string file) {
  if (const auto known = stores_.find(file); known != stores_.end()) co_return known->second;
  if (stores_.size() >= kMaxTlsFiles) co_return too_many();
  auto load = [&file] { return load_trust_store(file); };
  auto loaded = co_await offload_.run(std::move(load));
  if (loaded) stores_[file] = *loaded;
  co_return loaded;
}

env::Task<base::Result<TlsGrounds::Identity>> TlsGrounds::identity(std::string certificate, std::string key) {
  const std::pair names(certificate, key);
  if (const auto known = identities_.find(names); known != identities_.end()) co_return known->second;
  if (identities_.size() >= kMaxTlsFiles) co_return too_many();
  auto load = [&names] { return read_identity(names.first, names.second); };
  auto loaded = co_await offload_.run(std::move(load));
  if (loaded) identities_[names] = *loaded;
  co_return loaded;
}

env::Task<base::Result<TlsGround>> TlsGrounds::get(env::HttpTrust trust) {
  TlsGround ground;
  auto loading = trusted(trust.ca_file);
  const auto store = co_await std::move(loading);
  if (store) ground.trusted = *store;
  if (!store && trust.verify) co_return store.error();
  if (trust.certificate.empty()) co_return ground;
  auto reading = identity(trust.certificate, trust.key.empty() ? trust.certificate : trust.key);
  const auto own = co_await std::move(reading);
  if (!own) co_return own.error();
  ground.identity = *own;
  co_return ground;
}

}  // namespace holter::env_linux
