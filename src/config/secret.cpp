// SPDX-License-Identifier: Apache-2.0
// Files that options name, and the secrets in them. A configuration is copied, mailed and kept in
// version control, so it only ever says where a secret is.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "config/secret.h"
#include "config/section.h"
#include "config/wording.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxSecretBytes = std::size_t{64} << 10;
constexpr std::string_view kCredentials = "${CREDENTIALS_DIRECTORY}";

// An editor ends the last line; the secret does not.
void strip_line_end(std::string& text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
}

// Secrets travel in headers and protocol fields: one line, or somebody could forge a second.
bool one_line(std::string_view secret) {
  return secret.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool open_to_others(const std::string& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && (status.st_mode & 0007) != 0;
}

// Why a file cannot be read, "" when it can. A pipe or a device could block for ever.
std::string obstacle(const std::string& file) {
  if (::access(file.c_str(), R_OK) != 0)
    return std::string("cannot be read: ") + std::strerror(errno);
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) ? "" : "is no regular file";
}

}  // namespace

Result<std::string> read_secret(const std::string& file) {
  if (const std::string why = obstacle(file); !why.empty())
    return Error{Fault::kTransient, why, ""};
  auto content = read_text(file, kMaxSecretBytes);
  if (!content) return content;
  strip_line_end(*content);
  if (content->empty()) return Error{Fault::kMalformed, "is empty", ""};
  if (!one_line(*content)) return Error{Fault::kMalformed, "holds more than one line", ""};
  return content;
}

std::filesystem::path Section::path(std::string_view key) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  if (!entry) return wanted.written_default();
  if (!plain_text(wanted, *entry.node)) return {};
  std::string name = entry.node->as_string()->get();
  if (name.empty()) error(key, "names no file");
  if (name.empty()) return {};
  if (name.starts_with(kCredentials)) {
    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
    if (directory == nullptr) {
      error(key, std::string(kCredentials) + " is not set",
            "systemd sets it for a unit with LoadCredential=");
      return {};
    }
    name.replace(0, kCredentials.size(), directory);
  }
  return loading_->directory / name;  // an absolute name stays itself
}

std::string Section::file(std::string_view key) const {
  std::string name = path(key).string();
  if (name.empty()) return "";
  if (const std::string why = obstacle(name); !why.empty()) {
    error(key, in_quotes(name) + " " + why);
    return "";
  }
  if (option(key).kind == Kind::kSecretFile && open_to_others(name)) {
    error(key, in_quotes(name) + " holds a secret and others can read it", "run: chmod o= " + name);
    return "";
  }
  return name;
}

std::string Section::secret_from_env(const Option& wanted, const toml::node& node) const {
  const std::string key(wanted.key);
  if (node.is_string()) {
    error(key, "a secret is never written in this file",
          "put it in a file and write " + key + "_file = \"...\", or " + key +
              " = { env = \"NAME\" }");
    return "";
  }
  const auto source = table(key, {"secret"});
  if (!source) return "";
  source->refuse_unknown_keys();
  const Located<std::string> name = source->text("env");
  if (name.value.empty()) return "";
  const char* value = std::getenv(name.value.c_str());
  if (value == nullptr) source->error("env", "the environment has no " + in_quotes(name.value));
  return value == nullptr ? "" : value;
}

Secret Section::secret(std::string_view key) const {
  const std::string file_key = std::string(key) + "_file";
  const Entry direct = layers_.find(key);
  if (direct && has(file_key)) {
    error(key, "is given twice, here and as " + file_key + " at " + place(where(file_key)));
    return {};
  }
  if (direct) return {secret_from_env(option(key), *direct.node), ""};
  const std::string name = file(file_key);
  if (name.empty()) return {};
  auto content = read_secret(name);
  if (!content) error(file_key, in_quotes(name) + " " + content.error().text);
  return {content ? std::move(*content) : "", name};
}

}  // namespace lamppost::config
