#include "superpose/experiment/toml_depth.h"

#include <algorithm>
#include <vector>

namespace superpose {
namespace {

class LevelCounter {
 public:
  explicit LevelCounter(std::string_view text) : text_(text) {}

  std::optional<TextPosition> find_too_deep() {
    while (at_ < text_.size()) {
      step();
      if (levels() > kMostTomlLevels) return position();
    }
    return std::nullopt;
  }

 private:
  struct Bracket {
    bool is_table;
    std::size_t levels_outside;
  };

  /// Reads a character, or a string or comment as a whole.
  void step() {
    const char c = text_[at_];
    switch (c) {
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size());
        return;
      case '"':
      case '\'':
        skip_string(c);
        return;
      case '\n':
        end_line();
        break;
      case '[':
        begins_statement() ? begin_header() : open(false);
        break;
      case '{':
        open(true);
        break;
      case ']':
      case '}':
        close();
        break;
      case '.':
        if (in_key_) ++parts_;
        break;
      case '=':
        in_key_ = false;
        break;
      case ',':
        begin_member();
        break;
      default:
        break;
    }
    ++at_;
  }

  void skip_string(char quote) {
    const auto quotes = [&] { return std::min(text_.find_first_not_of(quote, at_), text_.size()) - at_; };
    const bool escapes = quote == '"';
    const bool many_lines = quotes() >= 3;
    at_ += many_lines ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == quote && !many_lines) {
        ++at_;
        return;
      }
      if (c == quote && quotes() >= 3) {
        at_ += std::min<std::size_t>(quotes(), 5);  // up to two quotes may belong to the string
        return;
      }
      if (c == '\n' && !many_lines) return;  // not TOML
      at_ += escapes && c == '\\' ? 2 : 1;
    }
  }

  /// Whether a bracket begins a header. TOML wants it first in its line; this is more lenient.
  [[nodiscard]] bool begins_statement() const { return brackets_.empty() && in_key_ && !in_header_; }

  /// A table's header. Its parts are levels of everything that follows.
  void begin_header() {
    in_header_ = in_key_ = true;
    header_levels_ = 0;
    parts_ = 1;
  }

  void open(bool is_table) {
    if (in_header_) return;  // the second bracket of [[
    brackets_.push_back({is_table, levels()});
    begin_member();
  }

  void close() {
    if (in_header_) {
      header_levels_ = levels();
      in_header_ = in_key_ = false;
      parts_ = 0;
    } else if (!brackets_.empty()) {
      brackets_.pop_back();
      parts_ = 0;
    }
  }

  void begin_member() {
    in_key_ = !in_header_ && !brackets_.empty() && brackets_.back().is_table;
    parts_ = in_key_ ? 1 : 0;
  }

  void end_line() {
    if (!brackets_.empty()) return;
    in_header_ = false;
    in_key_ = true;
    parts_ = 1;
  }

  [[nodiscard]] std::size_t levels() const {
    const std::size_t outside = brackets_.empty() ? header_levels_ : brackets_.back().levels_outside + 1;
    return outside + parts_;
  }

  /// The place of the character that was read last.
  [[nodiscard]] TextPosition position() const {
    const std::string_view before = text_.substr(0, at_ - 1);
    const auto lines = static_cast<std::size_t>(std::ranges::count(before, '\n'));
    return {lines + 1, before.size() - (before.rfind('\n') + 1) + 1};  // npos + 1 is 0
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_header_ = false;
  bool in_key_ = true;             ///< true: dots separate parts of a key; false: they are in numbers
  std::size_t parts_ = 1;          ///< parts of the key being read, or of the key whose value is being read
  std::size_t header_levels_ = 0;  ///< of the last header
  std::vector<Bracket> brackets_;  ///< brackets that are open
};

}  // namespace

std::optional<TextPosition> find_too_deep(std::string_view text) {
  return LevelCounter(text).find_too_deep();
}

}  // namespace superpose
