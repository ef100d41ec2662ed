#include "superpose/store/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "superpose/core/error.h"
#include "superpose/store/files.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Directory, WritesWhereItWasOpenedEvenIfItMoves) {
  const TemporaryDirectory directory;
  const Directory claimed = Directory::claim(directory / "out");
  claimed.write_whole("a", "before");
  EXPECT_FALSE(claimed.is_moved());
  fs::rename(directory / "out", directory / "moved");
  EXPECT_TRUE(claimed.is_moved());
  const Directory other = Directory::claim(directory / "out");
  EXPECT_TRUE(claimed.is_moved()) << "another has its name";
  other.write_whole("a", "another's");
  claimed.write_whole("b", "after");
  claimed.remove("a");
  Directory::make("below", &claimed).write_whole("c", "deep");
  EXPECT_THAT(names_in(directory / "out"), ElementsAre("a"));
  EXPECT_THAT(names_in(directory / "moved"), ElementsAre("b", "below"));
  EXPECT_EQ(read_text(directory / "moved/below/c"), "deep");
  EXPECT_EQ(claimed.read_text("b"), "after");
}

TEST(Directory, IsClaimedByOne) {
  const TemporaryDirectory directory;
  {
    const Directory first = Directory::claim(directory.path());
    EXPECT_EQ(message_of<InvalidRequest>([&] { Directory::claim(directory.path()); }),
              directory.path().string() + ": another run is writing to it");
    EXPECT_NO_THROW(Directory::open(directory.path())) << "reading is for everybody";
  }
  EXPECT_NO_THROW(Directory::claim(directory.path()));
  EXPECT_THAT(names_in(directory.path()), IsEmpty());
}

TEST(Directory, IsSharedByMany) {
  const TemporaryDirectory parent;
  const fs::path path = parent / "shared";
  const auto claim = [&] { return message_of<InvalidRequest>([&] { Directory::claim(path); }); };
  const std::string refusal = path.string() + ": another run is writing to it";
  const auto first = Directory::share(path);
  {
    const auto second = Directory::share(path);
    EXPECT_EQ(claim(), refusal);
    EXPECT_EQ(message_of<InvalidRequest>([&] { first.claim_alone(); }), refusal);
  }
  first.claim_alone();
  EXPECT_EQ(message_of<InvalidRequest>([&] { Directory::share(path); }), refusal);
  first.share_claim();
  EXPECT_NO_THROW(Directory::share(path));
}

TEST(Directory, SaysWhyItCannotBeOpened) {
  const TemporaryDirectory directory;
  const std::string missing = (directory / "missing").string();
  EXPECT_EQ(message_of<InvalidRequest>([&] { Directory::open(missing); }), missing + ": no such directory");
  EXPECT_EQ(message_of<InvalidRequest>([] { Directory::open(""); }), "\"\": no such directory");
  EXPECT_FALSE(Directory::open_if_there(missing));
  write_whole(directory / "file", "text");
  const std::string file = (directory / "file").string();
  EXPECT_EQ(message_of<InvalidRequest>([&] { Directory::open(file); }),
            file + ": expected a directory, got a file");
}

/// Does it as a user who may do little, in a child process; as who one is already, if that is no superuser.
/// returns: what it says.
std::string as_somebody(const std::function<std::string()>& act) {
  if (::geteuid() != 0) return act();
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = ::setuid(65534) == 0 ? act() : "cannot be somebody else";
    [[maybe_unused]] const auto written = ::write(ends[1], said.data(), said.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said;
  char chunk[256];
  for (ssize_t got = 0; (got = ::read(ends[0], chunk, sizeof chunk)) > 0;)
    said.append(chunk, static_cast<std::size_t>(got));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

TEST(Directory, SaysThatPermissionIsDenied) {
  const TemporaryDirectory directory;
  fs::permissions(directory.path(), fs::perms::all);
  const fs::path closed = directory / "closed", kept = directory / "kept";
  for (const auto& path : {closed, kept}) fs::create_directory(path);
  write_whole(kept / "file", "text");
  fs::permissions(closed, fs::perms::none);
  // May be listed, but nothing in it can be looked at.
  fs::permissions(kept, fs::perms::owner_read | fs::perms::others_read | fs::perms::group_read);
  const auto opening = [&] { return message_of<InvalidRequest>([&] { Directory::open(closed); }); };
  EXPECT_EQ(as_somebody(opening), closed.string() + ": cannot be read: permission denied");
  const auto asking = [&] {
    return message_of<InvalidRequest>([&] { (void)Directory::open(kept).has("file"); });
  };
  EXPECT_EQ(as_somebody(asking), (kept / "file").string() + ": cannot be read: permission denied");
  for (const auto& path : {closed, kept}) fs::permissions(path, fs::perms::owner_all);
}

TEST(Directory, ReplacesLinksAndTellsOfThem) {
  const TemporaryDirectory directory;
  write_whole(directory / "kept", "theirs");
  const Directory opened = Directory::make(directory / "out");
  fs::create_symlink("../kept", directory / "out/file");
  EXPECT_EQ(opened.link("file"), fs::path("../kept"));
  opened.write_whole("file", "ours");
  EXPECT_EQ(opened.link("file"), std::nullopt);
  EXPECT_EQ(read_text(directory / "kept"), "theirs");
}

TEST(Directory, RemovesAFileThatMayBeThere) {
  const TemporaryDirectory directory;
  const Directory opened = Directory::make(directory.path());
  opened.write_whole("file", "text");
  EXPECT_TRUE(opened.has("file"));
  opened.remove("file");
  opened.remove("file");
  EXPECT_FALSE(opened.has("file"));
  Directory::make("below", &opened);
  EXPECT_THROW(opened.remove("below"), Error);
  opened.remove_empty("below");
  EXPECT_THAT(opened.names(), IsEmpty());
}

TEST(Directory, RemovesAbandonedTemporaries) {
  const TemporaryDirectory directory;
  for (const auto* name :
       {"file", ".file.123-0.tmp", ".file.9-17.tmp", ".file.keep", ".other.1-0.tmp", "file.tmp"}) {
    std::ofstream(directory / name) << name;
  }
  const Directory opened = Directory::open(directory.path());
  opened.remove_abandoned("file");
  EXPECT_THAT(opened.names(), ElementsAre(".file.keep", ".other.1-0.tmp", "file", "file.tmp"));
}

}  // namespace
}  // namespace superpose::store
