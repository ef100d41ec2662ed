#include "superpose/store/available_memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

/// A machine's /proc and /sys, as far as control groups go.
class FakeMachine {
 public:
  explicit FakeMachine(const std::map<std::string, std::string>& files) {
    for (const auto& [name, text] : files) {
      const fs::path file = directory_.path() / name;
      fs::create_directories(file.parent_path());
      std::ofstream(file) << text;
    }
  }
  [[nodiscard]] std::optional<double> limit() const { return control_group_bytes(directory_.path()); }

 private:
  TemporaryDirectory directory_;
};

const std::string kVersion2 =
    "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string kVersion1 =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu rw shared:5 shared:6 - cgroup cgroup rw,cpu\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
const std::string kUnlimited1 = "9223372036854771712\n";

TEST(AvailableMemory, Version2TakesTheSmallestOnTheWayToTheRoot) {
  const auto limit = [](const std::string& own, const std::string& parent, const std::string& grandparent) {
    return FakeMachine({{"proc/self/cgroup", "0::/system.slice/slurmstepd.scope/job_7/step_0\n"},
                        {"proc/self/mountinfo", kVersion2},
                        {"sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/step_0/memory.max", own},
                        {"sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/memory.max", parent},
                        {"sys/fs/cgroup/system.slice/memory.max", grandparent}})
        .limit();
  };
  EXPECT_EQ(limit("max\n", "max\n", "max\n"), std::nullopt);
  EXPECT_EQ(limit("1073741824\n", "max\n", "max\n"), kGiB);
  EXPECT_EQ(limit("max\n", "2147483648\n", "max\n"), 2 * kGiB);
  EXPECT_EQ(limit("3221225472\n", "max\n", "1073741824\n"), kGiB);
  EXPECT_EQ(limit("1073741824\n", "2147483648\n", "3221225472\n"), kGiB);
}

TEST(AvailableMemory, Version1TakesTheSmallestOnTheWayToTheRoot) {
  const auto limit = [](const std::string& step, const std::string& job) {
    return FakeMachine({{"proc/self/cgroup",
                         "9:name=systemd:/x\n4:cpu,memory:/slurm/uid_1000/job_7/step_0\n1:cpuset:/y\n0::/\n"},
                        {"proc/self/mountinfo", kVersion1},
                        {"sys/fs/cgroup/memory/slurm/uid_1000/job_7/step_0/memory.limit_in_bytes", step},
                        {"sys/fs/cgroup/memory/slurm/uid_1000/job_7/memory.limit_in_bytes", job},
                        {"sys/fs/cgroup/memory/memory.limit_in_bytes", kUnlimited1}})
        .limit();
  };
  EXPECT_EQ(limit("1073741824\n", kUnlimited1), kGiB);
  EXPECT_EQ(limit(kUnlimited1, "2147483648\n"), 2 * kGiB);
  EXPECT_GT(limit(kUnlimited1, kUnlimited1).value_or(0), 1e18);  // so the machine's memory counts
}

TEST(AvailableMemory, BothVersionsAtATime) {
  const FakeMachine machine(
      {{"proc/self/cgroup", "4:memory:/a\n0::/b\n"},
       {"proc/self/mountinfo", kVersion1 + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"},
       {"sys/fs/cgroup/memory/a/memory.limit_in_bytes", "3221225472\n"},
       {"sys/fs/cgroup/unified/b/memory.max", "2147483648\n"}});
  EXPECT_EQ(machine.limit(), 2 * kGiB);
}

// A container sees its own group as the mount's top, whether the kernel names it in full or not.
TEST(AvailableMemory, Containers) {
  const std::string mount = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
  const auto limit = [&](const std::string& group) {
    return FakeMachine({{"proc/self/cgroup", "4:memory:" + group + "\n"},
                        {"proc/self/mountinfo", mount},
                        {"sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "1073741824\n"},
                        {"sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648\n"}})
        .limit();
  };
  EXPECT_EQ(limit("/docker/abc"), 2 * kGiB);
  EXPECT_EQ(limit("/docker/abc/inner"), kGiB);
  EXPECT_EQ(limit("/docker/abcd/inner"), 2 * kGiB);
  EXPECT_EQ(limit("/../inner"), 2 * kGiB);
  EXPECT_EQ(limit("/"), 2 * kGiB);
}

TEST(AvailableMemory, NothingWhereTheSystemDoesNotSay) {
  EXPECT_EQ(FakeMachine({}).limit(), std::nullopt);
  EXPECT_EQ(
      FakeMachine({{"proc/self/cgroup", "nonsense\n:\n0:\n"}, {"proc/self/mountinfo", "- - -\n\n1 2\n"}})
          .limit(),
      std::nullopt);
  EXPECT_EQ(FakeMachine({{"proc/self/cgroup", "0::/a\n"},
                         {"proc/self/mountinfo", kVersion2},
                         {"sys/fs/cgroup/a/memory.max", ""}})
                .limit(),
            std::nullopt);
}

TEST(AvailableMemory, ThisMachineSays) {
  EXPECT_GT(available_bytes().value_or(0), 64e6);
}

}  // namespace
}  // namespace superpose::store
