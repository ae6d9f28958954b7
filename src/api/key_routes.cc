#include "api/key_routes.h"

#include "api/parameters.h"
#include "base/json_writer.h"

namespace holter::api {
namespace {

base::Error only_by_control() {
  return {base::ErrorKind::permission,
          "keys are made and told over holter's control socket only: use holter key on that host"};
}

env::Task<http::Response> create(KeyDesk& desk, http::Request request) {
  if (request.origin != http::Origin::control) co_return http::error_response(only_by_control());
  Parameters given(request.query);
  const std::string name = given.text("name");
  if (const auto wrong = given.mistakes()) co_return http::error_response(*wrong);
  auto creating = desk.create(name);
  const auto made = co_await std::move(creating);
  co_return made ? http::json_response(made_key_json(*made)) : http::error_response(made.error());
}

env::Task<http::Response> list(KeyDesk& desk, http::Request request) {
  if (request.origin != http::Origin::control) co_return http::error_response(only_by_control());
  auto listing = desk.list();
  const auto keys = co_await std::move(listing);
  co_return keys ? http::json_response(keys_json(*keys)) : http::error_response(keys.error());
}

env::Task<http::Response> revoke(KeyDesk& desk, http::Request request) {
  if (request.origin != http::Origin::control) co_return http::error_response(only_by_control());
  Parameters given(request.query);
  const std::string name = given.text("name");
  const bool older = given.word("which", {"all", "older"}, "all") == "older";
  if (const auto wrong = given.mistakes()) co_return http::error_response(*wrong);
  auto revoking = desk.revoke(name, older ? RevokedKeys::older : RevokedKeys::all);
  const auto revoked = co_await std::move(revoking);
  co_return revoked ? http::json_response(revoked_json(*revoked)) : http::error_response(revoked.error());
}

}  // namespace

void add_key_routes(http::Router& router, KeyDesk& desk) {
  KeyDesk* at = &desk;
  router.add("POST", "/api/v1/keys/create", [at](http::Request request) { return create(*at, std::move(request)); });
  router.add("POST", "/api/v1/keys/revoke", [at](http::Request request) { return revoke(*at, std::move(request)); });
  router.add("GET", "/api/v1/keys", [at](http::Request request) { return list(*at, std::move(request)); });
}

std::string made_key_json(const MadeKey& made) {
  base::JsonWriter json;
  json.begin_object().member("name", std::string_view(made.name)).member("id", made.id);
  json.member("key", std::string_view(made.key)).member("to", std::string_view(made.to));
  json.member("ping", std::string_view(made.ping)).member("ping_key", std::string_view(made.ping_key));
  return json.end_object().take();
}

std::string keys_json(const std::vector<ListedKeys>& keys) {
  base::JsonWriter json;
  json.begin_object().key("keys").begin_array();
  for (const ListedKeys& of_name : keys) {
    json.begin_object().member("name", std::string_view(of_name.name)).member("newest", of_name.newest);
    json.member("revoked", of_name.revoked).member("created", of_name.created).end_object();
  }
  return json.end_array().end_object().take();
}

std::string revoked_json(std::uint32_t revoked) {
  base::JsonWriter json;
  return json.begin_object().member("revoked", revoked).end_object().take();
}

}  // namespace holter::api
