// SPDX-License-Identifier: Apache-2.0
// `lamppost test`: the examples that profiles and the configuration carry.
#include <algorithm>
#include <iostream>

#include "cli/command.h"
#include "cli/example.h"
#include "cli/exit_codes.h"
#include "core/suggest.h"

namespace lamppost::cli {
namespace {

// Where an example of a profile stands when it does not say it itself.
constexpr const char* kAround =
    "[source.site]\ntype = \"mqtt\"\nurl = \"mqtt://127.0.0.1\"\n"
    "[broker.city]\nurl = \"http://127.0.0.1\"\n";

struct Count {
  std::size_t tried = 0, failed = 0;
};

std::string name_of(const config::Example& example) {
  return example.where.file + ":" + std::to_string(example.where.line) +
         (example.title.empty() ? "" : " (" + example.title + ")");
}

void report(const config::Example& example, const std::string& wrong, Count& count) {
  ++count.tried;
  if (wrong.empty()) return;
  ++count.failed;
  std::cout << name_of(example) << ": " << wrong << "\n";
}

std::shared_ptr<const ingest::Pipeline> pipeline_of(const config::Example& example,
                                                    const std::filesystem::path& config_file,
                                                    Findings& findings) {
  if (example.config.empty()) return nullptr;
  // The surroundings come last, so that the example's own lines keep their numbers.
  return ingest::Pipeline::build(
      config::load_text(example.config + "\n" + kAround, name_of(example) + " config", config_file,
                        findings),
      findings);
}

void test_profile(const std::string& name, const std::filesystem::path& config_file, Count& count) {
  Findings findings;
  const auto profile = config::load_profile(config_file, name, findings);
  if (!profile) {
    ++count.failed;
    std::cout << findings.to_text();
    return;
  }
  for (const auto& example : profile->examples) {
    Findings of_config;
    const auto pipeline = pipeline_of(example, config_file, of_config);
    if (!of_config.ok())
      report(example, "its config is wrong\n" + of_config.to_text(), count);
    else
      report(example, judge_example(example, &*profile, pipeline.get()), count);
  }
}

void test_config(const std::filesystem::path& file, Count& count) {
  Findings findings;
  const auto pipeline = ingest::Pipeline::build(file, findings);
  if (!pipeline) throw ConfigError(findings.to_text());
  for (const auto& example : pipeline->config().examples)
    report(example, judge_example(example, nullptr, pipeline.get()), count);
}

std::vector<std::string> chosen(const Arguments& arguments) {
  auto known = config::names_in(arguments.config(), "profiles");
  if (arguments.words().empty()) return known;
  for (const auto& name : arguments.words())
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw UsageError("no profile is named \"" + name + "\", " + suggest(name, known));
  return arguments.words();
}

}  // namespace

int test(const Arguments& arguments) {
  Count count;
  const auto names = chosen(arguments);
  for (const auto& name : names) test_profile(name, arguments.config(), count);
  std::error_code failure;
  const bool has_config =
      arguments.has("--config") || std::filesystem::exists(arguments.config(), failure);
  if (arguments.words().empty() && has_config) test_config(arguments.config(), count);
  std::cout << names.size() << (names.size() == 1 ? " profile, " : " profiles, ") << count.tried
            << (count.tried == 1 ? " example, " : " examples, ") << count.failed << " failed\n";
  return count.failed == 0 ? kOk : kBadData;
}

}  // namespace lamppost::cli
