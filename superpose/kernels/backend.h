#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/core/philox.h"
#include "superpose/core/stop.h"
#include "superpose/kernels/samples.h"
#include "superpose/kernels/step.h"

/// The hot loops behind one interface, whatever machine runs them. It takes arrays and descriptors and knows
/// no models. The conformance suite (tests/kernels/conformance_test.cpp) runs over every back end.
namespace superpose::kernels {

/// The arrays that training changes, of all members or of one.
struct Parameters {
  float* W = nullptr;        ///< (members, n_features, n_hidden): W, or W1
  float* W2 = nullptr;       ///< (members, n_features, n_hidden), unused where tied
  float* b_final = nullptr;  ///< (members, n_features)
  /// (members, 2, parameters): the optimiser's two moments of W, of W2 where there is one, and of b_final.
  float* moments = nullptr;
};

/// What sets one member apart.
struct Member {
  const float* importance = nullptr;  ///< (n_features), outlives the session
  DrawnSamples drawn{};               ///< used where no samples are given
  philox::Key training_key{};         ///< seed and stream of its training samples
  philox::Key evaluation_key{};       ///< seed and stream of its evaluation samples
  std::size_t first_input = 0;        ///< where its features begin in a row of given samples
};

/// What a session is opened with.
struct SessionOptions {
  Step step{};                            ///< of every member
  std::size_t batch_size = 1;             ///< samples of a training step
  std::size_t evaluation_batch_size = 1;  ///< samples of a batch of an evaluation
  std::vector<Member> members{};
  Parameters parameters{};  ///< of all members: what they start from
  int threads = 0;          ///< threads that the host may use; 0 means all of the machine's
  /// One of BackEnd::targets(), for tests: the whole process uses it while the session lives. Empty: the
  /// best.
  std::string_view target{};
};

/// Steps that all members take.
struct Stretch {
  std::uint32_t first_step = 0;       ///< the number of the first step
  std::span<const Update> updates{};  ///< one for each step; a single one where samples are given
  /// (members), out: the loss on the last step's batch, before its update. Empty: not wanted.
  std::span<float> loss{};
  GivenSamples given{};  ///< batch_size samples, where they are given
};

/// Batches that all members are evaluated on.
struct Evaluation {
  /// Steps 0 to n_batches - 1 of the evaluation's stream; 1 where samples are given.
  std::uint32_t n_batches = 1;
  GivenSamples given{};  ///< evaluation_batch_size samples, where they are given
};

/// All members on one back end. Calls come from one thread, one at a time. To the bit, the result of a member
/// depends on its own description and parameters alone, not on other members or on threads.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// Trains every member.
  virtual void advance(const Stretch& stretch) = 0;

  /// Mean loss of every member. returns: (members), or nothing when asked to stop. Errors: what watch.look
  /// throws.
  [[nodiscard]] virtual std::optional<std::vector<double>> evaluate(const Evaluation& evaluation,
                                                                    const Watch& watch) = 0;

  /// Brings the arrays up to date with the members and returns them.
  virtual const Parameters& parameters() = 0;
  /// Continues from the values in these arrays, and uses these arrays instead of the earlier ones from now
  /// on. Call it also after writing to the arrays in use.
  virtual void set_parameters(const Parameters& parameters) = 0;

  /// About how many seconds a step of all members takes without help from other threads. Callers choose with
  /// it how many steps to ask for at once; it never decides what is computed.
  [[nodiscard]] virtual double step_seconds() const = 0;
};

/// The most that one member takes, whatever its samples. Sets of features are not counted.
struct Most {
  double step_seconds = 0;   ///< as of Session::step_seconds
  double scratch_bytes = 0;  ///< working memory of each thread
};

/// A way to run sessions. Its functions may be called from any thread, several at once, and so may those of
/// sessions that are not the same.
class BackEnd {
 public:
  BackEnd() = default;
  BackEnd(const BackEnd&) = delete;
  BackEnd& operator=(const BackEnd&) = delete;
  virtual ~BackEnd() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;

  /// What it can run on here, best first. Empty where the back end is absent.
  [[nodiscard]] virtual std::vector<std::string> targets() const = 0;

  /// Errors: InvalidRequest when the step has a part that this back end cannot do, when the back end is
  /// absent, or when it does not have the target.
  [[nodiscard]] virtual std::unique_ptr<Session> open(SessionOptions options) const = 0;

  [[nodiscard]] virtual Most most(const Step& step, std::size_t batch_size) const = 0;
};

/// The back end that runs on the host's own processor.
const BackEnd& cpu_back_end();
/// The back end that runs on a graphics processor.
const BackEnd& gpu_back_end();

/// Every back end, including those that are absent here.
std::span<const BackEnd* const> back_ends();

}  // namespace superpose::kernels
