#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "superpose/paper/catalogue.h"
#include "superpose/paper/dynamics.h"
#include "superpose/paper/predicates.h"
#include "superpose/paper/privileged.h"
#include "superpose/paper/study_claims.h"
#include "tests/paper/hand_made.h"
#include "tests/paper/measure_briefly.h"
#include "tests/paper/paper_page.h"

// Every claim of every entry: that it stands on docs/paper.md as the program makes it, and can come out
// false.
namespace superpose::paper {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

/// What makes an entry's claims fail, though its models are finite: training that is cut short (no change but
/// that), or another experiment. Several where no single one makes all of them fail.
using Changes = std::vector<std::string>;
const std::map<std::string, std::vector<Changes>>& spoilers() {
  static const std::map<std::string, std::vector<Changes>> all{
      {"intro", {{}}},
      // Hardly fewer dimensions than features: those that are represented have one each.
      {"features",
       {{},
        {"n_hidden=19", "steps=600", "lr=0.01", "batch_size=256", "n_instances=2",
         "feature_probability=[1, 0.09]"}}},
      {"phase-2-1", {{}}},
      {"phase-3-2", {{}}},
      {"geometry", {{"n_features=30", "n_hidden=5"}}},
      {"perturbed-pentagon", {{}}},
      {"correlated", {{}}},
      // Weight decay shrinks the pairs.
      {"collapse",
       {{}, {"steps=400", "lr=0.02", "batch_size=256", "weight_decay=4", "restarts=2", "n_instances=4"}}},
      {"dynamics", {{}}},
      {"adversarial", {{"n_features=10", "n_hidden=2"}}},
      // As many neurons as features, and all of them dense.
      {"privileged-basis",
       {{},
        {"n_features=3", "n_hidden=3", "steps=1500", "lr=0.005", "batch_size=256", "n_instances=2",
         "restarts=8", "feature_probability=0.75"}}},
      // Two neurons a feature, and all of them dense.
      {"absolute-value",
       {{},
        {"n_features=3", "n_hidden=6", "steps=600", "lr=0.02", "batch_size=256", "n_instances=2",
         "feature_probability=1.0", "importance=1"}}}};
  return all;
}

TEST(Claims, OfEveryEntryAreSpoiled) {
  std::vector<std::string> spoiled, entries;
  for (const auto& [name, changes] : spoilers()) spoiled.push_back(name);
  for (const CatalogueEntry& entry : catalogue()) {
    if (!entry.is_study) entries.push_back(entry.name);
  }
  EXPECT_THAT(spoiled, testing::UnorderedElementsAreArray(entries));
}

/// Inputs made by hand on which claims come out false, of entries whose numbers take a training too long for
/// a test, and of the studies.
std::map<std::string, Claims> measured_by_hand() {
  std::map<std::string, Claims> all;
  const auto add = [&](const std::string& entry, const Claims& claims) {
    std::ranges::copy(claims, std::back_inserter(all[entry]));
  };
  // Features 1 and 2 are the most important ones and share a dimension; or five share two.
  const std::vector<float> importance = {0.1F, 1, 1, 0.1F, 0.1F};
  add("features", onset_claims(std::vector{instance({1, 0, 0, 1, 0, -1, 0, 0, 0, 0}, 2)}, importance));
  add("features", onset_claims(std::vector{instance(at_angles({0, 72, 144, 216, 288}), 2)}, importance));

  // Antipodal pairs keep only a part of their features.
  add("phase-2-1", PhaseDiagram(1, 0.8F).claims());
  add("phase-3-2", PhaseDiagram(2, 0.8F).claims());
  add("perturbed-pentagon", Perturbed({0.2, 0.4, 0.8, 1.6, 3.2}, 0.55F).claims());

  // The dimensionality rises gradually; or the loss falls evenly, whatever jumps.
  add("dynamics", jump_claims(std::vector{jumping(40)}, /*finite=*/true));
  Course even = jumping();
  for (std::size_t row = 0; row < even.rows(); ++row) even.loss[row] = 3 - 0.01 * static_cast<double>(row);
  add("dynamics", jump_claims(std::vector{even}, /*finite=*/true));
  add("adversarial", vulnerability_claims(vulnerability_over({1, 2, 3}, -1), 1));
  const std::vector<std::vector<AsymmetricNeuron>> not_inhibited = {{neuron(1)}};
  add("absolute-value", inhibition_claims(not_inhibited, /*finite=*/true));

  // No map keeps all distances, and maps of points that have more dimensions keep them worse; the distortion
  // falls as k^(-1/4).
  const study::JohnsonLindenstrauss maps{.n_dimensions = {10, 90}, .eps = {0.5, 0.3, 0.1}, .trials = 4};
  auto bad_maps = ideal_maps(maps);
  std::ranges::fill(bad_maps.share_beyond, 0.01F);
  for (std::size_t i = 0; i < bad_maps.distortion.size(); ++i) {
    const float of_more_dimensions = 2 * i < bad_maps.distortion.size() ? 1.0F : 1.2F;
    bad_maps.distortion[i] = of_more_dimensions * std::sqrt(bad_maps.distortion[i]);
  }
  add("johnson-lindenstrauss", claims_of(maps, bad_maps));

  // As many vectors fit as a power of the number of dimensions; or exponentially many, but few more in each
  // further dimension, and fewer when they spread out.
  const study::AlmostOrthogonal packing{.drawn_dimensions = {8, 16, 24, 32, 40},
                                        .most_drawn = 100000,
                                        .spread_dimensions = {8, 16, 24, 32, 40},
                                        .most_spread = 100000};
  add("almost-orthogonal",
      claims_of(packing, packing_of(packing, [](auto d) { return std::pow(static_cast<double>(d), 2.5); })));
  auto slow = packing_of(packing, [](auto d) { return 60 * std::exp(0.01 * static_cast<double>(d)); });
  for (auto& count : slow.spread) count /= 3;
  slow.known_coherence = {0.9F, 0.1F, 0.9F, 0.1F, 0.9F};  // above the bound, and below it
  add("almost-orthogonal", claims_of(packing, slow));

  // Toy models need ever fewer dimensions the sparser their features are, and the smaller ones, which come
  // first, half as much again; or half as many values as measurements are recovered, however many those are.
  const study::CompressedSensing sensing{.n = 2000, .grid = 60};
  auto small = sensing_of(sensing, 1.5);
  for (std::size_t i = 0; i < sensing.feature_probability.size(); ++i)
    small.dimensions_per_feature[i] *= 1.5F;
  add("compressed-sensing", claims_of(sensing, small));
  auto linear = small;
  for (std::size_t i = 0; i < linear.recovered.size(); ++i)
    linear.recovered[i] = 2 * linear.k[i] < linear.m[i / 60] ? 1.0F : 0.0F;
  add("compressed-sensing", claims_of(sensing, linear));
  return all;
}

/// All that is measured here, by entry.
const std::map<std::string, Claims>& measured() {
  static const auto measured = [] {
    auto all = measured_by_hand();
    for (const auto& [name, changes] : spoilers()) {
      for (const Changes& change : changes)
        std::ranges::move(measure_briefly(name, change), std::back_inserter(all[name]));
    }
    return all;
  }();
  return measured;
}

// None is excepted. A claim whose number takes a training too long for a test is measured by hand.
TEST(Claims, CanEachComeOutFalse) {
  const auto rows = claims_on_page();
  EXPECT_THAT(rows, testing::SizeIs(testing::Gt(70)));
  for (const ClaimOnPage& row : rows) {
    for (const std::string& entry : row.entries) {
      EXPECT_TRUE(std::ranges::any_of(measured().at(entry),
                                      [&](const Claim& claim) {
                                        return row.is_about(claim) && std::isfinite(claim.measured) &&
                                               !claim.holds();
                                      }))
          << entry << ": " << row.claim << ": give it an input on which it comes out false";
    }
  }
}

TEST(Claims, StandOnThePageAsTheyAreMade) {
  const auto rows = claims_on_page();
  for (const CatalogueEntry& entry : catalogue()) {
    std::vector<ClaimOnPage> of_entry;
    std::ranges::copy_if(rows, std::back_inserter(of_entry), [&](const ClaimOnPage& row) {
      return std::ranges::find(row.entries, entry.name) != row.entries.end();
    });
    const Claims& claims = measured().at(entry.name);
    for (const Claim& claim : claims) {
      EXPECT_EQ(std::ranges::count_if(of_entry, [&](const auto& row) { return row.is_about(claim); }), 1)
          << entry.name << ": " << claim.claim;
    }
    for (const ClaimOnPage& row : of_entry) {
      SCOPED_TRACE(entry.name + ": " + row.claim);
      EXPECT_TRUE(std::ranges::any_of(claims, [&](const Claim& claim) {
        return row.is_about(claim) && claim.expected().starts_with(row.criterion);
      })) << row.criterion;
      for (const std::string& figure : row.figures) EXPECT_THAT(entry.figures, Contains(figure));
    }
  }
}

TEST(Claims, HaveNoNumberWhereModelsHaveDiverged) {
  for (const auto& [name, changes] : spoilers()) {
    Changes small = changes.front();
    small.emplace_back("lr=1e30");
    const Claims claims = measure_briefly(name, small);
    EXPECT_THAT(claims, Not(IsEmpty()));
    for (const Claim& claim : claims) {
      EXPECT_FALSE(std::isfinite(claim.measured)) << name << ": " << claim.claim << " " << claim.measured;
      EXPECT_FALSE(claim.holds()) << name << ": " << claim.claim;
    }
  }
}

TEST(Claims, AreTheSameTwice) {
  for (const auto& [name, changes] : spoilers())
    EXPECT_EQ(to_json(measure_briefly(name, changes.front())),
              to_json(measure_briefly(name, changes.front())));
}

}  // namespace
}  // namespace superpose::paper
