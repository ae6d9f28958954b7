#include "app/line_certificate.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "env/linux/files.h"
#include "env/linux/test_directory.h"

namespace holter::app {
namespace {

class LineCertificate : public testing::Test {
 protected:
  base::Result<env::TlsPem> read(const std::string& certificate = {}, const std::string& key = {}) {
    return read_or_make(files_, paths_, {certificate, key, "attic", base::WallTime::from_nanoseconds(1'772'368'496)});
  }

  env_linux::Files files_;
  env_linux::TestDirectory directory_;
  Paths paths_{directory_ / "", directory_ / ""};
};

TEST_F(LineCertificate, IsMadeOnceAndForNobodyElseToRead) {
  const auto made = read();
  ASSERT_TRUE(made) << made.error().message;
  struct stat key{};
  ASSERT_EQ(::stat(paths_.tls_key().c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777U, 0600U);
  const auto again = read();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->certificate, made->certificate);
  EXPECT_EQ(again->private_key, made->private_key);
}

TEST_F(LineCertificate, HalfOfAPairIsMadeAnew) {
  const auto made = read();
  ASSERT_TRUE(files_.remove(paths_.tls_certificate()));
  const auto again = read();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_NE(again->private_key, made->private_key);
}

TEST_F(LineCertificate, WhatIsWrongIsSaidWithItsFile) {
  ASSERT_TRUE(read());
  const auto missing = read(directory_ / "none.pem", paths_.tls_key());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("none.pem"), std::string::npos) << missing.error().message;
  EXPECT_TRUE(read(paths_.tls_certificate(), paths_.tls_key()));
  EXPECT_FALSE(read(paths_.tls_key(), paths_.tls_certificate()));
  ASSERT_TRUE(env::replace_text(files_, paths_.tls_key(), "garbage"));
  const auto damaged = read();
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().message.find("remove both files"), std::string::npos) << damaged.error().message;
}

}  // namespace
}  // namespace holter::app
