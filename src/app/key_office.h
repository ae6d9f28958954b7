// KeyOffice makes, lists and revokes keys in a running holter: it keeps them in the data directory and has every change
// taken over at once. One loop; the disk is left to Offload.
#pragma once

#include <functional>

#include "api/key_desk.h"
#include "env/env.h"
#include "heartbeat/key_store.h"

namespace holter::app {

// For the office and for commands without a running holter alike.
base::Result<api::MadeKey> make_key(heartbeat::KeyStore& store, const std::string& name, base::WallTime now,
                                    const std::string& to);
base::Result<std::vector<api::ListedKeys>> list_keys(const heartbeat::KeyStore& store);
base::Result<std::uint32_t> revoke_keys(heartbeat::KeyStore& store, const std::string& name, api::RevokedKeys which);

class KeyOffice final : public api::KeyDesk {
 public:
  using TakeOver = std::function<void(heartbeat::Keys)>;

  // `to` is where the clients of these keys pulse.
  KeyOffice(env::Env env, const std::string& data_directory, std::string to);

  // As they are now; blocks.
  base::Result<heartbeat::Keys> keys() const { return store_.read(); }
  void on_change(TakeOver take_over) { take_over_ = std::move(take_over); }

  env::Task<base::Result<api::MadeKey>> create(std::string name) override;
  env::Task<base::Result<std::vector<api::ListedKeys>>> list() override;
  env::Task<base::Result<std::uint32_t>> revoke(std::string name, api::RevokedKeys which) override;

 private:
  env::Task<base::Result<void>> take_over();

  env::Env env_;
  heartbeat::KeyStore store_;
  std::string to_;
  TakeOver take_over_;
};

}  // namespace holter::app
