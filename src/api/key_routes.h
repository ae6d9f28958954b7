// The routes by which `holter key` makes, lists and revokes keys in a running holter. On the control socket alone.
#pragma once

#include "api/key_desk.h"
#include "http/router.h"

namespace holter::api {

// `desk` outlives the router.
void add_key_routes(http::Router& router, KeyDesk& desk);

// As a route answers them, and as `holter key --json` prints them.
std::string made_key_json(const MadeKey& made);
std::string keys_json(const std::vector<ListedKeys>& keys);
std::string revoked_json(std::uint32_t revoked);

}  // namespace holter::api
