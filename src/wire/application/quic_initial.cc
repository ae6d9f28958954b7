#include "wire/application/quic_initial.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "wire/application/digest.h"

namespace holter::wire {
namespace {

constexpr std::size_t kSample = 16;    // of what is protected, for the header's mask
constexpr std::size_t kTag = 16;       // of AES-GCM
constexpr std::size_t kMaxNumber = 4;  // bytes of a packet number

using Key = std::array<std::uint8_t, 16>;
using Iv = std::array<std::uint8_t, 12>;

struct VersionWords {
  std::array<std::uint8_t, 20> salt;
  std::string_view key, iv, header;  // labels
};

constexpr VersionWords kDraft29{{0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                                 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99},
                                "quic key",
                                "quic iv",
                                "quic hp"};
constexpr VersionWords kOne{{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                             0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
                            "quic key",
                            "quic iv",
                            "quic hp"};
constexpr VersionWords kTwo{{0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                             0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
                            "quicv2 key",
                            "quicv2 iv",
                            "quicv2 hp"};

const VersionWords& words_of(QuicVersion version) {
  switch (version) {
    case QuicVersion::draft29: return kDraft29;
    case QuicVersion::one: return kOne;
    case QuicVersion::two: break;
  }
  return kTwo;
}

// HKDF-Expand-Label (RFC 8446, 7.1) of no more than one hash.
template <std::size_t N>
std::array<std::uint8_t, N> expand(const Sha256& secret, std::string_view label) {
  static_assert(N <= kSha256Bytes);
  constexpr std::string_view kPrefix = "tls13 ";
  std::array<std::uint8_t, 40> info{};
  std::size_t size = 0;
  const auto put = [&](std::size_t byte) { info.at(size++) = static_cast<std::uint8_t>(byte); };
  put(0);
  put(N);
  put(kPrefix.size() + label.size());
  for (const char c : kPrefix) put(static_cast<unsigned char>(c));
  for (const char c : label) put(static_cast<unsigned char>(c));
  put(0);  // no context
  put(1);  // the first block
  const Sha256 block = hmac_sha256(secret, Bytes(info).first(size));
  std::array<std::uint8_t, N> out{};
  std::copy_n(block.begin(), N, out.begin());
  return out;
}

struct Free {
  void operator()(EVP_CIPHER* kind) const { EVP_CIPHER_free(kind); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Free>;
using CipherKind = std::unique_ptr<EVP_CIPHER, Free>;

// Looked up once, as that costs more than the packet.
const EVP_CIPHER* aes_ecb() {
  static const CipherKind kKind(EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr));
  return kKind.get();
}
const EVP_CIPHER* aes_gcm() {
  static const CipherKind kKind(EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr));
  return kKind.get();
}

bool mask_of(const Key& key, Bytes sample, std::array<std::uint8_t, 32>& mask) {
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  return cipher && aes_ecb() != nullptr &&
         EVP_EncryptInit_ex(cipher.get(), aes_ecb(), nullptr, key.data(), nullptr) == 1 &&
         EVP_EncryptUpdate(cipher.get(), mask.data(), &size, sample.data(), static_cast<int>(kSample)) == 1;
}

bool decrypt(const Key& key, const Iv& nonce, Bytes header, Bytes sealed, OpenedInitial& out) {
  const Cipher cipher(EVP_CIPHER_CTX_new());
  std::array<std::uint8_t, kTag> tag{};
  std::copy(sealed.end() - kTag, sealed.end(), tag.begin());
  const Bytes text = sealed.first(sealed.size() - kTag);
  int size = 0, end = 0;
  if (!cipher || aes_gcm() == nullptr ||
      EVP_DecryptInit_ex(cipher.get(), aes_gcm(), nullptr, key.data(), nonce.data()) != 1 ||
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, header.data(), static_cast<int>(header.size())) != 1 ||
      EVP_DecryptUpdate(cipher.get(), out.frames.data(), &size, text.data(), static_cast<int>(text.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTag), tag.data()) != 1 ||
      EVP_DecryptFinal_ex(cipher.get(), out.frames.data() + size, &end) != 1) {
    return false;
  }
  out.size = static_cast<std::size_t>(size);
  return true;
}

}  // namespace

std::optional<OpenedInitial> open_initial(QuicVersion version, Bytes dcid, Bytes packet, std::size_t number_at) {
  if (packet.size() > kMaxQuicDatagram || packet.size() < number_at + kMaxNumber + kTag) return std::nullopt;
  const VersionWords& words = words_of(version);
  const Sha256 client = expand<kSha256Bytes>(hmac_sha256(words.salt, dcid), "client in");
  const auto key = expand<16>(client, words.key);
  auto nonce = expand<12>(client, words.iv);
  const auto header_key = expand<16>(client, words.header);

  std::array<std::uint8_t, 32> mask{};
  if (!mask_of(header_key, packet.subspan(number_at + kMaxNumber, kSample), mask)) return std::nullopt;
  std::array<std::uint8_t, kMaxQuicDatagram> header;
  std::copy_n(packet.begin(), number_at + kMaxNumber, header.begin());
  header[0] ^= mask[0] & 0x0f;
  const std::size_t number_size = (header[0] & 3U) + 1;
  OpenedInitial out;
  for (std::size_t i = 0; i < number_size; ++i) {
    header[number_at + i] ^= mask[i + 1];
    out.packet_number = out.packet_number << 8 | header[number_at + i];
  }
  for (std::size_t i = 0; i < 8; ++i)
    nonce[nonce.size() - 1 - i] ^= static_cast<std::uint8_t>(out.packet_number >> 8 * i);
  const std::size_t header_size = number_at + number_size;
  const Bytes sealed = packet.subspan(header_size);
  if (sealed.size() < kTag || !decrypt(key, nonce, Bytes(header).first(header_size), sealed, out)) return std::nullopt;
  return out;
}

}  // namespace holter::wire
