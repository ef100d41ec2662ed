#include <cstdio>

#include "superpose/core/error.h"

void train_badly();

int main() {
  try {
    train_badly();
  } catch (const superpose::InvalidRequest& error) {
    std::printf("plugin: %s\n", error.what());
    return 0;
  }
  return 1;
}
