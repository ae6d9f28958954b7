// A bare https client: each time a new connection, a whole handshake (no resumption) with a certificate that is
// verified against the CA and the address, a GET and its answer. One context for all.
//
//   bare_https ADDRESS TARGETS PORT SECONDS CA_FILE
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "tests/bench/bare.h"

int main(int count, char** words) {
  using holter::bench::BareRun;
  BareRun run(count, words);
  BareRun::must(count == 6, "bare_https ADDRESS TARGETS PORT SECONDS CA_FILE");
  constexpr std::string_view kQuestion = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
  std::array<char, 16 * 1024> answer;
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  BareRun::must(SSL_CTX_load_verify_locations(context, words[5], nullptr) == 1, "the CA");
  for (; run.goes_on(); run.count(1)) {
    const int fd = run.dial();
    SSL* const ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), words[1]);
    run.must(SSL_connect(ssl) == 1, "the handshake");
    run.must(SSL_write(ssl, kQuestion.data(), static_cast<int>(kQuestion.size())) > 0, "write");
    run.must(SSL_read(ssl, answer.data(), static_cast<int>(answer.size())) > 0, "read");
    SSL_shutdown(ssl);
    SSL_free(ssl);
    ::close(fd);
  }
  SSL_CTX_free(context);
  run.print();
}
