#include "heartbeat/hmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/assert.h"

namespace holter::heartbeat {
namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::uint8_t kInner = 0x36;
constexpr std::uint8_t kOuter = 0x5c;

}  // namespace

void Hmac::Release::operator()(evp_md_st* digest) const { EVP_MD_free(digest); }
void Hmac::Release::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Hmac::Hmac() : sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  HOLTER_ASSERT(sha256_ != nullptr && context_ != nullptr);
}

Mac Hmac::digest(const Secret& key, std::uint8_t pad, std::initializer_list<base::Bytes> parts) {
  std::array<std::uint8_t, kBlockBytes> block;
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  bool done = EVP_DigestInit_ex2(context_.get(), sha256_.get(), nullptr) == 1 &&
              EVP_DigestUpdate(context_.get(), block.data(), block.size()) == 1;
  for (const base::Bytes part : parts) {
    done = done && EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1;
  }
  Mac code;
  done = done && EVP_DigestFinal_ex(context_.get(), code.data(), nullptr) == 1;
  HOLTER_ASSERT(done);
  return code;
}

Mac Hmac::operator()(const Secret& key, std::initializer_list<base::Bytes> parts) {
  const Mac inner = digest(key, kInner, parts);
  return digest(key, kOuter, {inner});
}

bool same_code(base::Bytes left, base::Bytes right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace holter::heartbeat
