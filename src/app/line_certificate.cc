#include "app/line_certificate.h"

#include "env/linux/tls_identity.h"

namespace holter::app {
namespace {

constexpr std::size_t kMaxPemBytes = 256 * 1024;

base::Result<env::TlsPem> read_pair(env::Files& files, const std::string& certificate, const std::string& key) {
  const auto certificate_text = env::read_text(files, certificate, kMaxPemBytes);
  if (!certificate_text) return certificate_text.error();
  const auto key_text = env::read_text(files, key, kMaxPemBytes);
  if (!key_text) return key_text.error();
  const env::TlsPem pem{*certificate_text, *key_text};
  if (const auto fits = env_linux::TlsIdentity::create(pem); !fits) {
    return base::with_context(certificate + " and " + key, fits.error());
  }
  return pem;
}

}  // namespace

env::Task<base::Result<env::TlsPem>> certificate_of(env::Env env, config::Settings settings, Paths paths) {
  if (settings.heartbeat.lines.empty()) co_return env::TlsPem();
  const CertificateWish wish{settings.heartbeat.certificate, settings.heartbeat.private_key,
                             settings.name.empty() ? env.host.name() : settings.name, env.clock.wall_now()};
  auto work = [&env, &paths, &wish] { return read_or_make(env.files, paths, wish); };
  auto pem = co_await env.offload.run(work);
  if (!pem) co_return base::with_context("no certificate for lines over TLS", pem.error());
  co_return pem;
}

base::Result<env::TlsPem> read_or_make(env::Files& files, const Paths& paths, const CertificateWish& wish) {
  if (!wish.certificate.empty()) return read_pair(files, wish.certificate, wish.private_key);
  auto own = read_pair(files, paths.tls_certificate(), paths.tls_key());
  if (own) return own;
  if (own.error().kind != base::ErrorKind::not_found) {
    return base::with_context("remove both files, and others are made", own.error());
  }
  auto made = env_linux::make_self_signed(wish.host, wish.now);
  if (!made) return made.error();
  if (auto kept = env::replace_text(files, paths.tls_key(), made->private_key); !kept) return kept.error();
  if (auto kept = env::replace_text(files, paths.tls_certificate(), made->certificate); !kept) return kept.error();
  return made;
}

}  // namespace holter::app
