#include "superpose/experiment/toml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "tests/message_of.h"

namespace superpose {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr NumberRange kPositive = {.low = 0,
                                   .low_included = false,
                                   .high = 1,
                                   .high_included = true,
                                   .description = "a number above 0 and at most 1"};

/// A document of which `key` is read, as `[train] key`.
class Document {
 public:
  explicit Document(const std::string& value) : table_(parse_toml("key = " + value, "a.toml")) {}
  [[nodiscard]] TomlValue value() const { return {*table_.get("key"), "train", "key", "a.toml"}; }

 private:
  toml::table table_;
};

template <class Read>
std::string refusal(const std::string& text, Read read) {
  const Document document(text);
  return message_of<InvalidRequest>([&] { read(document.value()); });
}

std::string refused_whole(const std::string& text, std::int64_t least = 1, std::int64_t most = 1000) {
  return refusal(text, [&](const TomlValue& value) { (void)value.whole_number(least, most); });
}

TEST(NumberRange, HasOrLacksItsEnds) {
  EXPECT_FALSE(kPositive.contains(0));
  EXPECT_TRUE(kPositive.contains(1));
  EXPECT_TRUE(kPositive.contains(1e-300));
  EXPECT_FALSE(kPositive.contains(std::nextafter(1, 2)));
  EXPECT_FALSE(kPositive.contains(std::numeric_limits<double>::quiet_NaN()));
}

TEST(TomlValue, ReadsWholeNumbersOfTheRange) {
  EXPECT_EQ(Document("1").value().whole_number(1, 1000), 1);
  EXPECT_EQ(Document("1_000").value().whole_number(1, 1000), 1000);
  EXPECT_EQ(Document("-5").value().whole_number(-5, -5), -5);
  EXPECT_EQ(refused_whole("0"), "a.toml:1:7: [train] key: expected a whole number above 0, got 0");
  EXPECT_EQ(refused_whole("1001"),
            "a.toml:1:7: [train] key: expected a whole number from 1 to 1000, got 1001");
  EXPECT_EQ(refused_whole("-1", 0),
            "a.toml:1:7: [train] key: expected a whole number from 0 to 1000, got -1");
}

TEST(TomlValue, SaysHowToWriteAFloatThatIsAWholeNumberOfTheRange) {
  EXPECT_THAT(refused_whole("1e3"), HasSubstr("above 0, got 1000.0 (write 1000)"));
  EXPECT_THAT(refused_whole("2.5"), HasSubstr("above 0, got 2.5"));
  EXPECT_THAT(refused_whole("inf"), HasSubstr("above 0, got inf"));
  for (const char* out_of_range : {"0.0", "-3.0", "1e4", "1e300"})
    EXPECT_THAT(refused_whole(out_of_range), ::testing::Not(HasSubstr("write"))) << out_of_range;
  EXPECT_THAT(refused_whole("1e4"), HasSubstr("from 1 to 1000, got 10000.0"));
}

TEST(TomlValue, ReadsNumbersOfTheRangeWrittenEitherWay) {
  EXPECT_EQ(Document("1").value().number(kPositive), 1);
  EXPECT_EQ(Document("0.25").value().number(kPositive), 0.25);
  for (const char* wrong : {"0", "1.5", "nan", "\"0.5\"", "true", "[0.5]"}) {
    EXPECT_THAT(refusal(wrong, [](const TomlValue& value) { (void)value.number(kPositive); }),
                StartsWith("a.toml:1:7: [train] key: expected a number above 0 and at most 1, got "))
        << wrong;
  }
}

TEST(TomlValue, ReadsTruthAndText) {
  EXPECT_TRUE(Document("true").value().boolean());
  EXPECT_FALSE(Document("false").value().boolean());
  EXPECT_EQ(Document("'a\"b'").value().text(), "a\"b");
  EXPECT_THAT(refusal("1", [](const TomlValue& value) { (void)value.boolean(); }),
              HasSubstr("expected true or false, got 1"));
  EXPECT_THAT(refusal("true", [](const TomlValue& value) { (void)value.text(); }),
              HasSubstr("expected a string, got true"));
}

TEST(TomlValue, SaysOfEveryTypeWhatItGot) {
  const auto got = [](const std::string& text) {
    const std::string message = refusal(text, [](const TomlValue& value) { value.refuse("something else"); });
    return message.substr(message.find("got "));
  };
  EXPECT_EQ(got("\"x\\n\""), "got \"x\\u000A\"");
  EXPECT_EQ(got("7"), "got 7");
  EXPECT_EQ(got("7.0"), "got 7.0");
  EXPECT_EQ(got("false"), "got false");
  EXPECT_EQ(got("[1, 2]"), "got an array of 2");
  EXPECT_EQ(got("{ a = 1 }"), "got a table");
  EXPECT_EQ(got("1979-05-27"), "got a date or time");
  EXPECT_EQ(got("07:32:00"), "got a date or time");
}

TEST(TomlValue, ShortensALongStringBetweenItsCharacters) {
  const auto message = [](const std::string& text) {
    return refusal('"' + text + '"', [](const TomlValue& value) { value.refuse("a word"); });
  };
  const std::string sixty(60, 'x');
  EXPECT_THAT(message(sixty), ::testing::EndsWith("got \"" + sixty + "\""));
  EXPECT_THAT(message(sixty + "y"), ::testing::EndsWith("got \"" + sixty + "...\""));
  const std::string before(58, 'x');
  EXPECT_THAT(message(before + "\u2192 and on"), ::testing::EndsWith("got \"" + before + "...\""));
}

TEST(TomlValue, NamesElementsByTheirIndexAndPlace) {
  const Document document("[1,\n  [true, 3]]");
  const auto elements = document.value().elements();
  ASSERT_EQ(elements.size(), 2U);
  EXPECT_EQ(elements[0].whole_number(0, 9), 1);
  const TomlValue inner = elements[1].elements()[1];
  EXPECT_EQ(inner.section(), "train");
  EXPECT_EQ(inner.key(), "key[1][1]");
  EXPECT_EQ(inner.place(), (Place{.kind = Place::Kind::kFile, .name = "a.toml", .line = 2, .column = 10}));
  EXPECT_TRUE(Document("[]").value().elements().empty());
  EXPECT_THAT(refusal("{}", [](const TomlValue& value) { (void)value.elements(); }),
              HasSubstr("expected an array, got a table"));
}

TEST(TomlValue, NamesATablesKeysBehindTheTable) {
  const Document document("{ inner = { x = 5 } }");
  const auto x = document.value().find("inner")->find("x");
  ASSERT_TRUE(x.has_value());
  EXPECT_EQ(x->key(), "key inner x");
  EXPECT_FALSE(document.value().find("outer").has_value());
  EXPECT_EQ(message_of<InvalidRequest>([&] { document.value().refuse_missing("outer", "a number"); }),
            "a.toml:1:7: [train] key outer: expected a number, got nothing");
  EXPECT_THAT(refusal("1", [](const TomlValue& value) { (void)value.find("x"); }),
              HasSubstr("expected a table, got 1"));

  const toml::table table = parse_toml("[train]\nsteps = 5", "a.toml");
  const TomlValue section(*table.get("train"), "train", "", "a.toml");
  EXPECT_EQ(section.find("steps")->key(), "steps") << "a section is not named twice";
}

TEST(TomlValue, RefusesAWordThatIsNoChoiceAndSuggestsOne) {
  const std::vector<std::string_view> names = {"constant", "linear"};
  const auto message = [&](const std::string& text) {
    return refusal(text, [&](const TomlValue& value) { value.refuse_choice(names); });
  };
  EXPECT_EQ(message("'liner'"),
            "a.toml:1:7: [train] key: expected one of constant, linear, got \"liner\"; did you mean "
            "\"linear\"?");
  EXPECT_EQ(message("'cosine'"), "a.toml:1:7: [train] key: expected one of constant, linear, got \"cosine\"");
  EXPECT_EQ(message("3"), "a.toml:1:7: [train] key: expected one of constant, linear, got 3");
}

TEST(TomlValue, RefusesATableWithAKeyThatItDoesNotHaveAndSuggestsOne) {
  const std::vector<std::string_view> names = {"linear", "power"};
  const auto message = [&](const std::string& text) {
    return refusal(text, [&](const TomlValue& value) { value.refuse_unknown_keys(names); });
  };
  EXPECT_EQ(message("{ power = 1, linear = 2 }"), "(nothing thrown)");
  EXPECT_EQ(message("{}"), "(nothing thrown)");
  EXPECT_EQ(message("{ power = 1, liner = 2 }"),
            "a.toml:1:20: [train] key: unknown key `liner`; did you mean `linear`?");
  EXPECT_EQ(message("{ cosine = 1 }"), "a.toml:1:9: [train] key: unknown key `cosine`; known: linear, power");
}

TEST(TomlValue, FailsWithAProblemOfItsOwn) {
  EXPECT_EQ(refusal("1", [](const TomlValue& value) { value.fail("sgd does not use it"); }),
            "a.toml:1:7: [train] key: sgd does not use it");
}

TEST(TomlValue, ThatWasSetHasThePlaceWhereThatIsWritten) {
  const toml::table table = parse_toml("key = [1, 2]\nother = [{ a = 3 }]\nfile = 4", "a.toml");
  const Place whole = override_place("key=[1, 2]"), part = override_place("other[0]=...");
  const PlacesOfKeys set = {{"train.key", whole}, {"train.other[0]", part}};
  const TomlValue section(table, "train", "", "a.toml", &set);
  EXPECT_TRUE(section.find("key")->is_set());
  EXPECT_EQ(section.find("key")->place(), whole);
  EXPECT_EQ(section.find("key")->elements()[1].place(), whole);
  EXPECT_FALSE(section.find("other")->is_set()) << "only an element was";
  EXPECT_EQ(section.find("other")->elements()[0].find("a")->place(), part);
  EXPECT_FALSE(section.find("file")->is_set());
  EXPECT_EQ(section.find("file")->place(),
            (Place{.kind = Place::Kind::kFile, .name = "a.toml", .line = 3, .column = 8}));
  EXPECT_FALSE(Document("1").value().is_set());
}

TEST(TomlValue, WithoutAPositionIsAtTheStartOfTheFile) {
  const toml::table filled_by_overrides;
  EXPECT_EQ(TomlValue(filled_by_overrides, "train", "", "a.toml").place(),
            (Place{.kind = Place::Kind::kFile, .name = "a.toml", .line = 1, .column = 1}));
}

TEST(ParseToml, SaysWhereTheTextIsNotToml) {
  const auto refused = [](const char* text) {
    return message_of<InvalidRequest>([&] { parse_toml(text, "a.toml"); });
  };
  EXPECT_THAT(refused("a = 1\nb = [1,"), StartsWith("a.toml:2:8: not TOML: "));
  EXPECT_THAT(refused("a = 1\na = 2"), StartsWith("a.toml:2:"));
  EXPECT_THAT(refused("a = \"\xFF\""), StartsWith("a.toml:1:"));
  EXPECT_THAT(refused("a = \x01"), ::testing::Not(HasSubstr("\x01")));
}

/// The value that an override gives, of that type.
template <class T>
std::optional<T> given(const std::string& value) {
  const toml::table table = parse_override(value, override_place("key=" + value));
  EXPECT_EQ(table.size(), 1U) << value;
  return table.get("value")->value_exact<T>();
}

TEST(ParseOverride, ReadsToml) {
  EXPECT_EQ(given<std::int64_t>("5"), 5);
  EXPECT_EQ(given<double>("1e-3"), 1e-3);
  EXPECT_EQ(given<bool>("true"), true);
  EXPECT_EQ(given<std::string>("\"5\""), "5");
  EXPECT_EQ(given<std::string>("'a\\b'"), "a\\b");
  EXPECT_EQ(parse_override("[1,\n2]", {}).get("value")->as_array()->size(), 2U);
  EXPECT_TRUE(parse_override("{ power = 0.9 }", {}).get("value")->is_table());
}

TEST(ParseOverride, TakesWhatIsNotTomlForAString) {
  for (const char* text :
       {"cosine", "", "my run", "a=b", "a \"b\" \\", "1\nx = 2", "1, x = 2", "007", "1.5.2", "\u2192"})
    EXPECT_EQ(given<std::string>(text), text);
}

TEST(ParseOverride, RefusesWhatOnlyBeginsLikeAnArrayATableOrAString) {
  const auto refused = [](const std::string& value) {
    return message_of<InvalidRequest>([&] { parse_override(value, override_place("key=" + value)); });
  };
  for (const char* value : {"[1, 2", "{ power = 1", "\"a", "'a", "\"a\" b", "[1] 2"})
    EXPECT_THAT(refused(value), StartsWith(std::string("key=") + value + ": not a TOML value: "));
  for (const char* value : {"[1]\nx = 2", "\"a\"\nx = 2", "{}\n[x]"})
    EXPECT_THAT(refused(value), HasSubstr("expected one TOML value, got more")) << value;
}

TEST(ParseOverride, RefusesNumbersBeyond64BitsAndTextThatIsNotUtf8) {
  const auto refused = [](const std::string& value) {
    return message_of<InvalidRequest>([&] { parse_override(value, override_place("seed=" + value)); });
  };
  EXPECT_EQ(given<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(refused("-9223372036854775809"),
            "seed=-9223372036854775809: expected a whole number from -9223372036854775808 to "
            "9223372036854775807, got -9223372036854775809");
  EXPECT_THAT(refused(std::string(1000, '9')), ::testing::EndsWith("got " + std::string(60, '9') + "..."));
  EXPECT_THAT(refused("\xFF"), HasSubstr("expected UTF-8 text"));
}

TEST(OverridePlace, IsOneLine) {
  EXPECT_EQ(override_place("name=a\nb\t\"c\""),
            (Place{.kind = Place::Kind::kOverride, .name = "name=a\\u000Ab\\u0009\"c\""}));
}

TEST(TomlString, ReadsBackTheSame) {
  const std::string zero(1, '\0');
  for (const std::string& text : {std::string("plain"), std::string("say \"pi\" \\ \n\t\r\x01\x7f \u00e9"),
                                  std::string(), "a" + zero + "b"}) {
    const std::string written = toml_string(text);
    EXPECT_EQ(written.find_first_of("\n\r\t" + zero), std::string::npos) << written;
    EXPECT_EQ(Document(written).value().text(), text);
  }
}

TEST(TomlFloat, IsTheShortestFloatThatReadsBackTheSame) {
  EXPECT_EQ(toml_float(0.1), "0.1");
  EXPECT_EQ(toml_float(3), "3.0");
  EXPECT_EQ(toml_float(-0.0), "-0.0");
  EXPECT_EQ(toml_float(1e-8), "1e-08");
  for (const double number : {0.1 + 0.2, 1.0 / 3, 1e300, 5e-324, 1e16, 123456789012345678.0, -2.5}) {
    const toml::table table = parse_toml("x = " + toml_float(number), "a.toml");
    ASSERT_TRUE(table.get("x")->is_floating_point()) << toml_float(number);
    EXPECT_EQ(table.get("x")->value<double>(), number);
  }
  const toml::table table = parse_toml("x = [nan, inf, -inf]", "a.toml");
  for (const toml::node& node : *table.get("x")->as_array())
    EXPECT_NO_THROW(parse_toml("x = " + toml_float(*node.value<double>()), "a.toml"));
}

TEST(OnOneLine, EscapesControlCharactersOnly) {
  EXPECT_EQ(on_one_line("a\nb\x1b[31m\x7f"), "a\\u000Ab\\u001B[31m\\u007F");
  EXPECT_EQ(on_one_line("say \"\u00e9\" \\"), "say \"\u00e9\" \\");
}

}  // namespace
}  // namespace superpose
