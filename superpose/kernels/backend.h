#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/philox.h"
#include "superpose/core/stop.h"
#include "superpose/kernels/samples.h"
#include "superpose/kernels/step.h"

/// The hot loops behind one interface, whatever machine runs them: arrays and descriptors in, no knowledge of
/// models. The conformance suite (tests/kernels/conformance_test.cpp) runs over every back end.
namespace superpose::kernels {

/// Arrays of what training changes, of all members or of one.
struct Parameters {
  float* W = nullptr;        ///< (members, n_features, n_hidden): W, or W1
  float* W2 = nullptr;       ///< (members, n_features, n_hidden), not looked at where tied
  float* b_final = nullptr;  ///< (members, n_features)
  float* moments =
      nullptr;  ///< (members, 2, parameters): the optimiser's, of W, W2 where there is one, b_final
};

/// What sets one member apart.
struct Member {
  const float* importance = nullptr;  ///< (n_features), outlives the session
  DrawnSamples drawn{};               ///< looked at where no samples are given
  philox::Key training_key{};         ///< seed and stream of the samples that it trains on
  philox::Key evaluation_key{};       ///< seed and stream of the samples that it is evaluated on
  std::size_t first_input = 0;        ///< where its features begin in a row of given samples
};

/// What a session is opened with.
struct SessionOptions {
  Step step{};                            ///< of every member
  std::size_t batch_size = 1;             ///< samples of a training step
  std::size_t evaluation_batch_size = 1;  ///< samples of a batch of an evaluation
  std::vector<Member> members{};
  Parameters parameters{};    ///< of all members: what they start from
  int threads = 0;            ///< that the host may use; 0 means all of the machine's
  std::string_view target{};  ///< one of BackEnd::targets(), for tests: the whole process uses it while the
                              ///< session lives. Empty: the best
};

/// Steps that all members take.
struct Stretch {
  std::uint32_t first_step = 0;       ///< the number of the first one
  std::span<const Update> updates{};  ///< one a step; one in all where samples are given
  std::span<float> loss{};  ///< (members), out: of the last step's batch, before its update. Or empty
  GivenSamples given{};     ///< batch_size of them, where samples are given
};

/// Batches that all members are evaluated on.
struct Evaluation {
  std::uint32_t n_batches =
      1;                 ///< steps 0 to n_batches - 1 of the evaluation's stream; 1 where samples are given
  GivenSamples given{};  ///< evaluation_batch_size of them, where samples are given
};

/// All members on one back end. Calls come from one thread, one at a time. The result of a member depends on
/// its own description and parameters alone, to the bit: not on its neighbours, nor on threads.
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

  /// The arrays, after they are brought up to date with what the members are now.
  virtual const Parameters& parameters() = 0;
  /// Goes on from what these arrays hold, and uses them from now on in the place of the earlier ones. To be
  /// called, too, after writing to the arrays in use.
  virtual void set_parameters(const Parameters& parameters) = 0;

  /// About how long a step of all members takes, in cycles of one core at some 3.5e9 a second: to choose how
  /// many steps are asked for at once, never to decide what is computed.
  [[nodiscard]] virtual double step_cycles() const = 0;
};

/// The most that one member takes, whatever its samples; sets of features apart.
struct Most {
  double step_cycles = 0;    ///< as of Session::step_cycles
  double scratch_bytes = 0;  ///< working memory that each thread takes
};

/// A way to run sessions.
class BackEnd {
 public:
  BackEnd() = default;
  BackEnd(const BackEnd&) = delete;
  BackEnd& operator=(const BackEnd&) = delete;
  virtual ~BackEnd() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;

  /// What it can run on here, best first: instruction sets or devices. Empty where it is absent.
  [[nodiscard]] virtual std::vector<std::string> targets() const = 0;

  /// Errors: InvalidRequest when the step has a part that this back end cannot do, or the back end or the
  /// target is not there.
  [[nodiscard]] virtual std::unique_ptr<Session> open(SessionOptions options) const = 0;

  [[nodiscard]] virtual Most most(const Step& step, std::size_t batch_size) const = 0;
};

/// The back end that runs on the host's own processor.
const BackEnd& cpu_back_end();
/// The back end that runs on a graphics processor.
const BackEnd& gpu_back_end();

/// Every back end, those that are absent here among them.
std::span<const BackEnd* const> back_ends();

}  // namespace superpose::kernels
