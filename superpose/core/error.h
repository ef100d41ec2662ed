#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace superpose {

// The exceptions are visible outside a shared object, so that a handler beyond it knows them.

/// Something failed while running: a full disk, a file that changed underneath. The command exits with 1.
class [[gnu::visibility("default")]] Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where in a request a fault is.
struct Place {
  enum class Kind {
    kNowhere,
    kFile,      ///< name: the file, or the name that messages have for a text; line and column where they are
                ///< known
    kOverride,  ///< name: "KEY=VALUE", which the command takes by --set
    kArgument,  ///< name: of a call, or of an argument: "figure intro"
  };
  Kind kind = Kind::kNowhere;
  std::string name{};
  std::int64_t line = 0, column = 0;  ///< from 1 on; 0: the file as a whole

  friend bool operator==(const Place&, const Place&) = default;
};

/// The place of a call, or of an argument: "figure intro".
Place argument_place(std::string name);

/// What is wrong with a request. Either `expected` and `got` say it, or `problem` does.
struct Fault {
  Place place{};
  std::string section{};   ///< of a file: "train"; empty elsewhere
  std::string key{};       ///< what is wrong: "steps", "tensor \"W\""; may be empty
  std::string expected{};  ///< "a whole number above 0"
  std::string got{};       ///< "-3"; empty where nothing is worth repeating
  std::string problem{};   ///< "unknown key `step`"
  std::string hint{};      ///< what may help: "did you mean `steps`?"

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// The place as a message begins with it: "intro.toml:4:14". For an override, `before_override` comes in
/// front ("--set " on a command line): "--set seed=-1".
std::string describe(const Place& place, const std::string& before_override = "");

/// What is wrong as a message names it: "[train] steps", "[train]", "steps".
std::string qualified_key(const Fault& fault);

/// The fault on one line: `PLACE: KEY: expected EXPECTED, got GOT; HINT`.
std::string describe(const Fault& fault, const std::string& before_override = "");

/// The request was wrong: a bad flag, file, key or value. The command exits with 2 and has written nothing.
/// what() is describe(fault()): `intro.toml:4:14: [model] n_hidden: expected a whole number above 0, got 0`.
class [[gnu::visibility("default")]] InvalidRequest : public Error {
 public:
  explicit InvalidRequest(Fault fault);
  /// A fault that is one sentence. problem: one line of text. This is a template because GCC 12 would take
  /// the designated initialisers of a Fault for the two iterators of a string.
  template <std::convertible_to<std::string> Text>
  explicit InvalidRequest(const Text& problem) : InvalidRequest(Fault{.problem = problem}) {}

  [[nodiscard]] const Fault& fault() const { return fault_; }

  /// This fault with a place, and with `key` in front of its own key: for callers that know both.
  [[nodiscard]] InvalidRequest at(Place place, const std::string& key = "") const;

 private:
  Fault fault_;
};

}  // namespace superpose
