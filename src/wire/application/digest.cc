#include "wire/application/digest.h"

#include <openssl/evp.h>

#include <memory>
#include <span>

#include "base/assert.h"

namespace holter::wire {
namespace {

struct Free {
  void operator()(EVP_MD* kind) const { EVP_MD_free(kind); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Kind = std::unique_ptr<EVP_MD, Free>;

const EVP_MD* md5() {
  static const Kind kKind(EVP_MD_fetch(nullptr, "MD5", nullptr));
  return kKind.get();
}

const EVP_MD* sha256() {
  static const Kind kKind(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return kKind.get();
}

std::string digits_of(const EVP_MD* kind, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  std::string digits;
  if (kind == nullptr || EVP_Digest(text.data(), text.size(), sum.data(), &size, kind, nullptr) != 1) return digits;
  for (const unsigned char byte : std::span(sum).first(size)) (digits += kHex[byte >> 4]) += kHex[byte & 0xf];
  return digits;
}

// Over the key's block, each byte changed by `pad`, and what follows it.
bool digest_padded(EVP_MD_CTX* context, base::Bytes key, std::uint8_t pad, base::Bytes text, Sha256& out) {
  std::array<std::uint8_t, kMaxHmacKey> block{};
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  return EVP_DigestInit_ex2(context, sha256(), nullptr) == 1 &&
         EVP_DigestUpdate(context, block.data(), block.size()) == 1 &&
         EVP_DigestUpdate(context, text.data(), text.size()) == 1 &&
         EVP_DigestFinal_ex(context, out.data(), nullptr) == 1;
}

}  // namespace

std::string md5_digits(std::string_view text) { return digits_of(md5(), text); }

std::string sha256_digits(std::string_view text) { return digits_of(sha256(), text); }

Sha256 hmac_sha256(base::Bytes key, base::Bytes text) {
  constexpr std::uint8_t kInner = 0x36, kOuter = 0x5c;
  HOLTER_ASSERT(key.size() <= kMaxHmacKey);
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  Sha256 inner{}, outer{};
  const bool done = context && sha256() != nullptr && digest_padded(context.get(), key, kInner, text, inner) &&
                    digest_padded(context.get(), key, kOuter, inner, outer);
  return done ? outer : Sha256{};
}

}  // namespace holter::wire
