#include "apps/cli/command_line.h"

int main(int argc, char** argv) {
  return superpose::cli::command_line(argc, argv);
}
