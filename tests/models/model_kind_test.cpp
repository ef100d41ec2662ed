#include "superpose/models/model_kind.h"

#include <gtest/gtest.h>

#include <string>

namespace superpose {
namespace {

constexpr ModelKind kKinds[] = {ModelKind::kLinear,     ModelKind::kReluOutput, ModelKind::kGeluOutput,
                                ModelKind::kReluHidden, ModelKind::kUntied,     ModelKind::kAbsoluteValue};

TEST(ModelKind, IsFoundByItsName) {
  for (const ModelKind kind : kKinds) EXPECT_EQ(find_model_kind(name(kind)), kind);
  EXPECT_EQ(name(ModelKind::kReluOutput), "relu_output");
}

TEST(ModelKind, IsNotFoundByAnythingElse) {
  for (const char* name : {"", "relu", "Linear", "linear ", "relu_output, untied"})
    EXPECT_EQ(find_model_kind(name), std::nullopt) << name;
}

TEST(ModelKind, IsListedWithAllOthersInTheirOrder) {
  EXPECT_EQ(model_kind_names(), "linear, relu_output, gelu_output, relu_hidden, untied, absolute_value");
}

/// "x' = ReLU(W2 h + b), h = W1^T x": what the header says that a kind computes, and is trained towards.
std::string equation(ModelKind kind) {
  const KindParts part = parts(kind);
  const auto applied = [](Activation activation, const std::string& sum) {
    switch (activation) {
      case Activation::kIdentity:
        return sum;
      case Activation::kRelu:
        return "ReLU(" + sum + ")";
      case Activation::kGelu:
        break;
    }
    return "GELU(" + sum + ")";
  };
  return "x' = " + applied(part.output, std::string(part.tied ? "W" : "W2") + " h + b_final") +
         ", h = " + applied(part.hidden, std::string(part.tied ? "W" : "W1") + "^T x") +
         (part.absolute_target ? ", trained towards |x|" : "");
}

TEST(ModelKind, IsMadeOfTheEquationsParts) {
  EXPECT_EQ(equation(ModelKind::kLinear), "x' = W h + b_final, h = W^T x");
  EXPECT_EQ(equation(ModelKind::kReluOutput), "x' = ReLU(W h + b_final), h = W^T x");
  EXPECT_EQ(equation(ModelKind::kGeluOutput), "x' = GELU(W h + b_final), h = W^T x");
  EXPECT_EQ(equation(ModelKind::kReluHidden), "x' = ReLU(W h + b_final), h = ReLU(W^T x)");
  EXPECT_EQ(equation(ModelKind::kUntied), "x' = ReLU(W2 h + b_final), h = W1^T x");
  EXPECT_EQ(equation(ModelKind::kAbsoluteValue),
            "x' = ReLU(W2 h + b_final), h = ReLU(W1^T x), trained towards |x|");
}

}  // namespace
}  // namespace superpose
