"""Prints tests/train/optimizer_fixture.h: parameters that PyTorch's optimisers reach on given gradients.

Usage: /usr/bin/python3 make_optimizer_fixture.py > ../train/optimizer_fixture.h
The start, the gradients and the learning rates follow formulas in whole numbers, which the C++ test repeats; the
gradients' sizes span seven decades, so that Adam's eps matters for some. All in float64, rounded to float32.
"""
import torch

SIZE, STEPS, SHOWN = 37, 20, (1, 2, 10, 20)
TRAJECTORIES = [
    ("adamw", "kAdamW", 0.01, lambda p: torch.optim.AdamW(p, weight_decay=0.01)),
    ("adam", "kAdam", 0.0, lambda p: torch.optim.Adam(p)),
    ("adam with L2", "kAdam", 0.1, lambda p: torch.optim.Adam(p, weight_decay=0.1)),
    ("sgd", "kSgd", 0.1, lambda p: torch.optim.SGD(p, lr=1, momentum=0.9, weight_decay=0.1)),
]


def start(i):
    return ((5 * i) % 17 - 8) / 8


def gradient(i, step):
    return ((7 * i + 13 * step) % 23 - 11) / 16 * 2.0 ** (-6 * (i % 5))


def learning_rate(step):
    return 0.01 * (1 - step / STEPS)


def trajectory(make):
    parameter = torch.tensor([start(i) for i in range(SIZE)], dtype=torch.float64, requires_grad=True)
    optimizer = make([parameter])
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = learning_rate(step)
        parameter.grad = torch.tensor([gradient(i, step) for i in range(SIZE)], dtype=torch.float64)
        optimizer.step()
        if step + 1 in SHOWN:
            yield parameter.detach().float().tolist()


def literal(value):
    text = f"{value:.9g}"
    return text + ("F" if "." in text or "e" in text else ".0F")


def rows(values):
    texts = [literal(value) for value in values]
    lines = [", ".join(texts[at:at + 8]) for at in range(0, SIZE, 8)]
    return "{" + ",\n          ".join(lines) + "}"


def main():
    entries = []
    for name, kind, decay, make in TRAJECTORIES:
        after = ",\n         ".join(rows(values) for values in trajectory(make))
        entries.append(f'    {{.name = "{name}",\n     .kind = OptimizerKind::{kind},\n     .weight_decay = {decay},\n'
                       f"     .after = {{{{\n         {after}}}}}}}")
    print(f"""// Made by tests/parity/make_optimizer_fixture.py with torch {torch.__version__}; do not edit.
// clang-format off
#pragma once

#include <array>
#include <cstdint>

#include "superpose/train/optimizer.h"

namespace superpose::optimizer_fixture {{

inline constexpr std::int64_t kSize = {SIZE}, kSteps = {STEPS};
inline constexpr std::array<std::int64_t, {len(SHOWN)}> kShown = {{{", ".join(map(str, SHOWN))}}};  ///< steps taken

constexpr double start(std::int64_t i) {{ return static_cast<double>((5 * i) % 17 - 8) / 8; }}
constexpr double gradient(std::int64_t i, std::int64_t step) {{
  return static_cast<double>((7 * i + 13 * step) % 23 - 11) / 16 / static_cast<double>(std::int64_t{{1}} << (6 * (i % 5)));
}}
constexpr double learning_rate(std::int64_t step) {{ return 0.01 * (1 - static_cast<double>(step) / kSteps); }}

/// An optimiser with PyTorch's defaults but for the weight decay, and momentum 0.9 for sgd.
struct Trajectory {{
  const char* name;
  OptimizerKind kind;
  double weight_decay;
  std::array<std::array<float, kSize>, kShown.size()> after;  ///< the parameters after kShown steps
}};

inline constexpr std::array<Trajectory, {len(TRAJECTORIES)}> kTrajectories{{{{
{("," + chr(10)).join(entries)},
}}}};

}}  // namespace superpose::optimizer_fixture
// clang-format on""")


if __name__ == "__main__":
    main()
