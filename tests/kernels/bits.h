#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace superpose::kernels {

/// What a case of tests/kernels/cases.h gives on every machine with fused multiply-add. Measured with AVX2;
/// NEON gives the same. A new case prints its line. A line that changes is a broken promise.
inline std::uint64_t expected_bits(const std::string& name) {
  static const std::map<std::string, std::uint64_t> expected = {
      {"100to20_batch1024_relu_permille100", 0xb716cfd200359acc},
      {"100to20_batch1024_relu_permille300_untied", 0xec17dfca626cf6c9},
      {"100to20_batch1024_relu_permille50", 0x4585d2cdfd8b14a7},
      {"100to20_batch1024_relu_permille50_signed", 0x623dea349e240c6d},
      {"100to20_batch15_relu_permille500", 0xc0d5d3e9f0883e4c},
      {"100to20_batch1_relu_permille500", 0xdbfdabc2fc627b89},
      {"100to20_batch300_relu_permille20_bias_mixed_hidden", 0x5dc50a5e83fb2c8c},
      {"100to40_batch200_relu_permille30_untied_hidden_absolute_signed", 0x5676b85acfa6743d},
      {"10to5_batch130_relu_permille500_hidden", 0xd4ef2f38d41018f9},
      {"131to7_batch1200_linear_permille20", 0xa830881ef6cd588c},
      {"13to11_batch130_linear_permille500", 0xb7f6365f059b767e},
      {"150to70_batch700_relu_permille2_bias_mixed", 0xb5e1f23d28dbdc4d},
      {"17to3_batch1024_linear_permille500", 0x246df52ac117ab94},
      {"17to3_batch15_relu_permille500", 0xd3c1b8511f0f54a5},
      {"17to3_batch1_relu_permille500", 0x54f1355d23a50ca0},
      {"1to1_batch1024_relu_permille1", 0xb66aaeb2495083d4},
      {"1to1_batch1024_relu_permille500", 0x76b586058f53ef8e},
      {"1to1_batch15_relu_permille500", 0x2828bef52e7367e7},
      {"1to1_batch1_relu_permille1000", 0x3121c6b9d36cc977},
      {"200to20_batch1024_relu_permille10_bias", 0x55dacbe251aeff0a},
      {"200to20_batch1024_relu_permille5_bias", 0xf9a30d36645ab705},
      {"20to5_batch100_relu_permille1000_signed_sets", 0x8029761b5174b3b},
      {"20to5_batch100_relu_permille30", 0x171503291cf2b5e5},
      {"20to5_batch1024_relu_permille50_mixed_signed", 0x7ad37b75b2845a72},
      {"20to5_batch130_relu_permille1000_signed", 0xed3a3a54339447e9},
      {"20to5_batch15_relu_permille50_mixed", 0x16aabb26829122b4},
      {"20to5_batch2500_relu_permille100", 0x4b42c48854da59ab},
      {"20to5_batch700_relu_permille50_bias_mixed_untied", 0xb3321e097fc0d9d8},
      {"267to47_batch2535_relu_permille1_bias", 0x85ec12d9a85b2bd2},
      {"2to1_batch130_relu_permille500", 0xde034a22e0995c81},
      {"2to7_batch33_relu_permille500", 0x395a55935069d7f9},
      {"321to9_batch1000_relu_permille1", 0xcda98b0759875a1f},
      {"33to2_batch1_relu_permille10", 0xd18f5d9d02e4db0d},
      {"33to7_batch1024_relu_permille50_bias_mixed_gelu", 0xe4dbcbffef3c25df},
      {"3to2_batch130_linear_permille10", 0x836af447782584a4},
      {"3to2_batch130_relu_permille500", 0xa95e12b7d310e84},
      {"3to31_batch16_relu_permille500", 0xc9fe0ae3b4306c66},
      {"3to6_batch130_relu_permille1000_untied_hidden_absolute_signed", 0x552f884cd671ab7a},
      {"4000to1_batch100_relu_permille10", 0x9c58af652b5ce208},
      {"40to7_batch1024_relu_permille30_bias_sets", 0xc893659cdda39740},
      {"4to2_batch130_relu_permille500", 0x202273a10191391c},
      {"5to2_batch1024_relu_permille50", 0x10f074a3fc1a157e},
      {"5to2_batch1024_relu_permille500", 0x6c45c7b48e26b5cf},
      {"5to2_batch1024_relu_permille50_bias_hidden", 0x535052c82b74ad29},
      {"5to2_batch130_relu_permille500_gelu", 0xcc250c24b3e102d0},
      {"5to2_batch130_relu_permille500_mixed_signed", 0x8dcc1ad4fb122108},
      {"5to2_batch15_relu_permille500", 0x38bdc2a2730b331b},
      {"5to2_batch1_relu_permille500", 0xbf7c852e059e4bdb},
      {"5to2_batch64_linear_permille500", 0xd4cf71c5b2e96096},
      {"5to2_batch65_linear_permille500", 0xfe6b08107e882cf3},
      {"5to2_batch65_relu_permille100_bias_mixed", 0x34c05b3d85fff4d8},
      {"6to2_batch130_relu_permille500", 0x91eebf7dba44f5a9},
      {"6to2_batch130_relu_permille900_sets", 0x3e072bab02689032},
      {"6to3_batch130_relu_permille500", 0x45da7ff210091d5},
      {"7to3_batch65_linear_permille500_untied", 0xd4a512791c0f6519},
      {"80to20_batch700_relu_permille140_bias_mixed", 0x748cff98098f2962},
      {"97to33_batch900_relu_permille100_bias", 0x454d447e9acdd276},
      {"9to3_batch130_relu_permille500_sets", 0xdba07d420e9581a5},
      {"9to3_batch1_relu_permille500_sets", 0x70a44a93fca44291},
  };
  const auto found = expected.find(name);
  return found == expected.end() ? 0 : found->second;
}

}  // namespace superpose::kernels
