#include "superpose/paper/privileged.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/paper/hand_made.h"

namespace superpose::paper {
namespace {

TEST(InhibitionClaims, HoldWhereNearlyAllAreInhibitedAndNotOtherwise) {
  using Models = std::vector<std::vector<AsymmetricNeuron>>;
  const auto claims = [](const Models& models, bool finite = true) {
    return inhibition_claims(models, finite);
  };
  const Claims inhibited = claims({{neuron(3), neuron(2)}, {}});
  EXPECT_TRUE(inhibited[0].holds() && inhibited[1].holds());
  EXPECT_EQ(inhibited[0].measured, 2);
  EXPECT_EQ(inhibited[0].seeds, 2);

  const Claims half = claims({{neuron(3)}, {neuron(1)}});
  EXPECT_TRUE(half[0].holds());
  EXPECT_EQ(half[1].measured, 0.5);
  EXPECT_FALSE(half[1].holds());

  for (const Claim& claim : claims({{neuron(1)}})) EXPECT_FALSE(claim.holds()) << claim.claim;
  EXPECT_FALSE(claims({{}})[1].holds());
  EXPECT_EQ(measured_text(claims({{}})[1]), "nothing to measure");
  for (const Claim& claim : claims({{neuron(3)}}, /*finite=*/false))
    EXPECT_EQ(measured_text(claim), "not finite");
}

}  // namespace
}  // namespace superpose::paper
