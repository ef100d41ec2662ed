#pragma once

namespace superpose::cli {

/// The whole `superpose` command. argv: argc arguments, the first one the program's name. Says in one line
/// why it failed, if it does. returns: an exit status.
int command_line(int argc, const char* const* argv);

}  // namespace superpose::cli
