include(HeaderOnly)
header_only(nlohmann_json nlohmann_json::nlohmann_json nlohmann)
