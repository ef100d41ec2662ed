#include "superpose/run/pentagon_fits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numbers>
#include <vector>

#include "superpose/analysis/expected_loss.h"
#include "superpose/core/error.h"

namespace superpose::run {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

struct Polar {
  double degrees, length = 1;
};
std::vector<float> rows(std::initializer_list<Polar> features) {
  std::vector<float> W;
  for (const auto& [degrees, length] : features) {
    W.push_back(static_cast<float>(length * std::cos(degrees * std::numbers::pi / 180)));
    W.push_back(static_cast<float>(length * std::sin(degrees * std::numbers::pi / 180)));
  }
  return W;
}
std::vector<float> pentagon() {
  return rows({{0}, {72}, {144}, {216}, {288}});
}
std::vector<float> digons() {
  return rows({{0}, {180}, {90}, {270}, {0, 0}});
}

TEST(PentagonGeometry, OfPentagonsAlsoIrregularOnes) {
  EXPECT_EQ(pentagon_geometry(pentagon()), PentagonGeometry::kPentagon);
  // As trained beside a feature eight times as sparse, in another order.
  EXPECT_EQ(pentagon_geometry(rows({{55, 1.04}, {222, 1.04}, {138, 1.05}, {-55, 1.04}, {0, 0.98}})),
            PentagonGeometry::kPentagon);
}

TEST(PentagonGeometry, OfTwoDigonsWhateverTheFifthIsBelowHalfANorm) {
  EXPECT_EQ(pentagon_geometry(digons()), PentagonGeometry::kTwoDigons);
  EXPECT_EQ(pentagon_geometry(rows({{0, 0.4}, {180}, {90}, {270}, {0}})), PentagonGeometry::kTwoDigons);
  EXPECT_EQ(pentagon_geometry(rows({{0}, {100, 0.3}, {90}, {180}, {270}})), PentagonGeometry::kTwoDigons);
}

TEST(PentagonGeometry, OfWhatIsNeither) {
  EXPECT_EQ(pentagon_geometry(std::vector<float>(10)), PentagonGeometry::kOther);
  EXPECT_EQ(pentagon_geometry(rows({{0}, {180}, {90}, {270}, {1}})), PentagonGeometry::kOther)
      << "two on top of each other";
  EXPECT_EQ(pentagon_geometry(rows({{0}, {180}, {90}, {0, 0}, {0, 0}})), PentagonGeometry::kOther) << "three";
  EXPECT_EQ(pentagon_geometry(rows({{0}, {60}, {180}, {240}, {120}})), PentagonGeometry::kOther)
      << "a gap of 120 degrees";
  EXPECT_EQ(pentagon_geometry(rows({{0}, {60}, {130}, {200}, {0, 0}})), PentagonGeometry::kOther)
      << "no pairs";
  EXPECT_EQ(pentagon_geometry(rows({{0}, {180}, {180}, {90}, {0, 0}})), PentagonGeometry::kOther)
      << "two pairs with one feature in both";
  auto broken = pentagon();
  broken[3] = NAN;
  EXPECT_EQ(pentagon_geometry(broken), PentagonGeometry::kOther);
  EXPECT_THROW(pentagon_geometry(std::vector<float>(8)), InvalidRequest);
}

constexpr PentagonFits::Fit kNoFit{.instance = -1, .loss = -1, .geometry = PentagonGeometry::kOther};

/// An experiment of these probabilities of the last feature, those of the others being 0.1, and its models.
struct Fitted {
  Experiment experiment;
  Model model;

