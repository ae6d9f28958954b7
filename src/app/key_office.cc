#include "app/key_office.h"

#include "heartbeat/ping_names.h"

namespace holter::app {

using heartbeat::KeyNames;

base::Result<api::MadeKey> make_key(heartbeat::KeyStore& store, const std::string& name, base::WallTime now,
                                    const std::string& to) {
  const auto key = store.create(name, now);
  if (!key) return key.error();
  const auto keys = store.read();
  if (!keys || !keys->secret) return keys ? base::Error{base::ErrorKind::corrupt, "the secret is gone"} : keys.error();
  const heartbeat::PingSecret pings(*keys->secret);
  return api::MadeKey{
      name, key->id, key_text(*key, name), to, "/ping/" + heartbeat::to_string(pings.uuid(name)), pings.ping_key()};
}

base::Result<std::vector<api::ListedKeys>> list_keys(const heartbeat::KeyStore& store) {
  const auto keys = store.read();
  if (!keys) return keys.error();
  std::vector<api::ListedKeys> listed;
  for (const auto& [name, of_name] : keys->names.rows()) {
    listed.push_back({name, of_name.newest, of_name.revoked, of_name.created});
  }
  return listed;
}

base::Result<std::uint32_t> revoke_keys(heartbeat::KeyStore& store, const std::string& name, api::RevokedKeys which) {
  return store.revoke(name, which == api::RevokedKeys::all ? KeyNames::Which::all : KeyNames::Which::older);
}

KeyOffice::KeyOffice(env::Env env, const std::string& data_directory, std::string to)
    : env_(env), store_(env.files, env.random, data_directory), to_(std::move(to)) {}

env::Task<base::Result<api::MadeKey>> KeyOffice::create(std::string name) {
  auto work = [this, &name] { return make_key(store_, name, env_.clock.wall_now(), to_); };
  auto made = co_await env_.offload.run(work);
  if (!made) co_return made;
  if (const auto taken = co_await take_over(); !taken) co_return taken.error();
  env_.log.info("heartbeat", "key made", {{"session", base::UntrustedText(name)}, {"key", made->id}});
  co_return made;
}

env::Task<base::Result<std::vector<api::ListedKeys>>> KeyOffice::list() {
  auto work = [this] { return list_keys(store_); };
  co_return co_await env_.offload.run(work);
}

env::Task<base::Result<std::uint32_t>> KeyOffice::revoke(std::string name, api::RevokedKeys which) {
  auto work = [this, &name, which] { return revoke_keys(store_, name, which); };
  const auto revoked = co_await env_.offload.run(work);
  if (!revoked) co_return revoked;
  if (const auto taken = co_await take_over(); !taken) co_return taken.error();
  env_.log.info("heartbeat", "keys revoked", {{"session", base::UntrustedText(name)}, {"count", *revoked}});
  co_return revoked;
}

env::Task<base::Result<void>> KeyOffice::take_over() {
  auto work = [this] { return store_.read(); };
  auto keys = co_await env_.offload.run(work);
  if (!keys) co_return keys.error();
  if (take_over_) take_over_(std::move(*keys));
  co_return base::Result<void>();
}

}  // namespace holter::app
