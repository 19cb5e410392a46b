// SPDX-License-Identifier: Apache-2.0
#include "cli/manual.h"

#include <set>
#include <sstream>

#include "cli/command.h"
#include "config/options.h"

namespace lamppost::manual {
namespace {

// Roff reads backslashes, quotes behind a request, dots and apostrophes that begin a line; a bare
// hyphen becomes a dash.
std::string roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else if (c == '"')
      result += "\\(dq";
    else if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n'))
      result += std::string("\\&") + c;
    else
      result += c;
  }
  return result;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string head(const std::string& page, int section, const std::string& sentence) {
  return ".\\\" SPDX-License-Identifier: Apache-2.0\n.TH " + roff(page) + " " +
         std::to_string(section) + " \"\" Lamppost \"Lamppost manual\"\n.SH NAME\n" + roff(page) +
         " \\- " + roff(sentence) + "\n";
}

std::string option_list(const std::vector<cli::Option>& options) {
  std::string text;
  for (const auto& option : options) {
    text += ".TP\n" + bold(option.name);
    if (!option.value.empty()) text += " " + italic(option.value);
    text += "\n" + roff(option.sentence) + "\n";
  }
  return text;
}

std::string command_page(const cli::Command& command) {
  const std::string name(command.name);
  std::string text = head("lamppost-" + name, 1, std::string(command.sentence));
  text += ".SH SYNOPSIS\n" + bold("lamppost " + name);
  if (!command.usage.empty()) text += " " + roff(command.usage);
  text += command.options.empty() ? "\n" : " [OPTION...]\n.SH OPTIONS\n";
  return text + option_list(command.options) + std::string(kMark);
}

std::string main_page() {
  std::string text = head("lamppost", 1, "brings sensor readings to a city's context broker");
  text += ".SH SYNOPSIS\n" + bold("lamppost") + " COMMAND [OPTION...]\n.SH COMMANDS\n";
  for (const auto& command : cli::commands())
    text += ".TP\n.BR lamppost\\-" + roff(command.name) + " (1)\n" + roff(command.sentence) + "\n";
  return text + std::string(kMark);
}

// option_reference() is headings, "  key   kind, default" and sentences further in.
std::string configuration_page() {
  std::string text = head("lamppost.toml", 5, "configuration of lamppost");
  text += ".SH OPTIONS\n";
  std::istringstream lines(config::option_reference());
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const auto indent = line.find_first_not_of(' ');
    if (indent == 0) {
      text += ".SS " + roff(line) + "\n";
    } else if (indent == 2) {
      const auto end = line.find(' ', indent);
      text += ".TP\n" + bold(line.substr(indent, end - indent)) + " (" +
              roff(line.substr(line.find_first_not_of(' ', end))) + ")\n";
    } else {
      text += roff(line.substr(indent)) + "\n";
    }
  }
  return text + std::string(kMark);
}

// The options of a command and the fixed words of its usage: "list | show ID" has list and show.
std::string words_after(const cli::Command& command) {
  std::string words;
  const auto add = [&](std::string_view word) {
    words += (words.empty() ? "" : " ") + std::string(word);
  };
  for (const auto& option : command.options) add(option.name);
  std::istringstream usage{std::string(command.usage)};
  for (std::string word; usage >> word;)
    if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == word.npos && word != "or")
      add(word);
  return words;
}

}  // namespace

std::map<std::string, std::string> pages() {
  std::map<std::string, std::string> made{{"lamppost.1", main_page()},
                                          {"lamppost.toml.5", configuration_page()}};
  for (const auto& command : cli::commands())
    made["lamppost-" + std::string(command.name) + ".1"] = command_page(command);
  return made;
}

std::string completion() {
  std::string names = "--version", cases;
  std::set<std::string_view> files;
  for (const auto& command : cli::commands()) {
    names += " " + std::string(command.name);
    cases += "      " + std::string(command.name) + ") words=\"" + words_after(command) + "\" ;;\n";
    for (const auto& option : command.options)
      if (option.value == "FILE") files.insert(option.name);
  }
  std::string file_options;
  for (const auto option : files)
    file_options += (file_options.empty() ? "" : " | ") + std::string(option);
  return R"(# bash completion for lamppost, made from the table of commands.
_lamppost() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words=
  COMPREPLY=()
  case $previous in
    )" + file_options +
         R"()
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
  esac
  if ((COMP_CWORD == 1)); then
    words=")" +
         names + R"("
  else
    case ${COMP_WORDS[1]} in
)" + cases +
         R"(    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _lamppost lamppost
)";
}

std::string by_hand(const std::string& text) {
  const auto mark = text.find(kMark);
  return mark == std::string::npos ? "" : text.substr(mark + kMark.size());
}

}  // namespace lamppost::manual