  Fitted(std::initializer_list<double> p, const std::vector<std::vector<float>>& W)
      : model(ModelKind::kReluOutput,
              {.n_instances = static_cast<std::int64_t>(p.size()), .n_features = 5, .n_hidden = 2}) {
    experiment.model.shape = model.shape();
    std::vector<std::vector<double>> table;
    for (const double odd : p) table.push_back({0.1, 0.1, 0.1, 0.1, odd});
    experiment.data.feature_probability = table;
    for (std::size_t i = 0; i < W.size(); ++i)
      std::ranges::copy(W[i], model.W(static_cast<std::int64_t>(i)).begin());
  }
};

TEST(PentagonFits, AreSortedByTheOddFeaturesDensityAndHaveExactLosses) {
  const Fitted fitted({0.2, 0.05, 0.2}, {pentagon(), digons(), digons()});
  const PentagonFits fits(fitted.experiment, fitted.model);
  ASSERT_THAT(fits.densities(), SizeIs(2));
  EXPECT_NEAR(fits.densities()[0].relative, 0.5, 1e-7);
  EXPECT_NEAR(fits.densities()[1].relative, 2, 1e-7);
  ASSERT_THAT(fits.densities()[1].fits, SizeIs(2));
  EXPECT_EQ(fits.densities()[1].fits[1].instance, 2);
  // Two antipodal pairs, p^2 / 3 each, and the odd feature not represented, p / 3, in the mean of five.
  EXPECT_NEAR(fits.densities()[0].lowest().value_or(kNoFit).loss, (2 * 0.01 / 3 + 0.05 / 3) / 5, 1e-7);
  EXPECT_EQ(fits.densities()[0].lowest(PentagonGeometry::kPentagon), std::nullopt);
}

TEST(PentagonFits, ChangeWhereTheTwoGeometriesAreEqual) {
  const Fitted fitted({0.02, 0.02, 0.5, 0.5}, {pentagon(), digons(), pentagon(), digons()});
  const PentagonFits fits(fitted.experiment, fitted.model);
  const auto changes = fits.changes();
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].sparser, 0U);
  const auto loss = [&](std::size_t density, PentagonGeometry geometry) {
    const auto fit = fits.densities()[density].lowest(geometry);
    return fit ? fit->loss : NAN;
  };
  const double along = std::log(changes[0].relative / 0.2) / std::log(25);
  const auto there = [&](PentagonGeometry geometry) {
    return loss(0, geometry) + along * (loss(1, geometry) - loss(0, geometry));
  };
  EXPECT_GT(along, 0);
  EXPECT_LT(along, 1);
  EXPECT_NEAR(there(PentagonGeometry::kPentagon), there(PentagonGeometry::kTwoDigons), 1e-9);

  const Fitted alone({0.02, 0.5}, {digons(), pentagon()});
  const auto halfway = PentagonFits(alone.experiment, alone.model).changes();
  ASSERT_THAT(halfway, SizeIs(1));
  EXPECT_NEAR(halfway[0].relative, 1, 1e-6) << "nothing to compare with: between 0.2 and 5";

  const Fitted same({0.02, 0.5}, {pentagon(), pentagon()});
  EXPECT_THAT(PentagonFits(same.experiment, same.model).changes(), IsEmpty());
}

TEST(PentagonFits, PassOverLossesThatAreNotFinite) {
  Fitted fitted({0.05, 0.05}, {pentagon(), digons()});
  fitted.model.b_final(0)[0] = NAN;
  const PentagonFits fits(fitted.experiment, fitted.model);
  EXPECT_EQ(fits.densities()[0].lowest().value_or(kNoFit).instance, 1);
}

TEST(PentagonFits, OtherExperimentsAreRefused) {
  const auto refused = [](const Experiment& experiment, const Model& model, const char* what) {
    EXPECT_THAT([&] { PentagonFits(experiment, model); }, ThrowsMessage<InvalidRequest>(HasSubstr(what)));
  };
  Fitted fitted({0.05}, {pentagon()});
  refused(fitted.experiment, Model(ModelKind::kLinear, fitted.model.shape()),
          "kind \"relu_output\", got \"linear\"");
  refused(fitted.experiment, Model(ModelKind::kReluOutput, {.n_features = 6, .n_hidden = 2}), "got 6 in 2");
  fitted.experiment.data.feature_probability = std::vector<std::vector<double>>{{0.1, 0.1, 0.2, 0.1, 0.1}};
  refused(fitted.experiment, fitted.model, "all features but the last, got several in instance 0");
}

}  // namespace
}  // namespace superpose::run
