#include "superpose/store/checkpoint_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

#include "superpose/core/error.h"

namespace superpose::store {
namespace {

/// Writing checkpoints takes at most this share of the time, however large they are.
constexpr double kMostTimeWriting = 0.05;

}  // namespace

CheckpointWriter::CheckpointWriter(std::string noun, double seconds, Warn warn)
    : noun_(std::move(noun)), seconds_(seconds), warn_(std::move(warn)), wait_(seconds_) {}

void CheckpointWriter::write_if_due(const Write& write, const std::function<std::string()>& place) {
  const auto begin = Clock::now();
  if (begin - last_ < wait_) return;
  const auto failure = attempt(write, place());
  if (failure && !failing_ && warn_)
    warn_(fmt::format("{}; the {} goes on, and tries again later", *failure, noun_));
  failing_ = failure.has_value();
  last_ = Clock::now();
  wait_ = std::max(seconds_, Seconds(last_ - begin) / kMostTimeWriting);
}

void CheckpointWriter::write_last(const Write& write, std::string place) {
  if (const auto failure = attempt(write, std::move(place))) say(*failure, "to resume");
}

void CheckpointWriter::write_end(const Write& write, std::string place) {
  if (const auto failure = attempt(write, std::move(place))) say(*failure, fmt::format("a longer {}", noun_));
}

void CheckpointWriter::say(const std::string& failure, const std::string& what) const {
  if (!warn_) return;
  warn_(failure + "; " + what + (last_place_ ? " goes on from " + *last_place_ : " starts over"));
}

std::optional<std::string> CheckpointWriter::attempt(const Write& write, std::string place) {
  try {
    write(*directory_);
    last_place_ = std::move(place);
    return std::nullopt;
  } catch (const Error& error) {
    return error.what();
  } catch (const std::bad_alloc&) {
    return (*directory_ / kCheckpointFile).string() + ": cannot be written: out of memory";
  }
}

}  // namespace superpose::store
