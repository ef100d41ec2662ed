#include "superpose/store/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include "superpose/core/error.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Files, ReadsBackWhatItWrote) {
  const TemporaryDirectory directory;
  const std::string text = std::string("one\r\ntwo\0three", 14) + std::string(200'000, 'x');
  write_whole(directory / "text", text);
  EXPECT_EQ(read_text(directory / "text"), text);
  const auto bytes = read_bytes(directory / "text");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), text);

  write_whole(directory / "text", std::string_view());
  EXPECT_EQ(read_text(directory / "text"), "");
  EXPECT_THAT(names_in(directory.path()), ElementsAre("text"));
}

TEST(Files, SaysWhyAFileCannotBeRead) {
  const TemporaryDirectory directory;
  const std::string missing = (directory / "missing").string();
  EXPECT_EQ(message_of<InvalidRequest>([&] { read_text(missing); }), missing + ": no such file");
  EXPECT_EQ(message_of<InvalidRequest>([&] { read_bytes(directory.path()); }),
            directory.path().string() + ": cannot be read: is a directory");
  EXPECT_EQ(message_of<InvalidRequest>([] { read_text(""); }), "\"\": no such file");
  write_whole(directory / "file", "text");
  const std::string below = (directory / "file/below").string();
  EXPECT_EQ(message_of<InvalidRequest>([&] { read_text(below); }),
            below + ": cannot be read: not a directory");
}

TEST(Files, ReadsWhatIsNoOrdinaryFile) {
  const TemporaryDirectory directory;
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(directory / "pipe") << "through a pipe"; });
  EXPECT_EQ(read_text(directory / "pipe"), "through a pipe");
  writer.join();
}

TEST(Files, AFailedWriteLeavesTheOldFileAndNothingElse) {
  const TemporaryDirectory directory;
  write_whole(directory / "file", "old");

  // The limit on the size of files stands in for a full disk; in a child, as it is the process's.
  const pid_t child = ::fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 1000, .rlim_max = 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string message =
        message_of<Error>([&] { write_whole(directory / "file", std::string(5000, 'x')); });
    ::_exit(message == (directory / "file").string() + ": cannot be written: file too large" ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the write succeeded or said something else";
  EXPECT_EQ(read_text(directory / "file"), "old");
  EXPECT_THAT(names_in(directory.path()), ElementsAre("file"));
}

TEST(Files, SaysWhyAFileCannotBeWritten) {
  const TemporaryDirectory directory;
  const std::string below = (directory / "missing/file").string();
  EXPECT_EQ(message_of<Error>([&] { write_whole(below, "text"); }),
            below + ": cannot be written: no such directory");
  fs::create_directory(directory / "directory");
  EXPECT_THROW(write_whole(directory / "directory", "text"), Error);
  EXPECT_THAT(names_in(directory.path()), ElementsAre("directory"));
}

TEST(Files, AReaderSeesTheOldFileOrTheNewOne) {
  const TemporaryDirectory directory;
  const std::string a(100'000, 'a'), b(150'000, 'b');
  write_whole(directory / "file", a);
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i) write_whole(directory / "file", i % 2 == 0 ? b : a);
  });
  for (int i = 0; i < 200; ++i) {
    const std::string text = read_text(directory / "file");
    EXPECT_TRUE(text == a || text == b) << text.size();
  }
  writer.join();
}

TEST(Files, WritesThroughALink) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "elsewhere");
  write_whole(directory / "elsewhere/file", "old");
  fs::create_symlink("elsewhere/file", directory / "link");
  fs::create_symlink(directory / "link", directory / "link of a link");
  write_whole(directory / "link of a link", "new");
  EXPECT_EQ(read_text(directory / "elsewhere/file"), "new");
  EXPECT_TRUE(fs::is_symlink(directory / "link"));
  EXPECT_TRUE(fs::is_symlink(directory / "link of a link"));

  fs::create_symlink("elsewhere/not there", directory / "dangling");
  write_whole(directory / "dangling", "made");
  EXPECT_EQ(read_text(directory / "elsewhere/not there"), "made");

  fs::create_symlink("circle", directory / "circle");
  EXPECT_EQ(message_of<Error>([&] { write_whole(directory / "circle", "text"); }),
            (directory / "circle").string() + ": cannot be written: too many levels of symbolic links");
}

TEST(ReadText, EndsEvenWhereTheFileDoesNot) {
  EXPECT_EQ(message_of<InvalidRequest>([] { (void)read_text("/dev/zero"); }),
            "/dev/zero: expected at most 268435456 bytes, got more");
}

TEST(WritableDirectory, IsMadeWithItsParentsAndLeftEmpty) {
  const TemporaryDirectory directory;
  make_writable_directory(directory / "a/b/c/");
  EXPECT_TRUE(fs::is_directory(directory / "a/b/c"));
  EXPECT_THAT(names_in(directory / "a/b/c"), IsEmpty());
  make_writable_directory(directory / "a/b/c");
  make_writable_directory(directory / "d/../e");
  EXPECT_TRUE(fs::is_directory(directory / "e"));
  make_directory_of(directory / "f/g/figure.svg");
  EXPECT_THAT(names_in(directory / "f/g"), IsEmpty());
}

TEST(WritableDirectory, SaysWhatIsInTheWay) {
  const TemporaryDirectory directory;
  write_whole(directory / "file", "text");
  const std::string file = (directory / "file").string();
  const std::string below = (directory / "file/a/b").string();
  EXPECT_EQ(message_of<InvalidRequest>([&] { make_writable_directory(file); }),
            file + ": cannot be written to: not a directory");
  EXPECT_EQ(message_of<InvalidRequest>([&] { make_writable_directory(below); }),
            below + ": cannot be written to: not a directory");
  EXPECT_THROW(make_writable_directory(""), InvalidRequest);
  EXPECT_EQ(read_text(file), "text");
}

TEST(WritableDirectory, LeavesNothingWhenItFailsHalfWay) {
  const TemporaryDirectory directory;
  EXPECT_THROW(make_writable_directory(directory / "a/b" / std::string(300, 'x') / "c"), InvalidRequest);
  EXPECT_THAT(names_in(directory.path()), IsEmpty());
}

TEST(WritableDirectory, RefusesOneWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "the superuser may write anywhere";
  const TemporaryDirectory directory;
  fs::create_directory(directory / "mine");
  fs::permissions(directory / "mine", fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THROW(make_writable_directory(directory / "mine"), InvalidRequest);
  EXPECT_THROW(make_writable_directory(directory / "mine/below"), InvalidRequest);
}

TEST(WritableDirectory, CleansUpAfterAKilledProcess) {
  const TemporaryDirectory directory;
  const auto left = directory.path() / ".probe.123-4.tmp";
  write_whole(left, "");
  make_writable_directory(directory.path());
  EXPECT_FALSE(is_there(left));
}

}  // namespace
}  // namespace superpose::store
